import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import activity, effects
from initiatives.access import SYSTEM, Role
from initiatives.base import new_id
from initiatives.errors import InvalidValue, NotAllowed, NotFound, StaleVersion
from tests import factories


async def test_only_writers_write(session: AsyncSession) -> None:
    partner = await factories.viewer(session, Role.PARTNER)
    mine = await factories.initiative(session, shared_with=[partner.organisation_id])
    with pytest.raises(NotAllowed):
        await effects.add(session, partner, mine.id, description="Bättre")
    with pytest.raises(NotFound):
        await effects.remove(session, SYSTEM, mine.id, new_id())


@pytest.mark.parametrize("description", [" ", "x" * 1001])
async def test_a_wrong_value_is_refused_by_name(session: AsyncSession, description: str) -> None:
    made = await factories.initiative(session)
    with pytest.raises(InvalidValue) as refused:
        await effects.add(session, SYSTEM, made.id, description=description)
    assert refused.value.field == "description"


async def test_an_effect_is_written_changed_and_taken_away(session: AsyncSession) -> None:
    made = await factories.initiative(session)
    effect = await effects.add(session, SYSTEM, made.id, description="Färre besök på akuten")
    await effects.change(session, SYSTEM, made.id, effect.id, revision=1, description="Hälften så många besök")
    with pytest.raises(StaleVersion):
        await effects.change(session, SYSTEM, made.id, effect.id, revision=1, description="Inga besök")
    [row] = await effects.list_effects(session, SYSTEM, made.id)
    assert (row.description, row.revision) == ("Hälften så många besök", 2)
    await effects.remove(session, SYSTEM, made.id, effect.id)
    assert await effects.list_effects(session, SYSTEM, made.id) == []
    rows, _ = await activity.list_activity(session, SYSTEM, subject_id=effect.id)
    assert rows[0].action == "tog bort förväntad effekt"


async def test_an_indicator_measures_it_and_partners_are_not_told_which(session: AsyncSession) -> None:
    partner = await factories.viewer(session, Role.PARTNER)
    made = await factories.initiative(session, shared_with=[partner.organisation_id])
    indicator = await factories.indicator(session, name="Besök på akuten")
    with pytest.raises(InvalidValue) as refused:
        await effects.add(session, SYSTEM, made.id, description="Färre besök", indicator_id=new_id())
    assert refused.value.field == "indicator_id"
    await effects.add(session, SYSTEM, made.id, description="Färre besök", indicator_id=indicator.id)
    assert [one.indicator for one in await effects.list_effects(session, SYSTEM, made.id)] == ["Besök på akuten"]
    [shown] = await effects.list_effects(session, partner, made.id)
    assert (shown.description, shown.indicator_id, shown.indicator) == ("Färre besök", None, None)
