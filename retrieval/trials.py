"""Gold questions put to the assistant as anybody's questions are, and judged."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

from initiatives import people
from initiatives.access import SYSTEM, Viewer
from initiatives.errors import NarplanError
from retrieval.answering import Assistant, ask
from retrieval.answers import Answer
from retrieval.evaluation import GoldQuestion, folded
from retrieval.measures import Judged, judge
from retrieval.views import Library


@dataclass(frozen=True, slots=True)
class Tried:
    """A question, what came of it (an answer, or the error that turned it away), and how that is judged."""

    gold: GoldQuestion
    outcome: Answer | NarplanError
    judged: Judged


async def searched(assistant: Assistant) -> Library:
    """Every document that is searched when the system asks."""
    async with assistant.sessions(SYSTEM) as session:
        return await assistant.shelf.library(session, SYSTEM)


def missing(library: Library, golds: Iterable[GoldQuestion]) -> list[str]:
    """The files that the gold evidence stands in but the library does not have."""
    held = {view.source for view in library.views}
    return sorted({one.file for gold in golds for group in gold.groups for one in group} - held)


async def put(assistant: Assistant, golds: Iterable[GoldQuestion]) -> AsyncIterator[Tried]:
    """Ask the questions in order, keeping nothing; a question that is turned away counts as not answered."""
    texts = {view.version_id: folded(view.text) for view in (await searched(assistant)).views}
    known: dict[str, Viewer] = {"": SYSTEM}
    for gold in golds:
        try:
            if gold.asked_by not in known:
                known[gold.asked_by] = await _viewer(assistant, gold.asked_by)
            person = known[gold.asked_by]
            answer = await ask(assistant, person, gold.question, history=gold.history, keep=False, on=gold.on)
        except NarplanError as error:
            yield Tried(gold, error, judge(gold, None, texts))
        else:
            yield Tried(gold, answer, judge(gold, answer, texts))


async def _viewer(assistant: Assistant, address: str) -> Viewer:
    """The person with an address, in their oldest membership; raise `NotFound` for an address that nobody has."""
    async with assistant.sessions(SYSTEM) as session:
        found = await people.find_by_email(session, address)
        return (await people.viewers_of(session, found.id))[0]
