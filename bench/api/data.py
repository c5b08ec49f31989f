"""A large register: 10,000 initiatives with all around them, what they have been, and a diary of 1,000,000 lines.

The rows are made by the database in sets, past the application's role, which may not date things back. The diary gets
the hashes that `initiatives.audit` expects, so that its chain is whole.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta

import asyncpg
from sqlalchemy.engine import make_url

from api import postgres
from initiatives.audit import Link, row_hash
from initiatives.base import new_id, utcnow
from initiatives.chain import GENESIS

ORGANISATIONS, PEOPLE, FUNDS, NODES = 30, 200, 40, 16
BATCH = 50_000
CHANGED = ("initiative", "person")
SOME = ("initiative", "organisation", "person", "taxonomy_node")
Ids = Mapping[str, Sequence[str]]
COLUMNS = (
    "sequence", "id", "at", "actor_kind", "person_id", "organisation_id", "subject_type", "subject_id", "action",
    "previous_hash", "hash",
)  # fmt: skip
STATUSES = "ARRAY['förslag', 'beslutat', 'pågår', 'pausat', 'avslutat', 'avbrutet']"


@dataclass(frozen=True, slots=True)
class Size:
    """How much to fill in; `states` is what each initiative has been, `activities` the lines of the diary."""

    initiatives: int = 10_000
    decisions: int = 1_000
    states: int = 20
    activities: int = 1_000_000


GROUND = f"""
    CREATE FUNCTION pg_temp.id(kind text, number bigint) RETURNS uuid IMMUTABLE LANGUAGE sql AS
        $$ SELECT overlay(md5(kind || number) PLACING '7' FROM 13)::uuid $$;
    INSERT INTO organisation (id, name, kind, short_name)
        SELECT pg_temp.id('organisation', n), 'Organisation ' || n, CASE n WHEN 1 THEN 'region' ELSE 'kommun' END, 'O'
        FROM generate_series(1, {ORGANISATIONS}) n;
    INSERT INTO person (id, name, email, active, created_at)
        SELECT pg_temp.id('person', n), 'Person ' || n, 'p' || n || '@region.example', true, now()
        FROM generate_series(1, {PEOPLE}) n;
    INSERT INTO membership (id, person_id, organisation_id, role, joined_at)
        SELECT pg_temp.id('membership', n), pg_temp.id('person', n), pg_temp.id('organisation', 1), 'programgrupp',
            now() FROM generate_series(1, {PEOPLE}) n;
    INSERT INTO taxonomy (id, organisation_id, name, created_at, updated_at, revision)
        VALUES (pg_temp.id('taxonomy', 1), pg_temp.id('organisation', 1), 'Nära vård', now(), now(), 1);
    INSERT INTO taxonomy_dimension (taxonomy_id, name, plural, position)
        SELECT pg_temp.id('taxonomy', 1), name, plural, place
        FROM (VALUES ('strategi', 'strategier', 1), ('delområde', 'delområden', 2),
            ('grundförutsättning', 'grundförutsättningar', 3)) AS each(name, plural, place);
    INSERT INTO taxonomy_node (id, taxonomy_id, dimension, code, name, description, aliases, position, prioritised,
            start_order, created_at, updated_at, revision)
        SELECT pg_temp.id('node', n), pg_temp.id('taxonomy', 1),
            CASE WHEN n <= 3 THEN 'strategi' WHEN n <= 10 THEN 'delområde' ELSE 'grundförutsättning' END,
            'N' || n, 'Nod ' || n, '', '{{{{}}}}', n, n % 3 = 0, '', now(), now(), 1
        FROM generate_series(1, {NODES}) n;
    INSERT INTO fund (id, name, kind, decision, organisation_id, year, frame_kronor, created_at, updated_at, revision)
        SELECT pg_temp.id('fund', n), 'Anslag ' || n, 'anslag', '', pg_temp.id('organisation', 1), 2026,
            10000000000, now(), now(), 1
        FROM generate_series(1, {FUNDS}) n;
    INSERT INTO initiative (id, title, summary, status, lead_organisation_id, responsible_id, starts_on, ends_on,
            decision, outcome, reason, next_steps, created_at, updated_at, revision)
        SELECT pg_temp.id('initiative', n), initcap(substr(md5('t' || n), 1, 7)) || ' för äldre i område ' || n,
            repeat('En mening om vad som ska göras. ', 8), ({STATUSES})[1 + n % 6],
            pg_temp.id('organisation', 1 + n % {ORGANISATIONS}), pg_temp.id('person', 1 + n % {PEOPLE}),
            DATE '2025-01-01' + n % 700, DATE '2026-12-31' + n % 700, 'Beslutat i styrelsen.', '', '', 'Gå vidare.',
            now(), now(), {{states}}
        FROM generate_series(1, {{initiatives}}) n;
    INSERT INTO initiative_node SELECT pg_temp.id('initiative', n), pg_temp.id('node', k)
        FROM generate_series(1, {{initiatives}}) n, LATERAL (VALUES (1 + n % 3), (4 + n % 7), (11 + n % 6)) AS each(k);
    INSERT INTO initiative_share (initiative_id, organisation_id, profile, from_on, shared_at)
        SELECT pg_temp.id('initiative', n), pg_temp.id('organisation', 2 + n % ({ORGANISATIONS} - 1)), 'plan',
            DATE '2026-01-01', now() FROM generate_series(1, {{initiatives}}) n WHERE n % 3 = 0;
    INSERT INTO initiative_partner SELECT pg_temp.id('initiative', n), pg_temp.id('organisation', 2 + n % 20)
        FROM generate_series(1, {{initiatives}}) n;
    INSERT INTO progress_report (id, initiative_id, reported_on, health, done, next, obstacles, created_at, updated_at,
            revision)
        SELECT pg_temp.id('report', n * 10 + k), pg_temp.id('initiative', n), DATE '2026-01-01' + k * 60, 'enligt plan',
            'Mycket.', 'Mer.', '', now(), now(), 1
        FROM generate_series(1, {{initiatives}}) n, generate_series(1, 2) k;
    INSERT INTO milestone (id, initiative_id, title, due_on, created_at, updated_at, revision)
        SELECT pg_temp.id('milestone', n * 10 + k), pg_temp.id('initiative', n), 'Milstolpe ' || k,
            DATE '2025-01-01' + (n * 7 + k * 300) % 1100, now(), now(), 1
        FROM generate_series(1, {{initiatives}}) n, generate_series(1, 2) k;
    INSERT INTO matter (id, diary_number, title, organ, kind, proposed_by, preparation, note, created_at, updated_at,
            revision)
        SELECT pg_temp.id('matter', n), 'RS 2026-' || n, 'Ärende ' || n, 'Regionstyrelsen', 'annat', '', '', '',
            now(), now(), 1 FROM generate_series(1, {{decisions}}) n;
    INSERT INTO decision (id, matter_id, outcome, organ, decided_on, paragraph, note, created_at, updated_at, revision)
        SELECT pg_temp.id('decision', n), pg_temp.id('matter', n), 'beslutat', 'Regionstyrelsen',
            DATE '2025-01-01' + n % 700, '§ ' || n, '', now(), now(), 1 FROM generate_series(1, {{decisions}}) n;
    INSERT INTO clause (id, decision_id, number, verb, text, ruling, ruling_note, addressee, due_kind, due_on, due_note,
            funding_source, created_at, updated_at, revision)
        SELECT pg_temp.id('clause', n * 10 + k), pg_temp.id('decision', n), k, 'utreda', 'att utreda fråga ' || k,
            'bifallen', '', '', 'datum', DATE '2026-01-01' + n % 600, '', '', now(), now(), 1
        FROM generate_series(1, {{decisions}}) n, generate_series(1, 3) k;
    INSERT INTO budget_link (id, initiative_id, fund_id, amount_kronor, year)
        SELECT pg_temp.id('link', n), pg_temp.id('initiative', n), pg_temp.id('fund', 1 + n % {FUNDS}), 1000 * n, 2026
        FROM generate_series(1, {{initiatives}}) n;
