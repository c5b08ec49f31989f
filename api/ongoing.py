"""Answers under way: each goes on for a while without its reader, and tells whoever comes back all that it has told.

They live in the process that was asked. When they are gone from there, what remains is the answer in its conversation.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from typing import ClassVar
from uuid import UUID

from initiatives.access import ScopedSessions, Viewer
from initiatives.errors import NarplanError
from retrieval import answering, conversations
from retrieval.answering import Assistant
from retrieval.answers import Answer, Done, Event, from_json
from retrieval.stopping import Ticket

GRACE_SECONDS = 30.0
"""How long an answer goes on when nobody listens any more."""
KEPT_SECONDS = 60.0
"""How long what an answer told is kept when it has ended."""


class Abandoned(NarplanError):
    """Nobody waited for the answer, so that it was never finished."""

    title: ClassVar[str] = "Svaret finns inte längre"


class Course:
    """An answer under way or just ended: its events, in order, for as many readers as there are."""

    def __init__(self, person: Viewer, ticket: Ticket, events: AsyncGenerator[Event], grace: float) -> None:
        """Begin; `grace` is in seconds."""
        self.person, self._ticket, self._grace = person, ticket, grace
        self._told: list[Event] = []
        self._news = asyncio.Event()
        self._readers = 0
        self._leaving: asyncio.TimerHandle | None = None
        self.task = asyncio.create_task(self._run(events))

    @property
    def id(self) -> UUID:
        """The id of the answer."""
        return self._ticket.id

    def stop(self) -> None:
        """End the work; its readers get what there is, marked as not complete."""
        self._ticket.stop()

    async def follow(self) -> AsyncGenerator[Event]:
        """Yield all events from the first on, as they come; raises what answering raised.

        When the last reader leaves, and nobody comes back within the time of grace, the work is cancelled.
        """
        self._readers += 1
        if self._leaving is not None:
            self._leaving.cancel()
        try:
            place = 0
            while place < len(self._told) or not self.task.done():
                news = self._news
                for event in self._told[place:]:
                    place += 1
                    yield event
                if place == len(self._told) and not self.task.done():
                    await news.wait()
            if self.task.cancelled():
                raise Abandoned("Anslutningen var bruten för länge. Ställ frågan igen.")
            self.task.result()
        finally:
            self._readers -= 1
            if not self._readers and not self.task.done():
                self._leaving = asyncio.get_running_loop().call_later(self._grace, self.task.cancel)

    async def answer(self) -> Answer:
        """Return the whole answer when it is there; raises as `follow`."""
        async with contextlib.aclosing(self.follow()) as events:
            async for event in events:
                if isinstance(event, Done):
                    return event.answer
        raise AssertionError("a stream always ends with Done")

    async def _run(self, events: AsyncGenerator[Event]) -> None:
        async with contextlib.aclosing(events):
            async for event in events:
                self._told.append(event)
                self.wake()

    def wake(self) -> None:
        """Let every reader look for what is new."""
        self._news.set()
        self._news = asyncio.Event()


class Ongoing:
    """The answers under way in this process."""

    def __init__(self, *, grace: float = GRACE_SECONDS, kept: float = KEPT_SECONDS) -> None:
        """Begin with none; times are in seconds."""
        self._grace, self._kept = grace, kept
        self._courses: dict[UUID, Course] = {}

    def begin(
        self,
        assistant: Assistant,
        person: Viewer,
        question: str,
        *,
        conversation_id: UUID | None = None,
        history: Sequence[str] = (),
    ) -> Course:
        """Put a question; see `retrieval.answering.stream`."""
        ticket = Ticket()
        events = answering.stream(
            assistant, person, question, conversation_id=conversation_id, history=history, ticket=ticket
        )
        return self.follow(Course(person, ticket, events, self._grace))

    def follow(self, course: Course) -> Course:
        """Let an answer be found until some time after its end."""
        self._courses[course.id] = course
        course.task.add_done_callback(lambda _: self._ended(course))
        return course

    def find(self, person: Viewer, answer_id: UUID | None) -> Course | None:
        """Return the answer under way, if it is here and the person is the one who asked."""
        course = self._courses.get(answer_id) if answer_id else None
        return course if course is not None and course.person == person else None

    async def close(self) -> None:
        """End all of them."""
        tasks = [course.task for course in self._courses.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, course: Course) -> None:
        course.wake()
        if not course.task.cancelled():
            course.task.exception()  # Readers raise it; without any nobody else would have taken notice of it.
        asyncio.get_running_loop().call_later(self._kept, self._courses.pop, course.id, None)


async def answer_of(ongoing: Ongoing, sessions: ScopedSessions, person: Viewer, answer_id: UUID) -> Answer:
    """Return an answer that the person asked for, when it is there: under way here, or kept. Raises `NotFound`."""
    if course := ongoing.find(person, answer_id):
        return await course.answer()
    async with sessions(person) as session:
        turn = await conversations.get_turn(session, person, answer_id)
    return from_json(turn.answer, turn.conversation_id)
