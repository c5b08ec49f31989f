"""The same change of many initiatives: all or nothing, each with its errors, and one line in the diary for each."""

from datetime import date
from typing import Any

import httpx
import pytest

from initiatives import activity, initiatives
from initiatives.access import SYSTEM, ScopedSessions
from initiatives.base import new_id
from initiatives.initiatives import Initiative
from tests import factories

PLACE = "/api/v1/initiatives"


@pytest.fixture
async def three(sessions: ScopedSessions) -> list[Initiative]:
    async with sessions(SYSTEM) as session:
        town = await factories.organisation(session, "Ekby kommun")
        given = {"lead_organisation_id": town.id, "starts_on": date(2026, 1, 1)}
        return [await factories.initiative(session, title=title, **given) for title in ("Ett", "Två", "Tre")]


async def revise(
    client: httpx.AsyncClient, chosen: list[Initiative], changes: dict[str, Any], *, dry_run: bool = False, **body: Any
) -> httpx.Response:
    named = [{"id": str(one.id), "etag": '"1"'} for one in chosen]
    asked = {"dry_run": "true"} if dry_run else {}
    return await client.patch(PLACE, params=asked, json={"initiatives": named, "changes": changes, **body})


async def test_all_are_changed_as_the_dry_run_said(
    writer: httpx.AsyncClient, sessions: ScopedSessions, three: list[Initiative]
) -> None:
    changes = {"ends_on": "2027-06-30", "next_steps": "Utvärdera"}
    tried = (await revise(writer, three, changes, dry_run=True)).json()
    assert (tried["changed"], tried["unchanged"]) == (3, 0)
    assert tried["initiatives"][0]["changes"] == [
        {"column": "Slutdatum", "before": "", "after": "2027-06-30"},
        {"column": "Nästa steg", "before": "", "after": "Utvärdera"},
    ]
    assert (await writer.get(f"{PLACE}/{three[0].id}")).json()["revision"] == 1
    done = (await revise(writer, three, changes)).json()
    assert done == {**tried, "dry_run": False}
    async with sessions(SYSTEM) as session:
        for one in three:
            lines, _ = await activity.list_activity(session, SYSTEM, subject_type="initiative", subject_id=one.id)
            assert [line.action for line in lines] == ["ändrade", "skapade"]
            assert lines[0].after == changes
    again = (await revise(writer, three, changes)).json()
    assert (again["changed"], again["unchanged"]) == (0, 3)


async def test_one_that_cannot_be_changed_stops_all_and_every_error_is_told(
    writer: httpx.AsyncClient, sessions: ScopedSessions, three: list[Initiative]
) -> None:
    one, two, three_ = three
    async with sessions(SYSTEM) as session:
        await initiatives.revise(session, SYSTEM, one.id, next_steps="Vänta")
        await initiatives.revise(session, SYSTEM, two.id, starts_on=date(2028, 1, 1))
    absent = {"id": str(new_id()), "etag": "*"}
    named = [{"id": str(item.id), "etag": '"1"'} for item in three] + [absent]
    changes = {"ends_on": "2027-06-30", "next_steps": "Utvärdera"}
    refused = await revise(writer, [], changes, initiatives=named)
    assert refused.status_code == 422
    errors = {problem["field"]: problem["detail"] for problem in refused.json()["errors"]}
    assert set(errors) == {f"{one.id}, next_steps", f"{two.id}, ends_on", absent["id"]}
    assert "Läs om" in errors[f"{one.id}, next_steps"]
    assert (await writer.get(f"{PLACE}/{three_.id}")).json()["ends_on"] is None
    tried = (await revise(writer, [], changes, initiatives=named, dry_run=True)).json()
    assert [row["outcome"] for row in tried["initiatives"]] == ["fel", "fel", "ändrad", "fel"]


async def test_each_initiative_says_what_its_new_status_needs(
    writer: httpx.AsyncClient, three: list[Initiative]
) -> None:
    refused = (await revise(writer, three[:2], {"status": "avbrutet"}, dry_run=True)).json()
    for row in refused["initiatives"]:
        assert [problem["field"] for problem in row["errors"]] == ["reason"]


async def test_what_others_changed_in_other_fields_is_kept(
    writer: httpx.AsyncClient, sessions: ScopedSessions, three: list[Initiative]
) -> None:
    async with sessions(SYSTEM) as session:
        await initiatives.revise(session, SYSTEM, three[0].id, summary="Ny text")
    assert (await revise(writer, three, {"ends_on": "2027-06-30"})).json()["changed"] == 3
    shown = (await writer.get(f"{PLACE}/{three[0].id}")).json()
    assert (shown["summary"], shown["ends_on"]) == ("Ny text", "2027-06-30")


async def test_only_writers_change_and_there_must_be_something_to_change(
    writer: httpx.AsyncClient, politician: httpx.AsyncClient, partner: httpx.AsyncClient, three: list[Initiative]
) -> None:
    for client in (politician, partner):
        assert (await revise(client, three, {"ends_on": "2027-06-30"})).status_code == 403
    assert (await revise(writer, three, {})).json()["field"] == "changes"
    assert (await revise(writer, [], {"ends_on": None})).status_code == 422
