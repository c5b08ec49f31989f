"""Questions that go on from an answer, each of which has been put for the person who is shown it, and got an answer.

They are made of headings near what was quoted and of fields of what the register knows, never of what others asked.
"""

from __future__ import annotations

import asyncio
import re
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from typing import TYPE_CHECKING

from initiatives.access import Viewer
from initiatives.swedish import today
from retrieval import answering, conversations
from retrieval.analysis import STOP_WORDS
from retrieval.answers import Answer
from retrieval.lexicon import fold
from retrieval.register import onward
from retrieval.register.lexis import SMALL
from retrieval.register.names import content
from retrieval.views import Library, View

if TYPE_CHECKING:
    from retrieval.answering import Assistant

MOST = 3
TRIED = 12
"""How many questions are put at most for the sake of those that are shown."""
LONGEST_HEADING = 70
OF_ONE_THING = 2
A_WHILE, PATIENCE = 0.1, 50
"""Seconds between two looks at whether somebody waits for an answer, and how many looks there are."""
SAYS_MORE = 40
"""Characters beyond its heading that a section must be quoted with."""
_NOT_SAID = re.compile(r"^(?:[\d.]+|[a-zA-Z]\)|§+\s*\d+|\d+\s*§+)\s+|\s*\([^)]*\)|^Om\s+")
"""The number of a heading, what it has in parentheses, and that it is about something."""
_OPENS_A_SENTENCE = STOP_WORDS | SMALL
_SUBJECT = re.compile(r"[^\W\d_][\w\s,–-]*\??")
_ONE_AT_A_TIME = asyncio.Semaphore(1)
"""Answers to those who wait come before questions that nobody has asked."""


@dataclass(frozen=True, slots=True)
class Related:
    """A question, and whether documents or the register answer it."""

    question: str
    from_register: bool


@dataclass(frozen=True, slots=True)
class _OfThing:
    """A question about a thing in the register, which the register must answer."""

    question: str
    about: str

    def is_met(self, answer: Answer) -> bool:
        return answer.register is not None and any(row.id == self.about for row in answer.register.rows)


@dataclass(frozen=True, slots=True)
class _OfSection:
    """A question about a section of a document, from which the answer must quote first, and more than its heading."""

    question: str
    about: tuple[uuid.UUID, str]

    def is_met(self, answer: Answer) -> bool:
        if answer.register is not None or not answer.citations:
            return False
        first, heading = answer.citations[0], self.about[1].rpartition(" › ")[2]
        return (first.document_id, first.section) == self.about and len(first.quote) > len(heading) + SAYS_MORE


_Candidate = _OfThing | _OfSection


async def related(assistant: Assistant, person: Viewer, answer: Answer) -> list[Related]:
    """At most three questions that go on from an answer and that the assistant, as it is for the person, can answer.

    Nothing is kept of them, and no language model is asked. What has been asked in the conversation is left out.
    """
    quiet = replace(assistant, language=None)
    history = await _history(quiet, person, answer)
    asked = {one.casefold() for one in (answer.question, *history)}
    shown: list[Related] = []
    told, times = _told(answer), Counter[object]()
    candidates = await _candidates(quiet, person, answer, history)
    for candidate in [one for one in candidates if one.question.casefold() not in asked][:TRIED]:
        if times[candidate.about] == OF_ONE_THING:
            continue
        async with _ONE_AT_A_TIME:
            if not await _is_free(quiet):
                break
            found = await answering.ask(quiet, person, candidate.question, keep=False)
        sure = found.complete and not found.abstained
        if sure and candidate.is_met(found) and not _told(found) <= told:
            told |= _told(found)
            times[candidate.about] += 1
            shown.append(Related(candidate.question, found.register is not None))
        if len(shown) == MOST:
            break
    return shown


async def _is_free(assistant: Assistant) -> bool:
    """Wait until nobody's own question is looked into; False when that takes too long."""
    for _ in range(PATIENCE):
        if not assistant.turns.taken:
            return True
        await asyncio.sleep(A_WHILE)
    return False


