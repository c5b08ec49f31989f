"""Where Närplan is not sure of an answer: a language model searches with tools, and what it says of it is verified.

The tools are the same search and the same typed queries as elsewhere, with the rights of the person who asks.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta

from initiatives.access import Viewer
from retrieval import prompts
from retrieval.answers import Citation
from retrieval.claims import evidence
from retrieval.composing import basis, cite
from retrieval.confirming import Cited, confirmed
from retrieval.evidence import carries
from retrieval.features import Span
from retrieval.finding import find
from retrieval.metering import ModelFailed
from retrieval.questions import EXACT, analyse
from retrieval.register import requested
from retrieval.register.running.found import in_words
from retrieval.register.shown import RegisterAnswer, Row
from retrieval.register.telling import LISTED
from retrieval.rounds import Tool, ToolRefused
from retrieval.spending import metered
from retrieval.verification import quotation_stands
from retrieval.views import Library

if TYPE_CHECKING:
    from retrieval.answering import Assistant
    from retrieval.language import SearchingModel

LONGEST_SEARCH = 300
PLACES = 6
"""How many places one search gives."""
BESIDE_THE_POINT = "Det som den skrev innehåller inte det slags uppgift som du frågade efter."
FROM_REGISTER = "(ur registret)"
"""What stands in the place of a mark that refers to a row of the register: the rows are shown with the answer."""
MARKS = re.compile(r"(?:\s*\[\d{1,3}\])+")
PROPOSED = re.compile(r"\bföresl\w*|\bförslag\b", re.IGNORECASE)
log = logging.getLogger(__name__)


class SearchIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to search the documents for."""

    query: Annotated[str, Meta(min_length=1, max_length=LONGEST_SEARCH, description=prompts.SEARCH_QUERY)]


@dataclass(frozen=True, slots=True)
class Widened:
    """What came of it: words that what they cite confirms, the quotations and the register's answer behind them.

    ``words`` is empty when nothing of what the model said is confirmed, ``cut`` tells that something was taken out.
    """

    words: str
    citations: tuple[Citation, ...]
    basis: str | None
    register: RegisterAnswer | None
    cut: bool = False
    failure: ModelFailed | None = None

    @property
    def answer(self) -> str:
        """The words, and after them the register's own."""
        return "\n\n".join(filter(None, (self.words, self.register.text if self.register else "")))


@dataclass(frozen=True, slots=True)
class Told:
    """A row of the register, or what it says in all, as something that a sentence may cite."""

    number: int
    quote: str
    kind: str


@dataclass
class Desk:
    """What the tools have fetched for one question, by the numbers that the model knows it by."""

    assistant: Assistant
    person: Viewer
    library: Library
    question: str
    today: dt.date
    citations: list[Citation] = field(default_factory=list)
    contexts: dict[int, str] = field(default_factory=dict)
    bases: dict[int, str] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    register: RegisterAnswer | None = None
    _given: int = 0

    def tools(self, *, register: bool) -> tuple[Tool, ...]:
        """The tools, that of the register only where it has not answered already."""
        search = Tool(prompts.SEARCH, prompts.SEARCH_TOLD, schema(SearchIn), self.search)
        asking = Tool(prompts.REGISTER, prompts.REGISTER_TOLD, schema(requested.request_type()), self.ask)
        return (search, asking) if register else (search,)

    async def search(self, written: bytes) -> str:
        """Search the documents that the person sees, and give the best places as numbered sources."""
        try:
            wanted = msgspec.json.decode(written, type=SearchIn)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ToolRefused(prompts.BAD_ARGUMENTS.format(detail=error)) from error
        found = await find(self.assistant, self.person, self.library, wanted.query)
        return prompts.sources([self._cited(span) for span in found.spans[:PLACES]])

    async def ask(self, written: bytes) -> str:
        """Ask the register, and give what it says and its rows as numbered sources, in place of those before."""
        try:
            asked = await requested.ask_register(
                self.assistant.sessions, self.person, self.question, written, self.today
            )
        except requested.BadRequest as refusal:
            raise ToolRefused(refusal.detail) from refusal
        if asked.answer is None:
            raise ToolRefused(asked.instead or prompts.NOT_IN_REGISTER)
        self.register = asked.answer
        self.told = [self._lead(asked.answer), *(self._row(asked.answer, row) for row in asked.answer.rows[:LISTED])]
        return prompts.sources([f"[{one.number}] {one.quote}" for one in self.told])

    def _cited(self, span: Span) -> str:
        place = (span.candidate.view.version_id, span.start, span.end)
        known = [one for one in self.citations if (one.version_id, one.start, one.end) == place]
        citation = known[0] if known else cite(self._number(), span)
        if not known and quotation_stands(span.candidate.view.text, citation.quote, citation.start, citation.end):
            self.citations.append(citation)
            self.contexts[citation.number] = "\n".join(evidence(span)[1:])
            self.bases[citation.number] = basis(span.candidate.view)
        around = self.contexts.get(citation.number, "")
        quote = f"{around}\n{citation.quote}" if around else citation.quote
        return prompts.source(citation.number, citation.title, citation.kind, citation.section, quote)

    def _lead(self, answer: RegisterAnswer) -> Told:
        facts = [f"{fact.label}: {in_words(fact.value, fact.type)}" for fact in answer.facts]
        proposed = bool(answer.rows) and all(_proposed(row) for row in answer.rows)
        words = "; ".join([answer.text.split("\n", 1)[0], *facts])
        return Told(self._number(), words, "förslag" if proposed else "register")

    def _row(self, answer: RegisterAnswer, row: Row) -> Told:
        values = [
            f"{column.label}: {words}"
            for value, column in zip(row.values, answer.columns, strict=True)
            if (words := in_words(value, column.type))
        ]
        return Told(self._number(), "; ".join([row.title, *values]), "förslag" if _proposed(row) else "register")

    def _number(self) -> int:
        self._given += 1
        return self._given


