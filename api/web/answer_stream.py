"""An answer under way, as parts of a page: each takes the place of the one before, and the last is the answer."""

import logging
from collections.abc import AsyncIterator
from uuid import UUID

from litestar.response import Stream
from sqlalchemy.ext.asyncio import AsyncSession

from api import streams
from api.ongoing import Course, Ongoing
from api.streams import LAST, Place
from api.web.answers import kept_answer
from api.web.pages import SECURITY_HEADERS, TEMPLATES
from initiatives.access import ScopedSessions, Viewer, may_write
from initiatives.errors import NarplanError
from retrieval import conversations
from retrieval.answers import Delta, Done, Event, Hit, Registered, Sources, Status
from retrieval.register.shown import RegisterAnswer

logger = logging.getLogger(__name__)

OVER = streams.event("", "over")
"""Tells the page that nothing more comes, so that it does not connect again."""


def streamed(course: Course, question: str, after: int = 0) -> Stream:
    """Return the parts after the first `after` of them, as they come."""
    return _stream(_parts(course, question, after))


async def resumed(ongoing: Ongoing, sessions: ScopedSessions, person: Viewer, question: str, after: Place) -> Stream:
    """Return the parts after a place, or the kept answer as the last part.

    Raises `NotFound` for an answer that is not the person's own, and for one that is under way in another process.
    """
    if after.number == LAST:
        return _stream(_just(OVER))
    if course := ongoing.find(person, after.answer_id):
        return streamed(course, question, after.number)
    async with sessions(person) as session:
        part = await _kept(session, person, after.answer_id)
    return _stream(_just(part, OVER))


async def stop(ongoing: Ongoing, sessions: ScopedSessions, person: Viewer, answer_id: UUID) -> None:
    """End the work on an answer; one that has ended stays as it is. Raises as `resumed`."""
    if course := ongoing.find(person, answer_id):
        course.stop()
        return
    async with sessions(person) as session:
        await conversations.get_turn(session, person, answer_id)


async def _kept(session: AsyncSession, person: Viewer, answer_id: UUID) -> bytes:
    turn = await conversations.get_turn(session, person, answer_id)
    return _part("done", Place(answer_id, LAST), answer=kept_answer(turn), finds=may_write(person))


async def _just(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def _stream(parts: AsyncIterator[bytes]) -> Stream:
    headers = {**SECURITY_HEADERS, **streams.HEADERS}
    return Stream(parts, status_code=200, media_type="text/event-stream", headers=headers)


async def _parts(course: Course, question: str, after: int) -> AsyncIterator[bytes]:
    shown, number, last = _Shown(question), 1, Place(course.id, LAST)
    try:
        if number > after:
            yield shown.part(Place(course.id, number))
        async for event in streams.with_pauses(course.follow()):
            if event is None:
                yield streams.KEEP_ALIVE
            elif isinstance(event, Done):
                yield _part("done", last, answer=event.answer, finds=may_write(course.person))
            else:
                number += 1
                shown.take(event)
                if number > after:
                    yield shown.part(Place(course.id, number))
    except NarplanError as error:
        yield _part("failed", last, question=question, title=error.title, detail=error.detail)
    except Exception:
        logger.exception("an answer could not be streamed")
        detail = "Något gick fel hos oss. Inget är förlorat: skicka frågan igen om en stund."
        yield _part("failed", last, question=question, title="Svaret kom inte fram", detail=detail)
    yield OVER


class _Shown:
    """What there is to show of an answer so far."""

    def __init__(self, question: str) -> None:
        self._question, self._words, self._text = question, "Söker i materialet …", ""
        self._hits: tuple[Hit, ...] = ()
        self._register: RegisterAnswer | None = None

    def take(self, event: Event) -> None:
        match event:
            case Status():
                self._words = event.text
            case Registered():
                self._register = event.register
            case Sources():
                self._hits = event.passages
            case Delta():
                self._text += event.text

    def part(self, at: Place) -> bytes:
        said = {"words": self._words, "text": self._text, "hits": self._hits, "register": self._register}
        return _part("working", at, question=self._question, **said)


def _part(state: str, at: Place, **context: object) -> bytes:
    template = TEMPLATES.engine_instance.engine.get_template("turn_stream.html")
    return streams.event(template.render(state=state, **context), at=at)
