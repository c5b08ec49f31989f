"""Who gets what status from every operation, for what is their own, what is foreign to them and what does not exist.

The expected statuses stand in `matrix.csv`, one line for each operation and each identifier that it takes. Three
statuses are for own, foreign and absent; one stands for all three. Partners are tried from both sides. Whoever may not
see a thing cannot tell it from one that does not exist: same status, same headers, same body, but for the identifier.
"""

import csv
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from initiatives.access import SYSTEM, sees_all
from initiatives.base import new_id
from tests.access import world as worlds
from tests.access.bench import Bench
from tests.access.calls import NOTHING, Operation, operations, request
from tests.access.calls import kind as kind_of
from tests.access.world import Actor

TABLE = Path(__file__).with_name("matrix.csv")
OPERATIONS = {operation.name: operation for operation in operations()}
ROWS = [(name, varied) for name, operation in OPERATIONS.items() for varied in operation.varied]
UNLIKE_BY_NATURE = frozenset({"date", "x-request-id"})


HEADS = tuple(cell.strip() for cell in TABLE.read_text(encoding="utf-8").splitlines()[0].split(";")[2:])


def expected() -> dict[tuple[str, str], dict[str, str]]:
    """Return the table: for each operation and identifier, the statuses of each kind of person."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        lines = [[cell.strip() for cell in line] for line in csv.reader(file, delimiter=";")]
    return {(line[0], line[1]): dict(zip(HEADS, line[2:], strict=True)) for line in lines[1:]}


EXPECTED = expected()


def column(actor: str) -> str:
    """Return the column of the table that holds for the person: both partners share one."""
    return actor.partition(" ")[0]


def test_every_operation_has_its_rows_and_there_are_no_others() -> None:
    missing, unneeded = sorted(set(ROWS) - set(EXPECTED)), sorted(set(EXPECTED) - set(ROWS))
    assert not missing, f"Add a line to tests/access/{TABLE.name} for who gets what from: {missing}"
    assert not unneeded, f"Take these lines out of tests/access/{TABLE.name}, nothing answers to them: {unneeded}"


def test_the_table_says_each_thing_once_and_as_short_as_it_can() -> None:
    lines = TABLE.read_text(encoding="utf-8").splitlines()[1:]
    names = Counter(tuple(cell.strip() for cell in line.split(";")[:2]) for line in lines)
    assert [name for name, count in names.items() if count > 1] == []
    for row, cells in EXPECTED.items():
        assert all(len(cell.split()) in {1, 3} for cell in cells.values()), row


@pytest.mark.parametrize("name", OPERATIONS)
async def test_an_operation_answers_everyone_as_the_table_says(bench: Bench, name: str) -> None:
    operation = OPERATIONS[name]
    wrong = []
    for varied in operation.varied:
        said = EXPECTED.get((name, varied), {})
        found = {actor.name: await _statuses(bench, operation, varied, actor) for actor in bench.world.actors.values()}
        if any(said.get(column(actor)) != statuses for actor, statuses in found.items()):
            line = {column(actor): statuses for actor, statuses in found.items()}
            wrong.append("; ".join([name, varied, *(line[head] for head in HEADS)]))
    heads = "; ".join(("operation", "varies", *HEADS))
    assert not wrong, "\n".join((f"tests/access/{TABLE.name} says something else than this:", heads, *wrong))


async def _statuses(bench: Bench, operation: Operation, varied: str, actor: Actor) -> str:
    """Return the statuses as the table writes them, having seen that what is foreign cannot be told from nothing."""
    if varied == NOTHING:
        return str((await _checked(bench, operation, actor, varied, "")).status_code)
    kind = kind_of(varied)
    foreign, absent = actor.foreign[kind], str(new_id())
    own = await _checked(bench, operation, actor, varied, actor.own[kind])
    theirs = await _checked(bench, operation, actor, varied, foreign)
    nobodys = await _checked(bench, operation, actor, varied, absent)
    if _hidden(actor, kind):
        assert told(theirs, foreign) == told(nobodys, absent), f"{operation.name} tells {actor.name} that it exists"
    statuses = [str(answer.status_code) for answer in (own, theirs, nobodys)]
    return statuses[0] if len(set(statuses)) == 1 else " ".join(statuses)


async def _checked(bench: Bench, operation: Operation, actor: Actor, varied: str, value: str) -> httpx.Response:
    answer = await bench.send(actor, request(operation, actor.own, varied, value))
    assert answer.status_code < 500, (operation.name, actor.name, answer.text)
    for side in bench.world.sides:
        if not _may_see(actor, side.ids):
            assert side.canary not in answer.text, f"{operation.name} shows {actor.name} {side.canary}"
            assert side.canary not in str(answer.headers), f"{operation.name} shows {actor.name} {side.canary}"
    return answer


def _may_see(actor: Actor, ids: Mapping[str, str]) -> bool:
    viewer = actor.viewer
    if viewer is None or actor.name == worlds.REVOKED:
        return False
    return sees_all(viewer) or str(viewer.organisation_id) == ids["organisation"]


def _hidden(actor: Actor, kind: str) -> bool:
    """Tell whether the person may not know of foreign things of the kind."""
    if kind in {"organisation", "node", "taxonomy", "taxonomy_item"}:
        return False
    return (
        kind in {"conversation", "shared conversation", "answer", "filter"}
        or actor.viewer is None
        or not sees_all(actor.viewer)
    )


def told(answer: httpx.Response, asked: str) -> tuple[int, list[tuple[str, str]], str]:
    """Return all that a response tells, with a blank for the identifier that was asked for."""
    headers = [(name, value) for name, value in answer.headers.items() if name not in UNLIKE_BY_NATURE]
    blank = [(name, value.replace(asked, "…")) for name, value in headers]
    return answer.status_code, sorted(blank), answer.text.replace(asked, "…")


async def test_the_system_itself_is_nobody_who_calls(bench: Bench) -> None:
    assert SYSTEM.role.value not in {actor.viewer.role for actor in bench.world.actors.values() if actor.viewer}
