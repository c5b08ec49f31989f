"""Whatever is done to the diary behind Närplan's back is found, at the first row that it touches."""

from uuid import UUID

import pytest
from sqlalchemy import text

from api.database import Database
from initiatives import audit
from initiatives.access import SYSTEM, Role, Viewer
from initiatives.audit import Head, Verdict
from initiatives.base import new_id
from initiatives.errors import InvalidValue, NotAllowed
from tests.chains import chained, tamper, write

FORGE = """
    WITH before AS (SELECT sequence, hash FROM activity ORDER BY sequence DESC LIMIT 1)
    INSERT INTO activity (id, at, actor_kind, subject_type, subject_id, action, sequence, previous_hash, hash)
    SELECT gen_random_uuid(), now(), 'system', 'test', gen_random_uuid(), 'smög in', sequence + 1, hash, sha256('x')
    FROM before
"""
REHASH = """
    DO $$ DECLARE row activity; last bytea := decode(repeat('00', 32), 'hex'); BEGIN
        FOR row IN SELECT * FROM activity ORDER BY sequence LOOP
            row.previous_hash := last; last := narplan_activity_hash(row);
            UPDATE activity SET previous_hash = row.previous_hash, hash = last WHERE id = row.id;
        END LOOP;
    END $$
"""
TAMPERED = {
    "changed": (("UPDATE activity SET action = 'godkände' WHERE sequence = 3",), 3, "raden är ändrad"),
    "backdated": (("UPDATE activity SET at = at - interval '1 second' WHERE sequence = 3",), 3, "raden är ändrad"),
    "another actor": (
        ("UPDATE activity SET actor_kind = 'key', key_id = gen_random_uuid() WHERE sequence = 2",),
        2,
        "raden är ändrad",
    ),
    "deleted": (
        (
            "DELETE FROM activity_detail WHERE activity_id = (SELECT id FROM activity WHERE sequence = 3)",
            "DELETE FROM activity WHERE sequence = 3",
        ),
        3,
        "raden saknas",
    ),
    "first deleted": (
        (
            "DELETE FROM activity_detail WHERE activity_id = (SELECT id FROM activity WHERE sequence = 1)",
            "DELETE FROM activity WHERE sequence = 1",
        ),
        1,
        "raden saknas",
    ),
    "swapped": (
        (
            "UPDATE activity SET sequence = -1 WHERE sequence = 2",
            "UPDATE activity SET sequence = 2 WHERE sequence = 4",
            "UPDATE activity SET sequence = 4 WHERE sequence = -1",
        ),
        2,
        "raden hänger inte ihop med den före",
    ),
    "closed up": (
        (
            "DELETE FROM activity_detail WHERE activity_id = (SELECT id FROM activity WHERE sequence = 3)",
            "DELETE FROM activity WHERE sequence = 3",
            "UPDATE activity SET sequence = 3 WHERE sequence = 4",
            "UPDATE activity SET sequence = 4 WHERE sequence = 5",
        ),
        3,
        "raden hänger inte ihop med den före",
    ),
    "inserted": ((FORGE,), 6, "raden är ändrad"),
    "inserted unchained": (
        (
            """INSERT INTO activity (id, at, actor_kind, subject_type, subject_id, action)
            VALUES (gen_random_uuid(), now(), 'system', 'test', gen_random_uuid(), 'smög in')""",
        ),
        None,
        "raden står utanför kedjan",
    ),
    "detail changed": (
        (
            """UPDATE activity_detail SET after = '{"title": "Nära"}'
            WHERE activity_id = (SELECT id FROM activity WHERE sequence = 4)""",
        ),
        4,
        "radens uppgifter är ändrade",
    ),
    "detail reworded": (
        (
            """UPDATE activity_detail SET after = (after::text || ' ')::json
            WHERE activity_id = (SELECT id FROM activity WHERE sequence = 4)""",
        ),
        4,
        "radens uppgifter är ändrade",
    ),
    "detail deleted": (
        ("DELETE FROM activity_detail WHERE activity_id = (SELECT id FROM activity WHERE sequence = 5)",),
        5,
        "radens uppgifter saknas",
    ),
    "detail erased without a word": (
        (
            """UPDATE activity_detail SET before = NULL, after = NULL, salt = NULL, erased_by = gen_random_uuid()
            WHERE activity_id = (SELECT id FROM activity WHERE sequence = 2)""",
        ),
        None,
        "uppgifterna är raderade utan att dagboken säger det",
    ),
}


