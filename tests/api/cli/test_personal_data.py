import json

from api.database import Database
from initiatives.access import SYSTEM
from tests import factories
from tests.api.cli.test_database import Narplan, narplan

__all__ = ["narplan"]
EMAIL = "anna.alm@kommun.example"


async def test_somebody_is_written_out_and_erased(database: Database, narplan: Narplan) -> None:
    async with database.scoped(SYSTEM) as session:
        await factories.person(session, name="Anna Alm", email=EMAIL)
    found = json.loads(narplan("person", "export", EMAIL).stdout)
    assert found["person"]["rows"][0]["name"] == "Anna Alm"
    assert "Kontot\n======\n" in narplan("person", "export", EMAIL, "--text").stdout
    done = narplan("person", "erase", EMAIL, "--yes")
    assert (done.returncode, "Personen är raderad" in done.stdout) == (0, True), done.stderr
    assert narplan("person", "export", EMAIL).returncode == 1
    assert "1 med raderade uppgifter" in narplan("audit", "verify").stdout
