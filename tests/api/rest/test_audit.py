import httpx
import pytest
from litestar import Litestar

from api.app import create_app
from api.database import Database
from initiatives.access import SYSTEM, Role, ScopedSessions
from tests import factories
from tests.chains import tamper, write
from tests.clients import connect

HEAD, VERIFICATION = "/api/v1/audit/head", "/api/v1/audit/verification"


async def known(sessions: ScopedSessions, role: Role) -> dict[str, str]:
    async with sessions(SYSTEM) as session:
        return await factories.signed_in(session, await factories.person(session, role))


async def test_an_administrator_notes_the_head_and_verifies(database: Database) -> None:
    app: Litestar = create_app(database.scoped, None)
    async with connect(app, **await known(database.scoped, Role.ADMINISTRATOR)) as chief:
        noted = (await chief.get(HEAD)).json()
        verdict = (await chief.get(VERIFICATION)).json()
        assert verdict == {"intact": True, "rows": noted["sequence"], "erased": 0, "head": noted, "fault": None}
        await write(database, 2)
        await tamper(database, "UPDATE activity SET action = 'x' WHERE sequence = 2")
        text = f"{noted['sequence']}:{noted['hash']}"
        verdict = (await chief.get(VERIFICATION, params={"head": text})).json()
        assert (verdict["intact"], verdict["fault"]["sequence"]) == (False, 2)
        wrong = await chief.get(VERIFICATION, params={"head": "17"})
        assert (wrong.status_code, wrong.json()["field"]) == (422, "head")


@pytest.mark.parametrize("address", [HEAD, VERIFICATION])
async def test_only_administrators_do(writer: httpx.AsyncClient, partner: httpx.AsyncClient, address: str) -> None:
    for client in (writer, partner):
        assert (await client.get(address)).status_code == 403
