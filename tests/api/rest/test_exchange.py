"""The register as tables over the API: who gets what, what an import says, and what it does."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import httpx
import pytest

from initiatives import initiatives, milestones, shares
from initiatives.access import SYSTEM, Role, ScopedSessions, Viewer
from initiatives.exchange import files
from initiatives.exchange.tables import TABLES
from initiatives.initiatives import Initiative
from initiatives.organisations import Organisation
from initiatives.sharing import Profile
from tests import factories
from tests.clients import connect

PLACE = "/api/v1/exchange"


@pytest.fixture
async def town(sessions: ScopedSessions) -> Organisation:
    async with sessions(SYSTEM) as session:
        return await factories.organisation(session, "Ekby kommun")


@pytest.fixture
async def initiative(sessions: ScopedSessions, town: Organisation) -> Initiative:
    async with sessions(SYSTEM) as session:
        return await factories.initiative(
            session, title="=Läkarbil", lead_organisation_id=town.id, ends_on=date(2026, 12, 31), summary="Bil"
        )


async def send(
    client: httpx.AsyncClient, table: str, data: bytes | str, *, dry_run: bool = False, key: str = ""
) -> httpx.Response:
    content = data if isinstance(data, bytes) else data.encode()
    asked = {"dry_run": "true"} if dry_run else {}
    headers = {"Idempotency-Key": key} if key else {}
    sent = {"file": ("tabell.csv", content)}
    return await client.post(f"{PLACE}/{table}/import", params=asked, files=sent, headers=headers)


def table(answer: httpx.Response) -> tuple[Sequence[str], list[dict[str, str]]]:
    assert answer.status_code == 200, answer.text
    sheet = files.read(answer.content)
    return sheet.heads, [dict(zip(sheet.heads, cells, strict=False)) for _, cells in sheet.rows]


async def test_every_table_has_a_description_a_template_and_a_file(writer: httpx.AsyncClient) -> None:
    told = (await writer.get(PLACE)).json()
    assert [one["name"] for one in told] == list(TABLES)
    for one in told:
        for form in ("csv", "csv-excel", "xlsx"):
            heads, _ = table(await writer.get(f"{PLACE}/{one['name']}", params={"format": form}))
            assert heads == tuple(column["name" if form == "csv" else "heading"] for column in one["columns"])
        wanted = [column["heading"] for column in one["columns"] if not column["read_only"]][:-2]
        assert table(await writer.get(f"{PLACE}/{one['name']}/template"))[0] == tuple(wanted)
    assert (await writer.get(f"{PLACE}/initiatives?format=pdf")).json()["field"] == "format"
    assert (await writer.get(f"{PLACE}/people")).status_code == 404


async def test_the_list_s_filters_hold_and_no_cell_is_a_formula(
    writer: httpx.AsyncClient, initiative: Initiative
) -> None:
    [row] = table(await writer.get(f"{PLACE}/initiatives?q=läkarbil"))[1]
    assert (row["title"], row["id"], row["version"]) == ("'=Läkarbil", str(initiative.id), "1")
    assert table(await writer.get(f"{PLACE}/initiatives?q=ambulans"))[1] == []


async def test_a_partner_gets_no_more_than_the_list_shows(
    partner: httpx.AsyncClient, sessions: ScopedSessions, service: Any
) -> None:
    async with sessions(SYSTEM) as session:
        someone = await factories.person(session, Role.PARTNER)
        viewer = await factories.acting_as(session, someone)
        owner = await factories.person(session, name="Åsa Öberg", email="asa@region.example")
        hidden = await factories.initiative(session, title="Hemligt")
        seen = {"summary": "Bil", "responsible_id": owner.id, "starts_on": date(2026, 1, 1)}
        one, two = [await factories.initiative(session, title=title, **seen) for title in ("Ett", "Två")]
        await _share(session, one.id, viewer, Profile.OVERVIEW)
        await _share(session, two.id, viewer, Profile.PLAN)
        await milestones.add(session, SYSTEM, hidden.id, title="Dolt", due_on=date(2026, 5, 1))
        await milestones.add(session, SYSTEM, two.id, title="Synligt", due_on=date(2026, 5, 1), responsible_id=owner.id)
        headers = await factories.signed_in(session, someone)
    async with connect(service, **headers) as client:
        rows = table(await client.get(f"{PLACE}/initiatives"))[1]
        assert [(row["title"], row["summary"], row["responsible"]) for row in rows] == [
            ("Ett", "", ""),
            ("Två", "Bil", "Åsa Öberg"),
        ]
        assert [row["version"] for row in rows] == ["", ""]
        [stone] = table(await client.get(f"{PLACE}/milestones"))[1]
        assert (stone["initiative"], stone["title"], stone["responsible"]) == ("Två", "Synligt", "")
        for name in TABLES:
            assert (await send(client, name, "Titel\nx")).status_code == 403
            if name not in {"initiatives", "milestones"}:
                assert table(await client.get(f"{PLACE}/{name}"))[1] == []
    assert table(await partner.get(f"{PLACE}/initiatives"))[1] == []


async def _share(session: Any, initiative_id: Any, viewer: Viewer, profile: Profile) -> None:
    assert viewer.organisation_id is not None
    await shares.share(session, SYSTEM, initiative_id, viewer.organisation_id, profile=profile)


async def test_a_dry_run_says_what_a_real_run_does(writer: httpx.AsyncClient, initiative: Initiative) -> None:
    content = f"Id;Titel;Slutdatum;Leds av\r\n{initiative.id};'=Läkarbil;2027-06-30;Ekby kommun\r\n;Ny;;ekby kommun\r\n"
    tried = (await send(writer, "initiatives", content, dry_run=True)).json()
    assert (tried["created"], tried["changed"], tried["unchanged"]) == (1, 1, 0)
    changed, new = tried["rows"]
    assert changed["changes"] == [{"column": "Slutdatum", "before": "2026-12-31", "after": "2027-06-30"}]
    assert (new["row"], new["outcome"], new["id"]) == (3, "ny", None)
    assert {"column": "Läge", "before": "", "after": "förslag"} in new["changes"]
    assert (await writer.get("/api/v1/initiatives?q=ny")).json()["total"] == 0
    done = (await send(writer, "initiatives", content)).json()
    assert done == {**tried, "dry_run": False}
    again = (await send(writer, "initiatives", content)).json()
    assert (again["created"], again["changed"], again["unchanged"], again["rows"]) == (0, 0, 2, [])
    shown = (await writer.get(f"/api/v1/initiatives/{initiative.id}")).json()
    assert (shown["ends_on"], shown["summary"], shown["revision"]) == ("2027-06-30", "Bil", 2)


async def test_all_or_nothing_with_every_error_by_row_column_and_remedy(
    writer: httpx.AsyncClient, initiative: Initiative
) -> None:
    content = (
        "Titel;Leds av;Läge;Slutdatum\r\n"
        "Rätt;Ekby kommun;;\r\n"
        "\r\n"
        ";Ekbyn kommun;klart;i vår\r\n"
        "Pågår;Ekby kommun;pågår;\r\n"
    )
    refused = await send(writer, "initiatives", content)
    assert refused.status_code == 422
    errors = {one["field"]: one["detail"] for one in refused.json()["errors"]}
    assert set(errors) == {
        "rad 4, Titel",
        "rad 4, Leds av",
        "rad 4, Läge",
        "rad 4, Slutdatum",
        "rad 5, Ansvarig",
        "rad 5, Startdatum",
    }
    assert "Menar du ”Ekby kommun”?" in errors["rad 4, Leds av"]
    assert "Tillåtna värden" in errors["rad 4, Läge"]
    tried = (await send(writer, "initiatives", content, dry_run=True)).json()
    assert [(one["row"], one["outcome"]) for one in tried["rows"]] == [(2, "ny"), (4, "fel"), (5, "fel")]
    assert (await writer.get("/api/v1/initiatives")).json()["total"] == 1


@pytest.mark.parametrize(
    ("content", "field", "word"),
    [
        ("Titel;Leds aw\nx;y\n", "rad 1, Leds aw", "Menar du Leds av?"),
        ("Titel;title\nx;y\n", "rad 1, title", "två gånger"),
        ("Beskrivning\nx\n", "rad 1", "Id, eller Titel"),
        ("Titel\n", "rad 2", "inga rader"),
    ],
)
async def test_heads_that_cannot_be_right(writer: httpx.AsyncClient, content: str, field: str, word: str) -> None:
    [error] = (await send(writer, "initiatives", content, dry_run=True)).json()["errors"]
    assert (error["field"], word in error["detail"]) == (field, True)


async def test_what_others_have_changed_since_the_file_is_kept_or_is_an_error_in_its_row(
    writer: httpx.AsyncClient, sessions: ScopedSessions, initiative: Initiative
) -> None:
    taken = (await writer.get(f"{PLACE}/initiatives?format=csv-excel")).content.decode("utf-8-sig")
    async with sessions(SYSTEM) as session:
        await initiatives.revise(session, SYSTEM, initiative.id, revision=1, summary="Två bilar")
    theirs_kept = (await send(writer, "initiatives", taken.replace("2026-12-31", "2027-01-31"))).json()
    assert [change["column"] for change in theirs_kept["rows"][0]["changes"]] == ["Slutdatum"]
    assert (await writer.get(f"/api/v1/initiatives/{initiative.id}")).json()["summary"] == "Två bilar"
    both = await send(writer, "initiatives", taken.replace(";Bil;", ";Tre bilar;"))
    assert both.status_code == 422
    [error] = both.json()["errors"]
    assert error["field"] == "rad 2, Beskrivning"
    assert "Hämta en ny fil" in error["detail"]
    assert (await writer.get(f"/api/v1/initiatives/{initiative.id}")).json()["summary"] == "Två bilar"


async def test_the_same_import_with_the_same_key_is_done_once(
    writer: httpx.AsyncClient, town: Organisation, initiative: Initiative
) -> None:
    content = f"Titel;Leds av\r\nDubblett;{town.name}\r\n"
    for _ in range(2):
        done = await send(writer, "initiatives", content, key="once")
        assert done.json()["created"] == 1
    assert done.headers["idempotency-replayed"] == "true"
    assert (await writer.get("/api/v1/initiatives?q=dubblett")).json()["total"] == 1


async def test_a_row_without_id_is_known_by_its_key_and_two_of_the_same_are_asked_about(
    writer: httpx.AsyncClient, initiative: Initiative, town: Organisation
) -> None:
    changed = (await send(writer, "initiatives", "Titel;Beskrivning\r\n'=läkarbil;Stor bil\r\n")).json()
    assert changed["changed"] == 1
    twice = f"Titel;Leds av\r\n'=Läkarbil;{town.name}\r\n'=Läkarbil;{town.name}\r\n"
    assert "rad 2" in (await send(writer, "initiatives", twice)).json()["errors"][0]["detail"]


async def test_a_file_in_no_format_is_refused_by_name(writer: httpx.AsyncClient) -> None:
    refused = await send(writer, "initiatives", b"PK\x03\x04 inte en zip")
    assert (refused.status_code, refused.json()["field"]) == (422, "file")
