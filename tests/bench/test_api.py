import httpx
import pytest

from api import postgres
from api.app import create_app
from api.database import Database
from bench.api import data
from bench.api.__main__ import sign_in
from bench.api.cases import cases
from bench.api.data import Size
from initiatives import audit
from initiatives.access import SYSTEM
from tests.clients import connect


@pytest.mark.parametrize("size", [Size(initiatives=12, decisions=4, states=2, activities=30)])
async def test_the_large_register_is_whole_and_every_way_of_reading_it_answers(
    server: postgres.Server, database: Database, size: Size
) -> None:
    """Small, but made by the same statements: the benchmark is not found broken on the day when it is needed."""
    ids = await data.fill(server, size, str(database.url.database))
    async with database.scoped(SYSTEM) as session:
        verdict = await audit.verify(session, SYSTEM)
    assert (verdict.fault, verdict.rows) == (None, 30)
    cookie = await sign_in(server.url(database=str(database.url.database)), ids["person"][0])
    app = create_app(database.scoped, None)
    async with connect(app, cookie=cookie) as client:
        for name, paths in cases(ids).items():
            answer = await client.get(paths[0])
            assert answer.status_code == httpx.codes.OK, (name, answer.text)
