import httpx

from tests.web import html

ALL = "/dokument/hamtstallen"
ADDRESS = "https://solmark.example/handlingar/regelbok-2027.pdf"


async def test_an_address_is_added_and_taken_away(programme: httpx.AsyncClient, politician: httpx.AsyncClient) -> None:
    assert "Inga hämtställen än" in (await programme.get(ALL)).text
    wrong = await programme.post(ALL, data={"adress": "https://10.1.2.3/x.pdf"})
    assert wrong.status_code == 422
    assert "internt nät" in html.text(wrong.text)
    assert 'value="https://10.1.2.3/x.pdf"' in wrong.text
    assert (await programme.post(ALL, data={"adress": ADDRESS, "synlighet": "public"})).status_code == 303
    page = (await programme.get(ALL)).text
    assert ADDRESS in html.text(page)
    (away,) = html.forms(page, f"{ALL}/[0-9a-f-]{{36}}/ta-bort")
    seen = (await politician.get(ALL)).text
    assert ADDRESS in html.text(seen)
    assert "Ta bort" not in html.text(seen)
    assert (await programme.post(away.replace("ta-bort", "nu"))).status_code == 303
    assert (await programme.post(away)).status_code == 303
    assert ADDRESS not in (await programme.get(ALL)).text
