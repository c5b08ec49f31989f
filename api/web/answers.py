"""An answer as a page shows it: marks as links, the evidence line with its shape, the text to copy."""

import re
from urllib.parse import urlencode
from uuid import UUID

from markupsafe import Markup, escape

from api.web.pages import Look, kind_look
from api.web.register_answers import document_text
from retrieval.answers import Answer, Citation, Hit, from_json
from retrieval.conversations import Turn

_MARK = re.compile(r"\[(\d{1,3})\]")
_BROKEN_LINE = re.compile(r"[ \t]*\n(?!\s*(?:\n|[-–•*|]|#|att\b|\d{1,2}[.)]\s))")
_TABLE_RULE = re.compile(r"\|[\s:|-]+\|?")
_MARKDOWN = re.compile(r"\*\*|^#{1,6}\s+", re.MULTILINE)
_BULLET = re.compile(r"^\s*[-•*]\s+")


def place(source: Citation | Hit, *, quotation: bool = True) -> str:
    """Return the address of the document page where the quotation or passage is highlighted."""
    query = urlencode({"version": source.version_id, "fran": source.start, "till": source.end})
    return f"/dokument/{source.document_id}?{query}{'#citat' if quotation else ''}"


def where(source: Citation | Hit) -> str:
    """Return the place in words: "s. 2 · Ekonomi"; empty when neither page nor section is known.

    A heading that only repeats the document's title is left out.
    """
    page = f"s.\N{NO-BREAK SPACE}{source.page}" if source.page else ""
    headings = (heading for heading in source.section.split(" › ") if heading != source.title)
    return " · ".join(part for part in (page, " › ".join(headings)) if part)


def basis_look(basis: str) -> tuple[Look, str]:
    """Return the look of the evidence class that the line begins with, and the rest of the line."""
    word, _, rest = basis.partition(" · ")
    return kind_look(word), rest


def answer_markup(answer: Answer) -> Markup:
    """Return what the documents answer, in paragraphs and lists; each mark like [1] links to its quotation."""
    return text_markup(document_text(answer), {citation.number: citation for citation in answer.citations})


def text_markup(text: str, citations: dict[int, Citation]) -> Markup:
    """Return the text as paragraphs and lists; marks without a citation stay as they are written."""
    parts: list[Markup] = []
    bullets: list[Markup] = []
    for line in [*text.split("\n"), ""]:
        linked = _linked(_BULLET.sub("", line), citations)
        if _BULLET.match(line):
            bullets.append(Markup("<li>{}</li>").format(linked))
            continue
        if bullets:
            parts.append(Markup("<ul>{}</ul>").format(Markup().join(bullets)))
            bullets = []
        if line.strip():
            parts.append(Markup("<p>{}</p>").format(linked))
    return Markup().join(parts)


def _linked(line: str, citations: dict[int, Citation]) -> Markup:
    pieces = _MARK.split(line)
    linked = [escape(text) if index % 2 == 0 else _mark(int(text), citations) for index, text in enumerate(pieces)]
    return Markup().join(linked)


def _mark(number: int, citations: dict[int, Citation]) -> Markup:
    citation = citations.get(number)
    if citation is None:
        return Markup("[{}]").format(number)
    return Markup('<a class="cite" href="{}" title="{}">[{}]<span class="visually-hidden"> {}</span></a>').format(
        place(citation), f"{citation.title}, {where(citation)}".rstrip(", "), number, f"källa: {citation.title}"
    )


def quoted(text: str) -> str:
    """Return a quotation as it reads: lines that only a page's width broke are joined, lists and rows are kept."""
    lines = (
        _cells(line) for line in _BROKEN_LINE.sub(" ", text.strip()).split("\n") if not _TABLE_RULE.fullmatch(line)
    )
    return _MARKDOWN.sub("", "\n".join(lines))


def _cells(line: str) -> str:
    return " · ".join(cell.strip() for cell in line.strip("| ").split("|")) if line.startswith("|") else line


def text_to_copy(answer: Answer) -> str:
    """Return question, answer and sources as plain text, to paste where it is needed."""
    sources = [
        f"[{source.number}] {', '.join(part for part in (source.title, where(source)) if part)}: ”{source.quote}”"
        for source in answer.citations
    ]
    return "\n".join([answer.question, "", answer.answer, answer.basis or "", "", *sources]).strip()


def answered_by(answer: Answer) -> str:
    """Return the sentence that says who worded the answer."""
    if answer.abstained:
        return "Närplan hittade inget säkert svar."
    match answer.answered_by:
        case "språkmodell":
            return "En språkmodell har formulerat svaret. Siffror och citat är kontrollerade mot källorna."
        case "register":
            return "Svaret är hämtat ur registret, så som du ser det."
        case "regel":
            return "Svaret kommer från en fast regel i Närplan." if answer.complete else "Inget hade hittats än."
        case "extraktiv" if answer.register is not None:
            return "Svaret är hämtat ordagrant ur källorna, och ur registret så som du ser det."
        case "extraktiv":
            return "Svaret är hämtat ordagrant ur källorna."


def anchor(answer_id: UUID) -> str:
    """Return the anchor of an answer on the page of its conversation."""
    return f"svar-{answer_id}"


def kept_answer(turn: Turn) -> Answer:
    """Return the answer of a kept turn as it was given."""
    return from_json(turn.answer, turn.conversation_id)