"""
PAST = f"""
    UPDATE past SET during = tstzrange(now() - interval '10 days', NULL) WHERE kind <> 'initiative';
    DELETE FROM past WHERE kind = 'initiative';
    INSERT INTO past (kind, key, during, state)
        SELECT 'initiative', id, tstzrange(begins, CASE WHEN n < {{states}} THEN begins + interval '36 days' END),
            to_jsonb(initiative) - '{{{{searched,sort_key}}}}'::text[]
                || jsonb_build_object('revision', n, 'status', ({STATUSES})[1 + n * 6 / ({{states}} + 1)])
        FROM initiative, generate_series(1, {{states}}) n,
            LATERAL (SELECT now() - interval '730 days' + (n - 1) * interval '36 days'
                + get_byte(uuid_send(id), 0) * interval '2 hours') AS each(begins)
        ORDER BY begins;
"""


async def fill(server: postgres.Server, size: Size, name: str = "narplan") -> Ids:
    """Fill a migrated, empty database, let it know what is in it, and return some identifiers, by table."""
    begun = time.perf_counter()
    owner = await _connected(server, name)
    async with owner.transaction():
        await owner.execute(GROUND.format(**asdict(size)))
        await owner.execute(PAST.format(**asdict(size)))
    print(f"register: {time.perf_counter() - begun:.0f} s", flush=True)
    await _write_diary(owner, size.activities)
    await owner.execute("VACUUM (ANALYZE)")
    await owner.close()
    print(f"diary: {time.perf_counter() - begun:.0f} s", flush=True)
    return await ids(server, name)


async def ids(server: postgres.Server, name: str = "narplan") -> Ids:
    """Return the identifiers of some of what is there, by table."""
    owner = await _connected(server, name)
    found = {of: [str(row["id"]) for row in await owner.fetch(f"SELECT id FROM {of} LIMIT 1000")] for of in SOME}
    await owner.close()
    return found


async def _connected(server: postgres.Server, name: str) -> asyncpg.Connection:
    host = str(make_url(server.url()).query["host"])
    return await asyncpg.connect(host=host, user=postgres.SUPERUSER, database=name)


async def _write_diary(owner: asyncpg.Connection, lines: int) -> None:
    """Write the diary with the hashes that verification expects; chaining it by triggers would take half an hour."""
    initiatives, people = [[row["id"] for row in await owner.fetch(f"SELECT id FROM {of}")] for of in CHANGED]
    region = await owner.fetchval("SELECT id FROM organisation WHERE kind = 'region'")
    chance, end, previous = random.Random(1), utcnow(), GENESIS
    await owner.execute("SET session_replication_role = replica")
    for first in range(1, lines + 1, BATCH):
        rows = []
        for sequence in range(first, min(first + BATCH, lines + 1)):
            link = Link(
                sequence=sequence,
                previous_hash=previous,
                id=new_id(),
                at=end - (lines - sequence) * timedelta(minutes=1),
                actor_kind="person",
                person_id=chance.choice(people),
                key_id=None,
                organisation_id=region,
                subject_type="initiative",
                subject_id=chance.choice(initiatives),
                action="ändrade",
                detail_hash=None,
                hash=None,
                detail=None,
            )
            previous_of, previous = previous, row_hash(link)
            rows.append([getattr(link, name) for name in COLUMNS[:-2]] + [previous_of, previous])
        await owner.copy_records_to_table("activity", records=rows, columns=COLUMNS)
    await owner.execute("SET session_replication_role = origin")
    some = "(SELECT a, hash FROM activity a ORDER BY sequence LIMIT 1000) AS first_ones"
    if await owner.fetchval(f"SELECT count(*) FROM {some} WHERE hash <> narplan_activity_hash(a)"):
        raise AssertionError("the diary is not chained as the database would have chained it")
