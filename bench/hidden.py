"""Does the time of an answer tell a partner that something exists which they may not see?

    python -m bench.hidden [ROUNDS]

Asks, through the whole application, for a thing that is another municipality's and for one that does not exist, in
turn and in random order, and prints the medians and how much longer the first takes, with the interval in which that
lies in 95 of 100 redrawn samples. An interval that holds zero shows no difference of that size. Makes a database of its
own in a temporary folder and removes it.
"""

import asyncio
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from api import migrations, postgres
from api.database import Database
from api.settings import load
from initiatives.base import new_id
from retrieval import embedding
from tests.access import bench
from tests.access.bench import Bench
from tests.access.calls import NOTHING, Operation, kind, operations, request
from tests.access.world import Actor

ASKED = (
    *("getInitiative", "reviseInitiative", "listShares", "getDocument", "getDocumentText", "getOriginalFile"),
    *("listBudgetLinks", "getFund", "getConversation", "getPerson", "listInitiatives", "listMemberships"),
)
PARTNER = "partner A"
WARM, DRAWS = 10, 2000


def main(rounds: int) -> None:
    """Print a line for each operation, times in milliseconds."""
    with tempfile.TemporaryDirectory(prefix="narplan-bench-") as home:
        Path(home).chmod(0o755)
        with postgres.running(Path(home), durable=False) as server:
            asyncio.run(_measure(server, rounds))


async def _measure(server: postgres.Server, rounds: int) -> None:
    await migrations.upgrade(server.url(postgres.OWNER), application_role=postgres.APPLICATION)
    embedder, database = embedding.create(load({}).embedding), Database(server.url())
    async with bench.opened(database, embedder) as opened:
        partner = opened.world.actors[PARTNER]
        for operation in operations():
            if operation.name in ASKED:
                pairs = [await _both(opened, partner, operation) for _ in range(rounds + WARM)]
                print(_line(operation.name, pairs[WARM:]))
    await database.close()
    embedder.close()


async def _both(opened: Bench, partner: Actor, operation: Operation) -> tuple[float, float]:
    """Return how long the hidden and the absent thing took, asked for in random order."""
    varied = next(one for one in operation.varied if one != NOTHING)
    ids = [partner.foreign[kind(varied)], str(new_id())]
    taken = [0.0, 0.0]
    for which in random.sample((0, 1), 2):
        arguments = request(operation, partner.own, varied, ids[which])
        began = time.perf_counter()
        await opened.send(partner, arguments)
        taken[which] = (time.perf_counter() - began) * 1000
    return taken[0], taken[1]


def _line(name: str, pairs: list[tuple[float, float]]) -> str:
    hidden, absent = (statistics.median(side) for side in zip(*pairs, strict=True))
    differences = [one - other for one, other in pairs]
    drawn = sorted(statistics.median(random.choices(differences, k=len(differences))) for _ in range(DRAWS))
    low, high = drawn[DRAWS // 40], drawn[-DRAWS // 40]
    return f"{name}: hidden {hidden:.2f}, absent {absent:.2f}, longer by {low:+.2f} to {high:+.2f} ms"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