async def _history(assistant: Assistant, person: Viewer, answer: Answer) -> list[str]:
    if answer.conversation_id is None:
        return []
    async with assistant.sessions(person) as session:
        return [turn.question for turn in await conversations.turns(session, person, answer.conversation_id)]


def _told(answer: Answer) -> set[object]:
    """What an answer tells: its quotations, and what it says of the register."""
    quoted: set[object] = {(one.version_id, one.start, one.end) for one in answer.citations}
    return quoted | ({answer.register.text} if answer.register else set())


async def _candidates(assistant: Assistant, person: Viewer, answer: Answer, history: Sequence[str]) -> list[_Candidate]:
    """Questions to try, from documents and register by turns, first from where the answer came from."""
    cited = list(dict.fromkeys(one.document_id for one in answer.citations))
    async with assistant.sessions(person) as session:
        library = await assistant.shelf.library(session, person)
    things = await onward.things(
        assistant.sessions, person, answer.question, history, answer.register, documents=cited, today=today()
    )
    of_things = [[_OfThing(question, str(thing.id)) for question in onward.questions(thing)] for thing in things]
    of_register: list[_Candidate] = [one for layer in zip_longest(*of_things) for one in layer if one is not None]
    of_documents: list[_Candidate] = list(_of_sections(library, answer))
    first, second = (of_register, of_documents) if answer.answered_by == "register" else (of_documents, of_register)
    return [one for pair in zip_longest(first, second) for one in pair if one is not None]


def _of_sections(library: Library, answer: Answer) -> Iterator[_OfSection]:
    """A question for each heading: those that the search found near first, then those beside what was quoted."""
    views = {view.document_id: view for view in library.views}
    quoted = {(one.document_id, one.section) for one in answer.citations}
    cited = {document for document, _ in quoted}
    passages = sorted(answer.passages, key=lambda one: one.document_id not in cited)
    near = [(one.document_id, one.section) for one in passages]
    beside = chain.from_iterable(
        _beside(views[document], section) for document, section in dict.fromkeys(quoted) if document in views
    )
    for document, section in dict.fromkeys([*near, *beside]):
        if (document, section) in quoted or document not in views:
            continue
        if question := asking(section.rpartition(" › ")[2], views[document]):
            yield _OfSection(question, (document, section))


def _beside(view: View, section: str) -> Iterator[tuple[uuid.UUID, str]]:
    """The other sections of the same level and parent, those that follow first."""
    parent = section.rpartition(" › ")[0]
    every = list(dict.fromkeys(" › ".join(path) for _, path in view.sections))
    at = every.index(section) if section in every else 0
    for other in [*every[at + 1 :], *every[:at]]:
        if other.rpartition(" › ")[0] == parent:
            yield view.document_id, other


def asking(heading: str, view: View) -> str:
    """The question that a heading answers: itself where it is one; empty where it names no subject of its own.

    A heading of one word that tells says which document it is meant in.
    """
    words = _NOT_SAID.sub("", heading.strip(" #*:")).strip(" #*:.,")
    is_name = words.casefold() in view.title.casefold() or view.title.casefold() in words.casefold()
    if is_name or len(words) > LONGEST_HEADING or not _SUBJECT.fullmatch(words):
        return ""
    if words.endswith("?"):
        return words
    if fold(words.partition(" ")[0]) in _OPENS_A_SENTENCE:
        return ""
    where = "" if len(content(words)) > 1 else f" i ”{view.title}”"
    return f"Vad står det om {_in_a_sentence(words, view.text)}{where}?"


def _in_a_sentence(words: str, text: str) -> str:
    """A heading without its capital, unless it begins with an abbreviation or with a name as the text writes it."""
    first, _, rest = words.partition(" ")
    is_word = first[1:].islower() and re.search(rf"[^\W\d_,] {first}\b", text) is None
    return f"{first.lower() if is_word else first} {rest}".strip()
