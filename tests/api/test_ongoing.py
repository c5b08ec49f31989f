import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from api.ongoing import Abandoned, Course, Ongoing
from api.streams import LAST, Place, place
from initiatives.access import Role, Viewer
from initiatives.base import new_id
from initiatives.errors import NotFound
from retrieval.answers import Delta, Event, Status
from retrieval.stopping import Ticket

ASKER = Viewer(new_id(), new_id(), Role.POLITICIAN, "Ask Frågvis", membership_id=new_id())


class Slow:
    """Two events, the second when it is let go."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.closed = asyncio.Event()
        self.begun = 0

    async def events(self) -> AsyncGenerator[Event]:
        self.begun += 1
        try:
            yield Status("Söker …")
            await self.go.wait()
            yield Delta("Klart.")
        finally:
            self.closed.set()


async def test_everyone_who_comes_gets_everything_in_order() -> None:
    slow = Slow()
    course = Course(ASKER, Ticket(), slow.events(), grace=60)
    first = course.follow()
    assert await anext(first) == Status("Söker …")
    second = course.follow()
    assert await anext(second) == Status("Söker …")
    slow.go.set()
    assert [event async for event in first] == [event async for event in second] == [Delta("Klart.")]
    assert [event async for event in course.follow()] == [Status("Söker …"), Delta("Klart.")]
    assert slow.begun == 1


async def test_an_answer_goes_on_for_one_who_comes_back_in_time() -> None:
    slow = Slow()
    course = Course(ASKER, Ticket(), slow.events(), grace=60)
    first = course.follow()
    await anext(first)
    await first.aclose()
    assert not slow.closed.is_set()
    slow.go.set()
    assert [event async for event in course.follow()] == [Status("Söker …"), Delta("Klart.")]


async def test_an_answer_that_nobody_waits_for_is_given_up() -> None:
    slow = Slow()
    course = Course(ASKER, Ticket(), slow.events(), grace=0)
    first = course.follow()
    await anext(first)
    await first.aclose()
    await slow.closed.wait()
    with pytest.raises(Abandoned):
        _ = [event async for event in course.follow()]


async def test_an_error_comes_to_every_reader() -> None:
    async def broken() -> AsyncGenerator[Event]:
        yield Status("Söker …")
        raise NotFound("Samtalet finns inte.")

    course = Course(ASKER, Ticket(), broken(), grace=60)
    for _ in range(2):
        with pytest.raises(NotFound):
            _ = [event async for event in course.follow()]


@pytest.mark.parametrize(
    "other",
    [
        replace(ASKER, person_id=new_id()),
        replace(ASKER, organisation_id=new_id(), role=Role.PARTNER),
        replace(ASKER, person_id=None, membership_id=None, key_id=new_id()),
    ],
    ids=["another person", "the same in another organisation", "a key"],
)
async def test_nobody_but_who_asked_finds_an_answer(other: Viewer) -> None:
    slow, ongoing = Slow(), Ongoing()
    course = ongoing.follow(Course(ASKER, Ticket(), slow.events(), grace=60))
    assert ongoing.find(ASKER, course.id) is course
    assert ongoing.find(other, course.id) is None
    assert ongoing.find(ASKER, new_id()) is None
    await asyncio.sleep(0)
    await ongoing.close()
    assert slow.closed.is_set()


async def test_what_has_been_told_is_kept_for_a_while_only() -> None:
    slow, ongoing = Slow(), Ongoing(kept=0)
    slow.go.set()
    course = ongoing.follow(Course(ASKER, Ticket(), slow.events(), grace=60))
    _ = [event async for event in course.follow()]
    while ongoing.find(ASKER, course.id):
        await asyncio.sleep(0)


@pytest.mark.parametrize("number", [0, 1, 17, LAST])
def test_a_place_is_read_as_it_is_written(number: int) -> None:
    at = Place(new_id(), number)
    assert place(str(at)) == at


@pytest.mark.parametrize("text", ["", "1", ".", "x.1", f"{new_id()}", f"{new_id()}.-1", f"{new_id()}.²", "a" * 9999])
def test_what_is_no_place_is_none(text: str) -> None:
    assert place(text) is None
