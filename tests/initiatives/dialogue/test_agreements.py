from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import SYSTEM, set_scope
from initiatives.dialogue import agreements
from initiatives.dialogue.agreements import MunicipalAgreement
from initiatives.errors import InvalidValue, NotAllowed, NotFound
from tests.initiatives.dialogue.conftest import Towns

START, END = date(2025, 1, 1), date(2027, 12, 31)


async def agreement(session: AsyncSession, *parties: Any, **fields: Any) -> MunicipalAgreement:
    return await agreements.create(
        session, SYSTEM, **{"title": "Läkare på boenden", "starts_on": START, "party_ids": parties, **fields}
    )


async def test_a_municipality_sees_its_agreements_and_writes_none(session: AsyncSession, towns: Towns) -> None:
    made = await agreement(session, towns.ekby)
    await set_scope(session, towns.alby_partner)
    assert await agreements.list_agreements(session, towns.alby_partner) == ([], 0)
    assert await session.scalar(text("SELECT count(*) FROM municipal_agreement")) == 0
    with pytest.raises(NotFound, match="Avtalet finns inte"):
        await agreements.get_agreement(session, towns.alby_partner, made.id)
    await set_scope(session, towns.ekby_partner)
    assert (await agreements.list_agreements(session, towns.ekby_partner))[1] == 1
    for writing in (
        agreements.revise(session, towns.ekby_partner, made.id, {"title": "B"}, read=None),
        agreements.remove(session, towns.ekby_partner, made.id),
        agreements.create(session, towns.ekby_partner, title="C", starts_on=START, party_ids=[towns.ekby]),
    ):
        with pytest.raises(NotAllowed):
            await writing


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": ""}, "title"),
        ({"ends_on": date(2024, 12, 31)}, "ends_on"),
        ({"ends_on": END, "notice_on": date(2028, 1, 1)}, "notice_on"),
        ({"starts_on": date(1, 1, 1)}, "starts_on"),
        ({"party_ids": []}, "party_ids"),
        ({"subject": "a\0b"}, "subject"),
    ],
)
async def test_a_wrong_value_is_refused_by_name(
    session: AsyncSession, towns: Towns, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidValue) as refused:
        await agreement(session, **{"party_ids": [towns.ekby], **fields})
    assert refused.value.field == field
    made = await agreement(session, towns.ekby)
    with pytest.raises(InvalidValue) as refused:
        await agreements.revise(session, SYSTEM, made.id, fields, read=None)  # type: ignore[arg-type]
    assert refused.value.field == field


async def test_it_is_listed_changed_and_taken_away(session: AsyncSession, towns: Towns) -> None:
    made = await agreement(session, towns.ekby, ends_on=END)
    await agreement(session, towns.alby, starts_on=date(2028, 1, 1))
    for on, count in ((START, 1), (END, 1), (date(2024, 12, 31), 0), (date(2028, 1, 1), 1), (None, 2)):
        assert (await agreements.list_agreements(session, SYSTEM, on=on))[1] == count
    assert (await agreements.list_agreements(session, SYSTEM, organisation_id=towns.ekby))[1] == 1
    await agreements.revise(session, SYSTEM, made.id, {"notice": "Tolv månader."}, read=1)
    shown = await agreements.get_agreement(session, SYSTEM, made.id)
    assert (shown.notice, shown.revision, [party.name for party in shown.parties]) == (
        "Tolv månader.", 2, ["Ekby kommun"],
    )  # fmt: skip
    await agreements.remove(session, SYSTEM, made.id)
    with pytest.raises(NotFound):
        await agreements.get_agreement(session, SYSTEM, made.id)


async def test_the_last_day_to_give_notice_is_due_until_it_is_settled(session: AsyncSession, towns: Towns) -> None:
    made = await agreement(session, towns.ekby, notice_on=date(2026, 12, 31))
    [row] = (await session.execute(agreements.due(towns.ekby_partner))).mappings()
    assert (row["kind"], row["due_on"], row["done"]) == ("uppsägning", date(2026, 12, 31), False)
    assert (await session.execute(agreements.due(towns.alby_partner))).all() == []
    await agreements.revise(session, SYSTEM, made.id, {"notice_settled_on": date(2026, 11, 1)}, read=None)
    [row] = (await session.execute(agreements.due(SYSTEM))).mappings()
    assert row["done"]
