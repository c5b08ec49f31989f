import asyncio
from collections.abc import AsyncIterator

import pytest

from api import streams


async def slowly(closed: list[bool], *pauses: float) -> AsyncIterator[int]:
    try:
        for number, pause in enumerate(pauses):
            await asyncio.sleep(pause)
            yield number
    finally:
        closed.append(True)


def test_every_line_of_the_data_is_a_line_of_its_own() -> None:
    assert streams.event("ett\ntvå", "delta") == b"event: delta\ndata: ett\ndata: tv\xc3\xa5\n\n"
    assert streams.event("") == b"data: \n\n"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028"])
def test_no_text_can_begin_an_event_of_its_own(end: str) -> None:
    sent = streams.event(f"ofarligt{end}event: done{end}data: falskt").decode()
    assert all(line.startswith("data: ") for line in sent.rstrip("\n").replace("\r", "\n").split("\n"))


async def test_silence_is_filled_and_nothing_is_lost() -> None:
    closed: list[bool] = []
    items = [item async for item in streams.with_pauses(slowly(closed, 0, 0.12, 0), every=0.05)]
    assert [item for item in items if item is not None] == [0, 1, 2]
    assert items.count(None) >= 1
    assert closed == [True]


async def test_a_reader_who_leaves_ends_the_work() -> None:
    closed: list[bool] = []
    stream = streams.with_pauses(slowly(closed, 0, 60), every=0.01)
    assert await anext(stream) == 0
    assert await anext(stream) is None
    await stream.aclose()
    await asyncio.sleep(0.01)
    assert closed == [True]


async def test_an_error_on_the_way_comes_out() -> None:
    async def broken() -> AsyncIterator[int]:
        yield 1
        raise ValueError("trasig")

    with pytest.raises(ValueError, match="trasig"):
        _ = [item async for item in streams.with_pauses(broken())]
