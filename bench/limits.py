"""What counting a request adds to its time: the same reads through the whole application, with and without limits.

    python -m bench.limits [REQUESTS]

Makes a database of its own in a temporary folder and removes it.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, cast

import httpx

from api import migrations, postgres
from api.app import create_app
from api.database import Database
from initiatives import keys, limits, organisations, people
from initiatives.access import SYSTEM, Role
from initiatives.allowance import UNLIMITED, Kind, Limits
from initiatives.keys import Scope
from initiatives.organisations import OrganisationKind

ENOUGH = Limits(*[10**9] * 5)
ROUNDS = 4


async def main(requests: int) -> None:
    """Print the median and the 95th percentile in milliseconds, and how many counts of one key a second holds."""
    with tempfile.TemporaryDirectory(prefix="narplan-bench-") as home, postgres.running(Path(home)) as server:
        await migrations.upgrade(server.url(postgres.OWNER), application_role=postgres.APPLICATION)
        database = Database(server.url())
        key = await _key(database)
        taken: dict[Limits, list[float]] = {UNLIMITED: [], ENOUGH: []}
        for _ in range(ROUNDS):
            for allowed, times in taken.items():
                times.extend(await _ask(database, allowed, key, requests // ROUNDS))
        for allowed, name in ((UNLIMITED, "without limits"), (ENOUGH, "with limits")):
            cuts = statistics.quantiles(taken[allowed], n=20)
            print(f"{name}: median {statistics.median(taken[allowed]):.2f} ms, 95 % within {cuts[-1]:.2f} ms")
        print(f"counting one key from 15 connections at once: {await _contended(database, requests):.0f} a second")
        await database.close()


async def _key(database: Database) -> str:
    async with database.scoped(SYSTEM) as session:
        region = await organisations.create_organisation(session, SYSTEM, name="Region", kind=OrganisationKind.REGION)
        role = Role.PROGRAMME_GROUP
        await people.create_person(
            session, SYSTEM, name="Bo", email="bo@x.example", organisation_id=region.id, role=role
        )
        scopes = [Scope.READ]
        made = await keys.create_key(
            session, SYSTEM, organisation_id=region.id, name="Mätning", role=role, scopes=scopes
        )
        return made[1]


async def _ask(database: Database, allowed: Limits, key: str, requests: int) -> list[float]:
    transport = httpx.ASGITransport(cast("Any", create_app(database.scoped, None, allowed=allowed)))
    headers = {"authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://narplan.example", headers=headers) as client:
        times = []
        for _ in range(requests):
            began = time.perf_counter()
            (await client.get("/api/v1/initiatives")).raise_for_status()
            times.append((time.perf_counter() - began) * 1000)
    return times[5:]


async def _contended(database: Database, requests: int) -> float:
    async def once() -> None:
        async with database.scoped(SYSTEM) as session:
            await limits.count(session, Kind.READS, "key", 100)

    began = time.perf_counter()
    await asyncio.gather(*(once() for _ in range(requests)))
    return requests / (time.perf_counter() - began)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 800))
