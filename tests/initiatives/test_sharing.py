"""What one sees by the rule of the queries is what one sees in raw SQL, whatever is shared with whom and when."""

import random
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import ColumnElement, Select, func, select, text, true
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import (
    comments,
    dependencies,
    effects,
    funds,
    initiatives,
    milestones,
    people,
    reports,
    revisions,
    shares,
)
from initiatives.access import SYSTEM, Role, Viewer, sees_all, set_scope
from initiatives.base import new_id
from initiatives.comments import Comment
from initiatives.dependencies import Dependency
from initiatives.effects import ExpectedEffect
from initiatives.funds import BudgetLink, Fund
from initiatives.initiatives import Initiative, InitiativeNode, InitiativePartner
from initiatives.milestones import Milestone
from initiatives.people import Person
from initiatives.reports import ProgressReport
from initiatives.revisions import FieldChange
from initiatives.sharing import (
    PROFILES,
    Field,
    InitiativeShare,
    Profile,
    in_force,
    seen,
    seen_sql,
    share_seen,
    shown_with,
)
from initiatives.swedish import today
from retrieval import document_shares
from retrieval.documents import Document, DocumentShare, DocumentVersion, Section, StoredFile, readable, visible
from tests import factories

READERS = (Role.PARTNER, Role.READER, Role.POLITICIAN, Role.PROGRAMME_GROUP)
KEYS: dict[str, tuple[str, ...]] = {
    "initiative": ("id",),
    "initiative_share": ("initiative_id", "organisation_id"),
    "initiative_node": ("initiative_id", "node_id"),
    "initiative_change": ("initiative_id", "revision", "field"),
    "initiative_partner": ("initiative_id", "organisation_id"),
    "progress_report": ("id",),
    "milestone": ("id",),
    "expected_effect": ("id",),
    "initiative_dependency": ("initiative_id", "depends_on_id"),
    "initiative_comment": ("id",),
    "budget_link": ("id",),
    "fund": ("id",),
    "person": ("id",),
    "document": ("id",),
    "document_share": ("document_id", "organisation_id"),
    "document_version": ("id",),
    "section": ("version_id", "position"),
    "stored_file": ("sha256",),
}


def rule(person: Viewer) -> dict[str, Select[Any]]:
    """Return, for each table, the rows that the conditions of the queries let through."""
    everything = sees_all(person)

    def those(kind: Any, condition: ColumnElement[bool], *, also: bool = False) -> Select[Any]:
        columns = [getattr(kind, name) for name in KEYS[kind.__tablename__]]
        return select(*columns).where(true() if also else condition)

    def around(kind: Any, field: Field) -> Select[Any]:
        return those(kind, shown_with(person, kind.initiative_id, field))

    lines = select(BudgetLink.fund_id).where(funds.visible_to(person))
    responsible = select(Initiative.responsible_id).where(Initiative.id.in_(seen(person, Field.RESPONSIBLE)))
    versions = select(DocumentVersion.id).where(readable(person))
    files = select(DocumentVersion.sha256).where(readable(person))
    nodes, own = seen(person, Field.NODES), DocumentShare.organisation_id == person.organisation_id
    return {
        "initiative": those(Initiative, initiatives.visible_to(person)),
        "initiative_share": those(InitiativeShare, share_seen(person)),
        "initiative_node": those(InitiativeNode, InitiativeNode.initiative_id.in_(nodes), also=everything),
        "initiative_change": those(FieldChange, revisions.seen(person)),
        "initiative_partner": around(InitiativePartner, Field.PARTNERS),
        "progress_report": around(ProgressReport, Field.REPORTS),
        "milestone": around(Milestone, Field.MILESTONES),
        "expected_effect": around(ExpectedEffect, Field.EFFECTS),
        "initiative_dependency": those(Dependency, dependencies.visible_to(person)),
        "initiative_comment": those(Comment, comments.readable(person)),
        "budget_link": those(BudgetLink, funds.visible_to(person)),
        "fund": those(Fund, Fund.id.in_(lines), also=everything),
        "person": those(Person, people.visible_to(person) | Person.id.in_(responsible)),
        "document": those(Document, visible(person)),
        "document_share": those(DocumentShare, own & in_force(DocumentShare), also=everything),
        "document_version": those(DocumentVersion, readable(person)),
        "section": those(Section, Section.version_id.in_(versions)),
        "stored_file": those(StoredFile, StoredFile.sha256.in_(files)),
    }


def days(chance: random.Random) -> dict[str, date | None]:
    """Return the days of a share around today, so that each edge is met often."""
    first = today() + timedelta(days=chance.randint(-3, 2))
    last = first + timedelta(days=chance.randint(0, 4)) if chance.random() < 0.7 else None
    return {"from_on": first, "to_on": last}


