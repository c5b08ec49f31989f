"""Many initiatives changed on pages, without JavaScript: marked in the list, looked at, and saved."""

import html as entities
import re
from datetime import date

import httpx
import pytest

from initiatives import initiatives
from initiatives.access import SYSTEM, ScopedSessions
from initiatives.initiatives import Initiative
from tests import factories

PLACE = "/initiativ/flera"


@pytest.fixture
async def three(sessions: ScopedSessions) -> list[Initiative]:
    async with sessions(SYSTEM) as session:
        town = await factories.organisation(session, "Ekby kommun")
        given = {"lead_organisation_id": town.id, "starts_on": date(2026, 1, 1)}
        return [await factories.initiative(session, title=title, **given) for title in ("Ett", "Två", "Tre <i>")]


def marks(page: str) -> list[str]:
    return re.findall(r'name="id" value="([^"]+)"', page)


def held(page: str) -> dict[str, list[str]]:
    """Return the fields of the form with the button that saves."""
    [form] = re.findall(r'<form method="post" action="/initiativ/flera">(.*?)</form>', page, re.DOTALL)
    found: dict[str, list[str]] = {"gor": ["spara"]}
    for name, value in re.findall(r'name="([^"]+)" value="([^"]*)">', form):
        found.setdefault(name, []).append(entities.unescape(value))
    return found


async def test_they_are_marked_looked_at_and_saved(editor: httpx.AsyncClient, three: list[Initiative]) -> None:
    listed = (await editor.get("/initiativ?filter=alla")).text
    assert set(marks(listed)) == {f"{one.id}.1" for one in three}
    assert listed.count("checked") == 0
    assert (await editor.get("/initiativ?markera=alla")).text.count(' checked aria-label="Markera') == 3
    page = await editor.get(PLACE, params={"id": marks(listed)})
    assert "3 initiativ är markerade" in page.text
    assert " selected" not in page.text, "what nobody has chosen is not to be changed"
    assert page.text.count('<option value="">Ändra inte') == 3
    assert '<option value="ingen">Ingen' in page.text
    tried = await editor.post(PLACE, data={"id": marks(page.text)[:3], "slut": "2027-06-30", "gor": "visa"})
    assert "Ändra 3 initiativ" in tried.text
    assert tried.text.count("<ins>2027-06-30</ins>") == 3
    assert "Tre &lt;i&gt;" in tried.text
    assert (await editor.get(f"/api/v1/initiatives/{three[0].id}")).json()["ends_on"] is None
    saved = await editor.post(PLACE, data=held(tried.text))
    assert "3 initiativ är ändrade" in saved.text
    for one in three:
        shown = (await editor.get(f"/api/v1/initiatives/{one.id}")).json()
        assert (shown["ends_on"], shown["revision"]) == ("2027-06-30", 2)


async def test_what_is_wrong_is_told_for_each_and_nothing_is_saved(
    editor: httpx.AsyncClient, sessions: ScopedSessions, three: list[Initiative]
) -> None:
    chosen = [f"{one.id}.1" for one in three]
    tried = await editor.post(PLACE, data={"id": chosen, "slut": "2027-06-30", "gor": "visa"})
    async with sessions(SYSTEM) as session:
        await initiatives.revise(session, SYSTEM, three[0].id, ends_on=date(2028, 1, 1))
    late = await editor.post(PLACE, data=held(tried.text))
    assert late.status_code == 422
    assert "1 av 3 initiativ kan inte ändras så" in late.text
    assert (await editor.get(f"/api/v1/initiatives/{three[1].id}")).json()["ends_on"] is None
    nothing = await editor.post(PLACE, data={"id": chosen, "gor": "visa"})
    assert "Välj minst ett fält" in nothing.text
    wrong = await editor.post(PLACE, data={"id": chosen, "start": "2026-02-30", "gor": "visa"})
    assert "är inte ett datum" in wrong.text
    nobody = await editor.post(PLACE, data={"id": chosen, "ansvarig": "ingen", "gor": "visa"})
    assert '<option value="ingen" selected>' in nobody.text
    emptied = await editor.post(PLACE, data={"id": chosen, "start_tom": "ja", "gor": "visa"})
    assert emptied.text.count("<del>2026-01-01</del>") == 3


async def test_only_writers_see_boxes_and_the_form(
    reader: httpx.AsyncClient, outsider: httpx.AsyncClient, three: list[Initiative]
) -> None:
    assert marks((await reader.get("/initiativ")).text) == []
    for client in (reader, outsider):
        assert (await client.get(PLACE, params={"id": f"{three[0].id}.1"})).status_code == 403
        assert (await client.post(PLACE, data={"id": f"{three[0].id}.1", "gor": "spara"})).status_code == 403
