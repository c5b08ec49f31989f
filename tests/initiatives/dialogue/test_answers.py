import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import activity
from initiatives.access import SYSTEM, Role, Viewer, set_scope
from initiatives.base import new_id
from initiatives.dialogue import answering, entries
from initiatives.errors import InvalidValue, NotAllowed, NotFound
from tests import factories
from tests.initiatives.dialogue.conftest import Towns, entry


async def answer(session: AsyncSession, person: Viewer, entry_id: object, said: str = "Vi kan börja.") -> None:
    await set_scope(session, person)
    await answering.answer(session, person, entry_id, text=said)  # type: ignore[arg-type]
    await set_scope(session, SYSTEM)


async def seen(session: AsyncSession, person: Viewer, entry_id: object) -> list[str]:
    await set_scope(session, person)
    rows = await answering.list_answers(session, person, entry_id)  # type: ignore[arg-type]
    shown = await entries.get_entry(session, person, entry_id)  # type: ignore[arg-type]
    stored = list(await session.scalars(text("SELECT text FROM dialogue_answer ORDER BY id")))
    await set_scope(session, SYSTEM)
    assert [row.text for row in rows] == stored, "the database shows what the code shows"
    assert shown.answers == len(rows)
    return stored


async def test_a_municipality_answers_the_region_and_no_other_municipality_reads_it(
    session: AsyncSession, towns: Towns
) -> None:
    shared = await entry(session, towns.ekby, towns.alby)
    writer = await factories.viewer(session, Role.PROGRAMME_GROUP)
    await answer(session, towns.ekby_partner, shared.id, "Ekby säger ja.")
    await answer(session, towns.alby_partner, shared.id, "Alby säger nej.")
    await answer(session, writer, shared.id, "Vi återkommer till er alla.")
    assert await seen(session, towns.ekby_partner, shared.id) == ["Ekby säger ja.", "Vi återkommer till er alla."]
    assert await seen(session, towns.alby_partner, shared.id) == ["Alby säger nej.", "Vi återkommer till er alla."]
    assert len(await seen(session, writer, shared.id)) == 3
    row, *_ = await answering.list_answers(session, SYSTEM, shared.id)
    assert (row.organisation, row.from_region) == ("Ekby kommun", False)
    [written, *_], _ = await activity.list_activity(session, SYSTEM, subject_id=shared.id)
    assert written.action == "svarade på"


async def test_what_one_is_not_party_to_cannot_be_answered(session: AsyncSession, towns: Towns) -> None:
    for unseen in (towns.entry.id, new_id()):
        with pytest.raises(NotFound, match="Samtalet finns inte"):
            await answering.answer(session, towns.alby_partner, unseen, text="Hej")
        with pytest.raises(NotFound):
            await answering.list_answers(session, towns.alby_partner, unseen)


@pytest.mark.parametrize("role", [Role.READER, Role.POLITICIAN])
async def test_who_only_reads_does_not_answer(session: AsyncSession, towns: Towns, role: Role) -> None:
    organisation_id = towns.ekby if role is Role.READER else None
    reader = await factories.viewer(session, role, organisation_id=organisation_id)
    assert await answering.list_answers(session, reader, towns.entry.id) == []
    with pytest.raises(NotAllowed):
        await answering.answer(session, reader, towns.entry.id, text="Hej")


@pytest.mark.parametrize("said", ["", "  \n ", "x" * 5_001])
async def test_an_answer_says_something_and_not_too_much(session: AsyncSession, towns: Towns, said: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        await answering.answer(session, towns.ekby_partner, towns.entry.id, text=said)
    assert refused.value.field == "text"


FORGED = "INSERT INTO dialogue_answer VALUES (:id, :entry, :organisation, :region, 'Kapat', now())"


@pytest.mark.parametrize("forgery", ["of another", "for the region", "to what is not theirs", "as a reader"])
async def test_the_database_refuses_a_forged_answer(session: AsyncSession, towns: Towns, forgery: str) -> None:
    person, entry_id = towns.ekby_partner, towns.entry.id
    if forgery == "to what is not theirs":
        entry_id = (await entry(session, towns.alby)).id
    if forgery == "as a reader":
        person = await factories.viewer(session, Role.READER, organisation_id=towns.ekby)
    values = {
        "id": new_id(),
        "entry": entry_id,
        "organisation": towns.alby if forgery == "of another" else towns.ekby,
        "region": forgery == "for the region",
    }
    await set_scope(session, person)
    with pytest.raises(ProgrammingError, match="row-level security"):
        await session.execute(text(FORGED), values)


async def test_nobody_changes_or_removes_an_answer(session: AsyncSession, towns: Towns) -> None:
    await answer(session, towns.ekby_partner, towns.entry.id)
    for statement in ("UPDATE dialogue_answer SET text = 'Kapat'", "DELETE FROM dialogue_answer"):
        answered = await session.execute(text(statement))
        assert answered.rowcount == 0  # type: ignore[attr-defined]


async def test_answers_go_with_the_conversation_and_stay_in_the_past(session: AsyncSession, towns: Towns) -> None:
    await answer(session, towns.ekby_partner, towns.entry.id)
    await entries.remove(session, SYSTEM, towns.entry.id)
    past = text("SELECT state ->> 'text' FROM past WHERE kind = 'dialogue_answer' AND NOT upper_inf(during)")
    assert await session.scalar(past) == "Vi kan börja."