async def verify(database: Database, noted: Head | None = None) -> Verdict:
    async with database.scoped(SYSTEM) as session:
        return await audit.verify(session, SYSTEM, noted)


async def head(database: Database) -> Head:
    async with database.scoped(SYSTEM) as session:
        found = await audit.head(session, SYSTEM)
    assert found is not None
    return found


@pytest.mark.parametrize("case", TAMPERED)
async def test_what_was_tampered_with_is_found(database: Database, case: str) -> None:
    statements, place, reason = TAMPERED[case]
    await write(database, 5)
    assert (await verify(database)).fault is None
    await tamper(database, *statements)
    fault = (await verify(database)).fault
    assert fault is not None
    assert (fault.sequence, fault.reason) == (place, reason)


async def test_a_tail_that_was_cut_off_is_found_by_the_noted_head(database: Database) -> None:
    await write(database, 5)
    noted = await head(database)
    await tamper(
        database,
        "DELETE FROM activity_detail WHERE activity_id IN (SELECT id FROM activity WHERE sequence > 3)",
        "DELETE FROM activity WHERE sequence > 3",
    )
    assert (await verify(database)).fault is None
    fault = (await verify(database, noted)).fault
    assert fault is not None
    assert (fault.sequence, fault.reason) == (4, "rader saknas på slutet: 5 har funnits")


async def test_a_chain_that_was_made_anew_after_a_change_is_found_by_the_noted_head(database: Database) -> None:
    await write(database, 5)
    noted = await head(database)
    await tamper(database, "UPDATE activity SET action = 'godkände' WHERE sequence = 2", REHASH)
    assert (await verify(database)).fault is None
    fault = (await verify(database, noted)).fault
    assert fault is not None
    assert fault.sequence == 5
    assert "omskriven" in fault.reason


async def test_a_noted_head_still_holds_when_more_has_been_written(database: Database) -> None:
    await write(database, 2)
    noted = await head(database)
    await write(database, 2)
    assert await verify(database, noted) == Verdict(4, 0, await head(database), None)


async def test_an_empty_diary_is_whole(database: Database) -> None:
    assert await verify(database) == Verdict(0, 0, None, None)


async def test_the_bytes_are_those_of_the_document(database: Database) -> None:
    """docs/decisions/0014-log.md promises them; a change of form would break every chain there is."""
    assert audit.canonical("å", None, "", "ab") == "2:å,-0:,2:ab,".encode()
    await write(database, 1)
    [row] = await chained(database)
    detail = audit.canonical("narplan-activity-detail-1", row.salt.hex(), '{"title": ""}', None)
    assert detail.startswith(b"25:narplan-activity-detail-1,64:")
    async with database.scoped(SYSTEM) as session:
        same = await session.scalar(text("SELECT narplan_canonical('å', NULL, '', 'ab')"))
    assert same == audit.canonical("å", None, "", "ab")


@pytest.mark.parametrize("noted", ["", "17", "17:abc", "x:" + "00" * 32, "0:" + "00" * 32, "1:" + "00" * 31])
def test_a_head_that_was_noted_wrong_is_told(noted: str) -> None:
    with pytest.raises(InvalidValue, match="narplan audit head"):
        audit.parse_head(noted)


def test_a_head_is_read_as_it_was_written() -> None:
    assert audit.parse_head(f" {Head(17, bytes(32))}\n") == Head(17, bytes(32))


@pytest.mark.parametrize("role", [Role.PROGRAMME_GROUP, Role.POLITICIAN, Role.PARTNER, Role.READER])
async def test_only_administrators_verify(database: Database, role: Role) -> None:
    someone = Viewer(new_id(), UUID(int=0), role, "Någon")
    async with database.scoped(someone) as session:
        for asked in (audit.head(session, someone), audit.verify(session, someone)):
            with pytest.raises(NotAllowed):
                await asked
