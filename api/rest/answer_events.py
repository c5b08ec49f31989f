"""An answer as server-sent events: what each is called and holds, and how a reader goes on where it was cut off."""

import logging
from collections.abc import AsyncIterator, Iterator

import msgspec
from litestar import Response
from litestar.response import Stream

from api import streams
from api.ongoing import Course, Ongoing
from api.rest.answers import ANSWER, AnswerOut, PassageOut, answer_out, kept_out
from api.rest.register_answers import RegisterOut, table_of
from api.streams import LAST, Place
from initiatives.access import ScopedSessions, Viewer
from initiatives.errors import NarplanError
from retrieval import conversations
from retrieval.answers import Delta, Done, Event, Registered, Sources, Status

logger = logging.getLogger(__name__)

EVENT_STREAM = "text/event-stream"
EVENTS = ("status", "register", "sources", "delta", "citation", "table", "done", "error")
"""All that may come; who does not know a name passes over it."""
LAST_EVENTS = frozenset({"done", "error"})
"""What a stream ends with: the one or the other, once."""
STREAM = (
    f'id: {ANSWER["id"]}.1\nevent: status\ndata: {{"text": "Söker i 14 dokument …"}}\n\n'
    f'id: {ANSWER["id"]}.4\nevent: delta\ndata: {{"text": "2,5 mnkr. [1]"}}\n\n'
)


class SourcesOut(msgspec.Struct, frozen=True):
    """What the search found, before the answer is worded."""

    passages: tuple[PassageOut, ...]


def streamed(course: Course, after: int = 0) -> Stream:
    """Return the events of an answer after the first `after` of them, as they come."""
    headers = {**streams.HEADERS, "Content-Location": f"/api/v1/answers/{course.id}"}
    return Stream(_events(course, after), status_code=200, media_type=EVENT_STREAM, headers=headers)


async def resumed(ongoing: Ongoing, sessions: ScopedSessions, person: Viewer, after: Place) -> Response[None] | Stream:
    """Return the events after a place, or the kept answer as one event; nothing when all has been had.

    Raises `NotFound` for an answer that is not the person's own, and for one that is under way in another process.
    """
    if course := ongoing.find(person, after.answer_id):
        return Response(None, status_code=204) if after.number == LAST else streamed(course, after.number)
    async with sessions(person) as session:
        turn = await conversations.get_turn(session, person, after.answer_id)
        done = _event("done", kept_out(turn), Place(after.answer_id, LAST))
    if after.number == LAST:
        return Response(None, status_code=204)
    return Stream(iter([done]), status_code=200, media_type=EVENT_STREAM, headers=streams.HEADERS)


async def _events(course: Course, after: int) -> AsyncIterator[bytes]:
    number = 0
    try:
        async for event in streams.with_pauses(course.follow()):
            if event is None:
                yield streams.KEEP_ALIVE
                continue
            for name, data in _told(event):
                number += 1
                if number > after:
                    yield _event(name, data, Place(course.id, LAST if name in LAST_EVENTS else number))
    except NarplanError as error:
        yield _failed(course, error.title, error.detail)
    except Exception:
        logger.exception("an answer could not be streamed")
        yield _failed(course, "Svaret kom inte fram", "Något gick fel hos oss. Ställ frågan igen om en stund.")


def _told(event: Event) -> Iterator[tuple[str, object]]:
    """Yield what is sent of an event; a whole answer is sent after each of its citations and its table."""
    match event:
        case Status():
            yield "status", {"text": event.text}
        case Registered():
            yield "register", msgspec.convert(event.register, RegisterOut, from_attributes=True)
        case Sources():
            yield "sources", msgspec.convert(event, SourcesOut, from_attributes=True)
        case Delta():
            yield "delta", {"text": event.text}
        case Done():
            yield from _whole(answer_out(event.answer))


def _whole(answer: AnswerOut) -> Iterator[tuple[str, object]]:
    yield from (("citation", citation) for citation in answer.citations)
    if table := table_of(answer.register):
        yield "table", table
    yield "done", answer


def _failed(course: Course, title: str, detail: str) -> bytes:
    return _event("error", {"title": title, "detail": detail}, Place(course.id, LAST))


def _event(name: str, data: object, at: Place) -> bytes:
    return streams.event(msgspec.json.encode(data).decode(), name, at)
