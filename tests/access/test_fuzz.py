"""Whatever is sent, the API answers as its description says: documented statuses, documented shapes, and never a 500.

Requests are made from the description by schemathesis, both such as it allows and such as it forbids, half of them with
identifiers of real things; and every field and query parameter is given values that have broken something somewhere.
`--examples` says how many of either kind there are for each operation.
"""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as hypothesis_seed
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.access.bench import Bench
from tests.access.calls import DESCRIPTION, Operation, example, operations, path_words, request
from tests.access.world import KINDS, Actor

pytestmark = pytest.mark.slow

SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)
ADDRESS = "http://narplan.example"
WHO = ("programgrupp", "partner A")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
HOSTILE: tuple[object, ...] = (
    None,
    True,
    "",
    "\0",
    "a\0b",
    "\ud800",
    "\u202e",
    "\uffff",
    "x" * 100_000,
    "%00",
    "' OR 1=1 --",
    "2026-02-30",
    "0001-01-01",
    "99999-01-01",
    -1,
    2**31,
    2**63,
    10**30,
    1e308,
    {"a": {"b": []}},
    ["x"] * 10_000,
    [[[[[[[[[[]]]]]]]]]],
)


@pytest.fixture
def examples(request: pytest.FixtureRequest) -> int:
    """Return how many examples of either kind to make for each operation."""
    return int(request.config.getoption("--examples"))


@pytest.mark.parametrize("label", sorted(f"{one.method} {one.path}" for one in operations()))
async def test_an_operation_answers_as_it_is_described(bench: Bench, label: str, examples: int) -> None:
    wrong = []
    for number, case in enumerate(cases(label, examples)):
        actor = bench.world.actors[WHO[number % 2]]
        if number % 4 > 1:
            make_real(case, actor)
        sent = requests.Request(**case.as_transport_kwargs(base_url=ADDRESS)).prepare()
        known = {name: value for name, value in sent.headers.items() if name.lower() not in {"authorization", "cookie"}}
        arguments = {"method": sent.method, "url": sent.url, "content": sent.body, "headers": known}
        wrong += problems(case, await bench.send(actor, arguments), sent.body)
    assert wrong == []


@pytest.mark.parametrize("operation", list(operations()), ids=lambda operation: operation.name)
async def test_values_that_break_things_break_nothing(bench: Bench, operation: Operation) -> None:
    actor = bench.world.actors["programgrupp"]
    in_path = {**path_words(operation), **dict.fromkeys(operation.path_ids, "x")}
    case = SCHEMA[operation.path][operation.method].Case(path_parameters=in_path)
    wrong = []
    for arguments in hostile_requests(operation, actor):
        wrong += problems(case, await bench.send(actor, arguments), str(arguments.get("content", arguments["params"])))
    assert wrong == []


def cases(label: str, examples: int) -> list[Case[Any]]:
    """Return requests that the description allows, and as many that it forbids; the same ones every time."""
    method, _, path = label.partition(" ")
    made: list[Case[Any]] = []
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @hypothesis_seed(1)
        @given(SCHEMA[path][method].as_strategy(generation_mode=mode))
        def make(case: Case[Any]) -> None:
            made.append(case)

        try:
            make()
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE, "an operation without parameters allows no wrong requests"
    return made


def make_real(case: Case[Any], actor: Actor) -> None:
    """Let the identifiers in the address and the body be of things that the person may see."""
    for place in (case.path_parameters, case.body):
        if isinstance(place, dict):
            for name, value in place.items():
                if name in KINDS and isinstance(value, str):
                    place[name] = actor.own[KINDS[name]]


def hostile_requests(operation: Operation, actor: Actor) -> Iterator[dict[str, Any]]:
    """Return requests that are right but for one value."""
    right = request(operation, actor.own)
    queries = [one["name"] for one in operation.said.get("parameters", ()) if one["in"] == "query"]
    for name in queries:
        for value in HOSTILE:
            if isinstance(value, str | int | float):
                yield {**right, "params": {name: str(value).encode(errors="surrogatepass")[:20_000]}}
    body = right.pop("json", None)
    if isinstance(body, dict):
        headers = {**right.get("headers", {}), "content-type": "application/json"}
        for name in body:
            for value in HOSTILE:
                content = json.dumps({**(example(operation) or {}), **body, name: value})
                yield {**right, "params": None, "content": content, "headers": headers}


def problems(case: Case[Any], answer: httpx.Response, sent: object) -> list[str]:
    """Return what is wrong with a response, and what was asked; nothing if it is as described."""
    answer.request.read()  # A form with a file is sent piece by piece and not kept.
    try:
        case.validate_response(answer, checks=CHECKS)
    except FailureGroup as group:
        said = str(sent)[:300]
        told = [f"{type(one).__name__}: {one.title}: {one.message}"[:400] for one in group.exceptions]
        return [f"{answer.request.method} {answer.request.url} {said} -> {answer.status_code} {told}"]
    return []
