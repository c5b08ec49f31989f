import httpx

from api.app import create_app
from api.database import Database
from tests.clients import connect


async def test_the_api_tells_what_it_is_and_where_it_is_described(anonymous: httpx.AsyncClient) -> None:
    info = (await anonymous.get("/api/v1/api-info")).json()
    assert (info["api_name"], info["api_status"]) == ("Närplan", "active")
    assert (await anonymous.get(info["api_documentation"])).status_code == 200


async def test_a_process_with_a_database_is_alive_and_ready(anonymous: httpx.AsyncClient) -> None:
    assert (await anonymous.get("/healthz")).json() == {"status": "ok"}
    assert (await anonymous.get("/readyz")).json() == {"status": "ok"}


async def test_a_process_whose_database_is_away_is_alive_and_not_ready() -> None:
    nowhere = Database("postgresql://narplan@127.0.0.1:9/narplan")
    async with connect(create_app(nowhere.scoped, None)) as client:
        assert (await client.get("/healthz")).status_code == 200
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()["status"]) == (503, "databasen svarar inte")
        assert (await client.get("/api/v1/session", headers={"authorization": "Bearer np_x"})).status_code == 503
