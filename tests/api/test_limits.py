"""Limits at the door, in one process; `tests/api/cli/test_limits.py` tries them over two."""

import contextlib
import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import cast

import httpx
import pytest
from litestar import Litestar
from litestar.types import Scope
from sqlalchemy.ext.asyncio import AsyncSession

from api.app import create_app
from api.callers import address_of
from api.limits import Advances
from initiatives.access import SYSTEM, Role, ScopedSessions, Viewer
from initiatives.allowance import Kind, Limits
from initiatives.limits import Count
from tests import factories
from tests.clients import connect

ALLOWED = Limits(questions=1, writes=2, reads=3, sign_in=2, refused=2)
READ, WRITE = "/api/v1/initiatives", "/api/v1/funds"


@pytest.fixture
def limited(sessions: ScopedSessions) -> Litestar:
    return create_app(sessions, None, allowed=ALLOWED)


async def new_key(sessions: ScopedSessions) -> str:
    async with sessions(SYSTEM) as session:
        return (await factories.key(session, Role.PROGRAMME_GROUP))[1]


async def test_the_headers_say_how_much_is_left_and_the_answer_when_to_come_back(
    limited: Litestar, sessions: ScopedSessions
) -> None:
    async with connect(limited, authorization=f"Bearer {await new_key(sessions)}") as client:
        answers = [await client.get(READ) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    for left, answer in zip((2, 1, 0, 0), answers, strict=True):
        assert answer.headers["ratelimit-policy"] == '"reads";q=3;w=60'
        assert re.fullmatch(rf'"reads";r={left};t=(5\d|60)', answer.headers["ratelimit"])
    refused = answers[-1]
    assert refused.headers["content-type"] == "application/problem+json"
    assert 50 <= int(refused.headers["retry-after"]) <= 60
    assert refused.json()["type"] == "urn:narplan:problem:too-often"
    assert f"Vänta {refused.headers['retry-after']} sekunder" in refused.json()["detail"]


async def test_reads_writes_and_people_are_counted_apart(limited: Litestar, sessions: ScopedSessions) -> None:
    async with connect(limited, authorization=f"Bearer {await new_key(sessions)}") as client:
        assert [(await client.post(WRITE, json={})).status_code for _ in range(3)] == [422, 422, 429]
        assert (await client.get(READ)).status_code == 200
    async with connect(limited, authorization=f"Bearer {await new_key(sessions)}") as client:
        assert (await client.post(WRITE, json={})).status_code == 422


async def test_questions_have_a_limit_of_their_own(limited: Litestar, sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        known = await factories.signed_in(session, await factories.person(session))
    async with connect(limited, **known) as client:
        answers = [await client.post("/api/v1/questions", json={"question": ""}) for _ in range(2)]
        page = await client.post("/fraga", data={"fraga": ""}, headers={"accept": "text/html"})
    assert [answer.status_code == 429 for answer in answers] == [False, True]
    assert page.status_code == 429
    assert "<h1>För många anrop</h1>" in page.text
    assert int(page.headers["retry-after"]) <= 60


@pytest.mark.parametrize(
    ("path", "body"),
    [("/api/v1/session", {"email": "a@x.example", "password": "fel"}), ("/logga-in", None)],
)
async def test_attempts_to_sign_in_are_counted_by_address(
    limited: Litestar, path: str, body: dict[str, str] | None
) -> None:
    async with connect(limited) as client:
        answers = [await client.post(path, json=body) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [401, 401, 429]


async def test_keys_that_open_nothing_are_counted_and_those_that_do_are_let_through(
    limited: Litestar, sessions: ScopedSessions
) -> None:
    right = await new_key(sessions)
    async with connect(limited) as client:
        guesses = [await client.get(READ, headers={"authorization": f"Bearer np_guess{n}"}) for n in range(4)]
        assert [guess.status_code for guess in guesses] == [401, 401, 429, 429]
        assert (await client.get(READ, headers={"authorization": f"Bearer {right}"})).status_code == 200


async def test_what_a_load_balancer_and_a_page_need_is_not_counted(limited: Litestar) -> None:
    async with connect(limited) as client:
        for path in ("/healthz", "/readyz", "/static/icon.svg") * 3:
            answer = await client.get(path)
            assert (answer.status_code, "ratelimit" in answer.headers) == (200, False)


async def test_without_limits_nothing_is_counted(anonymous: httpx.AsyncClient) -> None:
    assert "ratelimit" not in (await anonymous.get("/api/v1/api-info")).headers


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("x" * 500, "x" * 64),
    ],
)
def test_one_subscriber_is_one_address(host: str, counted: str) -> None:
    assert address_of(cast("Scope", {"client": (host, 1)})) == counted


def test_a_caller_without_an_address_is_counted_with_the_others_who_have_none() -> None:
    assert address_of(cast("Scope", {"client": None})) == ""


def standing(used: int, allowed: int = 100, seconds: int = 60) -> Count:
    return Count(Kind.READS, allowed, used, seconds, timedelta(minutes=1), float(seconds))


def test_reads_counted_in_advance_are_given_out_one_by_one_and_no_more() -> None:
    advances, ends = Advances(), time.monotonic() + 60
    assert advances.take("a") is None
    assert advances.give("a", standing(5), 5, ends=ends).remaining == 99
    given = [advances.take("a") for _ in range(5)]
    assert [count and count.remaining for count in given] == [98, 97, 96, 95, None]
    assert advances.take("b") is None


def test_the_last_handful_is_what_was_left_of_what_is_allowed() -> None:
    advances = Advances()
    assert advances.give("a", standing(102), 5, ends=time.monotonic() + 60).remaining == 2
    assert [count and count.remaining for count in (advances.take("a") for _ in range(3))] == [1, 0, None]


def test_two_handfuls_at_once_are_both_given_out_and_end_with_their_window() -> None:
    advances, ends = Advances(), time.monotonic() + 0.05
    advances.give("a", standing(5), 5, ends=ends)
    advances.give("a", standing(10), 5, ends=ends)
    assert advances.take("a")
    time.sleep(0.06)
    assert advances.take("a") is None
    assert advances.give("a", standing(5), 5, ends=time.monotonic() + 60).remaining == 99


def test_of_many_callers_the_first_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.limits._MOST_CALLERS", 2)
    advances, ends = Advances(), time.monotonic() + 60
    for who in "abc":
        advances.give(who, standing(5), 5, ends=ends)
    assert [advances.take(who) is None for who in "abc"] == [True, False, False]


async def test_a_process_counts_reads_in_handfuls_and_lets_through_exactly_what_is_allowed(
    sessions: ScopedSessions,
) -> None:
    asked = 0

    @contextlib.asynccontextmanager
    async def counting(person: Viewer) -> AsyncIterator[AsyncSession]:
        nonlocal asked
        asked += 1
        async with sessions(person) as session:
            yield session

    app = create_app(counting, None, allowed=Limits(reads=60))
    async with connect(app) as client:
        answers = [await client.get("/api/v1/api-info") for _ in range(65)]
    assert Counter(answer.status_code for answer in answers) == {200: 60, 429: 5}
    left = [int(re.search(r"r=(\d+)", answer.headers["ratelimit"])[1]) for answer in answers]  # type: ignore[index]
    assert left == [*reversed(range(60)), *[0] * 5]
    assert asked == 60 // 3 + 5
