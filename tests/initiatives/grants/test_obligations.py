from datetime import date

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import personal_data
from initiatives.access import SYSTEM, Role, set_scope
from initiatives.errors import InvalidValue
from initiatives.grants import agreements, facts, obligations, reading
from initiatives.grants.agreements import Agreement
from initiatives.grants.obligations import parse_due
from tests import factories


async def grant(session: AsyncSession) -> Agreement:
    home = await factories.organisation(session)
    return await agreements.create(session, SYSTEM, organisation_id=home.id, name="Cancervård", from_year=2026)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("2026-10-31", (date(2026, 10, 31), False)),
        ("31 oktober 2026", (date(2026, 10, 31), False)),
        ("2026-10", (date(2026, 10, 1), True)),
        (" Oktober\N{NO-BREAK SPACE}2026 ", (date(2026, 10, 1), True)),
    ],
)
def test_a_day_or_a_month_is_read(text: str, due: tuple[date, bool]) -> None:
    assert parse_due(text, field="datum") == due


@pytest.mark.parametrize("text", ["", "3 oktober", "2026-13", "2026-00", "höst 2026", "oktober 0026", "2026"])
def test_what_is_neither_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        parse_due(text, field="datum")
    assert refused.value.field == "datum"


async def test_the_calendar_gets_what_has_a_date_and_nothing_for_a_partner(session: AsyncSession) -> None:
    made = await grant(session)
    dated = await obligations.create(session, SYSTEM, made.id, kind="redovisning", due_on=date(2026, 10, 9))
    await obligations.create(session, SYSTEM, made.id, kind="handlingsplan", is_done=True)
    [row] = (await session.execute(obligations.due(SYSTEM))).mappings()
    assert (row["kind"], row["title"], row["due_on"]) == ("redovisning", "Cancervård", date(2026, 10, 9))
    assert (row["subject_type"], row["subject_id"], row["item_id"]) == ("grant_agreement", made.id, dated.id)
    assert (row["organisation_id"], row["done"], row["whole_month"]) == (made.organisation_id, False, False)
    other = date(2026, 11, 1)
    await obligations.revise(session, SYSTEM, dated.id, revision=None, whole_month=True, due_on_elsewhere=other)
    both = (await session.execute(obligations.due(SYSTEM).order_by("due_on"))).mappings()
    assert [(row["due_on"], row["whole_month"], row["title"]) for row in both] == [
        (date(2026, 10, 1), True, "Cancervård"),
        (date(2026, 11, 1), False, "Cancervård (annan uppgift)"),
    ]
    partner = await factories.viewer(session, Role.PARTNER)
    assert (await session.execute(obligations.due(partner))).all() == []
    await set_scope(session, partner)
    assert (await session.execute(obligations.due(SYSTEM))).all() == [], "row-level security stands behind"


async def test_what_somebody_who_is_erased_answered_for_is_handed_over(session: AsyncSession) -> None:
    made, leaving = await grant(session), await factories.person(session)
    await factories.person(session, Role.ADMINISTRATOR)
    heir = await factories.person(session, name="Elin Ek")
    row = await obligations.create(session, SYSTEM, made.id, kind="redovisning", responsible_id=leaving.id)
    erased = await personal_data.erase(session, SYSTEM, leaving.id, confirm=leaving.email, hand_over_to=heir.id)
    assert erased.handed_over == 1
    assert (await reading.get_part(session, SYSTEM, facts.Obligation, row.id)).responsible == "Elin Ek"