async def furnish(session: AsyncSession, chance: random.Random) -> list[UUID]:
    """Write initiatives, money and documents and share them at random; return the organisations."""
    organisations = [(await factories.organisation(session)).id for _ in range(3)]
    nodes = await factories.nodes(session, organisations[0])
    before = None
    for number in range(8):
        responsible = await factories.person(session)
        made = await factories.initiative(
            session, title=f"Nummer {number}", responsible_id=responsible.id, node_ids=[chance.choice(nodes).id]
        )
        fund = await factories.fund(session)
        await funds.link(session, SYSTEM, made.id, fund_id=fund.id, amount_kronor=number, year=2026)
        await initiatives.revise(session, SYSTEM, made.id, partner_ids=[chance.choice(organisations)])
        await reports.report(session, SYSTEM, made.id, health="risk", done="Något")
        await milestones.add(session, SYSTEM, made.id, title="Klart", due_on=today())
        await effects.add(session, SYSTEM, made.id, description="Bättre")
        if before:
            await dependencies.depend(session, SYSTEM, made.id, before)
        before = made.id
        for organisation in organisations:
            if chance.random() < 0.6:
                terms = days(chance)
                profile = chance.choice(list(Profile))
                await shares.share(session, SYSTEM, made.id, organisation, profile=profile, **terms)
            session.add(Comment(initiative_id=made.id, organisation_id=organisation, body="Hej"))
        await initiatives.revise(
            session, SYSTEM, made.id, title=f"Nummer {number}b", summary="Ny", status="beslutat", decision="Ja"
        )
        document = await factories.document(session, public=chance.random() < 0.3, versions=chance.randint(1, 3))
        for organisation in organisations:
            if chance.random() < 0.5:
                await document_shares.share(session, SYSTEM, document.id, organisation, **days(chance))
    await session.flush()
    return organisations


async def under_security(session: AsyncSession, table: str) -> set[tuple[Any, ...]]:
    rows = await session.execute(text(f"SELECT {', '.join(KEYS[table])} FROM {table}"))
    return {tuple(row) for row in rows}


@pytest.mark.parametrize("seed", range(5))
async def test_row_level_security_equals_the_rule_of_the_queries(session: AsyncSession, seed: int) -> None:
    chance = random.Random(seed)
    organisations = await furnish(session, chance)
    everything = {table: await under_security(session, table) for table in KEYS}
    assert all(everything.values()), "the test means nothing unless every table has rows"
    for role in READERS:
        for organisation in (*organisations, None):
            person = Viewer(new_id(), organisation, role, "Någon")
            await set_scope(session, SYSTEM)
            wanted = {
                table: {tuple(row) for row in await session.execute(query)} for table, query in rule(person).items()
            }
            await set_scope(session, person)
            assert {table: await under_security(session, table) for table in KEYS} == wanted, (role, organisation)
            assert sees_all(person) == (wanted["initiative_change"] == everything["initiative_change"])
    await set_scope(session, SYSTEM)


@pytest.mark.parametrize("field", sorted(PROFILES[Profile.ECONOMY]))
async def test_what_policies_ask_for_is_what_the_profiles_say(session: AsyncSession, field: Field) -> None:
    organisation = await factories.organisation(session)
    made = {profile: await factories.initiative(session) for profile in Profile}
    for profile, one in made.items():
        await shares.share(session, SYSTEM, one.id, organisation.id, profile=profile)
    await session.flush()
    asked = set(await session.scalars(text(seen_sql(field))))
    assert asked & {one.id for one in made.values()} == {
        one.id for profile, one in made.items() if field in PROFILES[profile]
    }


async def test_today_is_the_same_in_the_database_as_here(session: AsyncSession) -> None:
    before = today()
    there = await session.scalar(select(func.narplan_today()))
    assert there in {before, today()}


@pytest.mark.parametrize(
    ("first", "last", "is_seen"),
    [(0, None, True), (0, 0, True), (-2, 0, True), (-2, -1, False), (1, None, False), (1, 3, False), (-1, 1, True)],
)
async def test_the_first_and_the_last_day_are_part_of_a_share(
    session: AsyncSession, first: int, last: int | None, is_seen: bool
) -> None:
    partner = await factories.viewer(session, Role.PARTNER)
    assert partner.organisation_id is not None
    made = await factories.initiative(session)
    ends = None if last is None else today() + timedelta(days=last)
    begins = today() + timedelta(days=first)
    await shares.share(session, SYSTEM, made.id, partner.organisation_id, from_on=begins, to_on=ends)
    await set_scope(session, partner)
    assert (await session.scalar(select(Initiative.id)) == made.id) is is_seen
    assert (await session.scalar(select(Initiative.id).where(initiatives.visible_to(partner))) == made.id) is is_seen