def schema(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON Schema of a struct without references, which not every model server follows."""
    [root], parts = msgspec.json.schema_components([kind], ref_template="{name}")

    def whole(part: Any) -> Any:
        if isinstance(part, list):
            return [whole(one) for one in part]
        if not isinstance(part, dict):
            return part
        if "$ref" in part:
            return whole({**parts[part["$ref"]], **{key: value for key, value in part.items() if key != "$ref"}})
        return {key: whole(value) for key, value in part.items() if key != "title"}

    made: dict[str, Any] = whole(root)
    return made


def _proposed(row: Row) -> bool:
    return any(isinstance(value, str) and PROPOSED.search(value) for value in row.values)


async def widen(model: SearchingModel, desk: Desk, history: Sequence[str], *, register: bool) -> Widened:
    """Let a model search and answer; the register's tool is among its tools where ``register`` says so.

    A model that fails, or says that there is no answer, leaves what the register told, if it asked it.
    """
    try:
        async with metered(desk.assistant.sessions, desk.person, model.limits) as meter:
            said = await model.search(desk.question, history, desk.tools(register=register), meter)
    except ModelFailed as failure:
        return Widened("", (), None, desk.register, failure=failure)
    sources: list[Cited] = [*desk.citations, *desk.told]
    kept, dropped = confirmed(said, sources, desk.contexts, marked=True)
    widened = _numbered(desk, kept, cut=bool(dropped))
    if widened.words and not await asyncio.to_thread(_answers, desk, history, widened.answer):
        return Widened("", (), None, None, failure=ModelFailed(BESIDE_THE_POINT))
    return widened


def _answers(desk: Desk, history: Sequence[str], answer: str) -> bool:
    """Whether an answer holds something of the kind that is asked for, where that is a figure, a date or a name."""
    question = analyse(desk.question, history, desk.library)
    return question.expected not in EXACT or carries(question, answer)


def _numbered(desk: Desk, words: str, *, cut: bool) -> Widened:
    """The words with the quotations that they cite numbered from one, and the register's rows if they cite some."""
    by_number = {one.number: one for one in desk.citations}
    used = [number for number in dict.fromkeys(map(int, re.findall(r"\[(\d{1,3})\]", words))) if number in by_number]
    new = {number: place for place, number in enumerate(used, 1)}
    rows = {one.number for one in desk.told}
    of_register = False

    def marks(found: re.Match[str]) -> str:
        nonlocal of_register
        numbers = [int(number) for number in re.findall(r"\d+", found.group())]
        told = bool(rows & set(numbers))
        of_register = of_register or told
        return "".join([f" {FROM_REGISTER}"] * told + [f" [{new[number]}]" for number in numbers if number in new])

    said = MARKS.sub(marks, words)
    citations = tuple(replace(by_number[number], number=new[number]) for number in used)
    bases = dict.fromkeys(desk.bases[number] for number in used)
    register = desk.register if of_register or not said else None
    return Widened(said, citations, " / ".join(bases) or None, register, cut=cut)
