"""`narplan ask`: one question, or a file of them, answered on the command line."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console

from api import logs, settings
from api.installation import opened
from initiatives.access import SYSTEM
from initiatives.errors import NarplanError
from retrieval.answering import Assistant, warm
from retrieval.answering import ask as answer_question
from retrieval.answers import Answer

QUOTED = 400
"""Characters of a quotation that are shown on the screen."""


class Asked(msgspec.Struct, frozen=True):
    """A line of a batch: a question, the conversation's earlier questions, and an id to find the answer by."""

    question: str
    id: str | None = None
    history: tuple[str, ...] = ()


@click.command()
@click.argument("question", required=False, metavar="FRÅGA")
@click.option("--json", "as_json", is_flag=True, help="Skriv svaret som ett JSON-objekt.")
@click.option(
    "--batch",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FIL.jsonl",
    help="Svara på varje rad: ett JSON-objekt med question och, om du vill, id och history.",
)
def ask(question: str | None, batch: Path | None, *, as_json: bool) -> None:
    """Ställ en fråga till dokumenten och få svar med källa.

    Med --batch skrivs ett JSON-objekt per rad, i samma ordning som frågorna.
    """
    if (question is None) == (batch is None):
        raise click.UsageError("Skriv en fråga, eller ange en fil med --batch.")
    chosen = settings.load()
    logs.configure("error")
    asked = _read(batch) if batch else [Asked(question or "")]
    asyncio.run(_answer_all(chosen, asked, as_json=as_json or batch is not None))


def _read(path: Path) -> list[Asked]:
    asked = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if line.strip():
            try:
                asked.append(msgspec.json.decode(line, type=Asked))
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise click.UsageError(
                    f"Rad {number} i {path.name} går inte att läsa: {error}. "
                    'Varje rad ska vara ett JSON-objekt med minst "question".'
                ) from None
    return asked


async def _answer_all(chosen: settings.Settings, asked: list[Asked], *, as_json: bool) -> None:
    async with opened(chosen) as installation:
        await warm(installation.assistant)
        async for one, answer in _answers(installation.assistant, asked):
            if as_json:
                click.echo(msgspec.json.encode(as_line(one, answer)).decode())
            else:
                _show(answer)


async def _answers(assistant: Assistant, asked: list[Asked]) -> AsyncIterator[tuple[Asked, Answer | NarplanError]]:
    """The answers in order; a question that cannot be taken (empty, too long) gives its error and the rest goes on."""
    for one in asked:
        try:
            yield one, await answer_question(assistant, SYSTEM, one.question, history=one.history, keep=False)
        except NarplanError as error:
            yield one, error


def as_line(one: Asked, answer: Answer | NarplanError) -> dict[str, Any]:
    """The answer as other programs read it."""
    name = {"id": one.id} if one.id is not None else {}
    if isinstance(answer, NarplanError):
        return {**name, "question": one.question, "error": answer.detail, "answer": "", "abstained": True}
    return {
        **name,
        "question": one.question,
        "answer": answer.answer,
        "abstained": answer.abstained,
        "answered_by": answer.answered_by,
        "basis": answer.basis,
        "citations": [
            {
                "number": citation.number,
                "source": citation.source,
                "title": citation.title,
                "page": citation.page,
                "section": citation.section,
                "quote": citation.quote,
                "start": citation.start,
                "end": citation.end,
            }
            for citation in answer.citations
        ],
        "passages": [
            {"source": passage.source, "text": passage.text, "score": passage.score} for passage in answer.passages
        ],
        "register": msgspec.to_builtins(answer.register),
        "complete": answer.complete,
        "notice": answer.notice,
        "latency_ms": answer.latency_ms,
    }


def _show(answer: Answer | NarplanError) -> None:
    if isinstance(answer, NarplanError):
        raise answer
    console = Console(highlight=False, markup=False, soft_wrap=True)
    console.print(answer.answer)
    if answer.basis:
        console.print(f"\n{answer.basis}", style="dim")
    for citation in answer.citations:
        page = f", s. {citation.page}" if citation.page else ""
        section = f" · {citation.section}" if citation.section else ""
        quote = " ".join(citation.quote.split())
        console.print(f"\n[{citation.number}] {citation.title}{page}{section}", style="bold")
        console.print(f"    ”{quote[:QUOTED]}{' …' if len(quote) > QUOTED else ''}”")
    if answer.notice:
        console.print(f"\n{answer.notice}", style="yellow")
