"""An answer as text that stands by itself: marks as links, and the sources below with whole addresses."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from retrieval.answers import Answer, Citation, Hit

_MARK = re.compile(r"\[(\d{1,3})\]")
_SPECIAL = re.compile(r"([\\\[\]<])")
"""What Markdown makes links, pictures and HTML of. None of that may come out of a document that somebody has put in."""
_BULLET = re.compile(r"\s*[-–•*]\s+")
SOURCES: Final = "Källor"
IN_REGISTER: Final = "I registret, så som det var"


def place(source: Citation | Hit, base: str) -> str:
    """Return the whole address of the document page where a quotation or passage is highlighted."""
    query = urlencode({"version": source.version_id, "fran": source.start, "till": source.end})
    return f"{base}/dokument/{source.document_id}?{query}#citat"


def answer_text(answer: Answer, base: str) -> str:
    """Return the answer in Markdown, each mark like [1] a link to the place of its quotation."""
    places = {citation.number: place(citation, base) for citation in answer.citations}
    pieces = _MARK.split(_markdown(answer.answer))
    told = [_linked(int(one), places) if index % 2 else _plain(one) for index, one in enumerate(pieces)]
    return "\n\n".join(["".join(told), *(_plain(one) for one in (answer.basis, answer.notice) if one)])


def sources_text(answer: Answer, base: str) -> str:
    """Return the sources in Markdown: quotations numbered as the marks are, and pages of the register.

    Empty for an answer without any.
    """
    parts = [(f"{SOURCES}:", [_source(citation, base) for citation in answer.citations])]
    if answer.register is not None:
        pages = {row.path: row.title for row in answer.register.rows if row.path}
        lines = [f"- [{_plain(title)}]({base}{path})" for path, title in pages.items()]
        parts.append((f"{IN_REGISTER} {answer.register.on.isoformat()}:", lines))
    return "\n\n".join("\n".join([head, "", *lines]) for head, lines in parts if lines)


def _linked(number: int, places: Mapping[int, str]) -> str:
    return f"[[{number}]]({places[number]})" if number in places else f"\\[{number}\\]"


def _source(citation: Citation, base: str) -> str:
    where = f", s. {citation.page}" if citation.page else ""
    quote = " ".join(citation.quote.split())
    return f"{citation.number}. [{_plain(citation.title)}{where}]({place(citation, base)}): ”{_plain(quote)}”"


def _markdown(text: str) -> str:
    """Return the lines of a text as paragraphs and list items, which single line breaks would run together."""
    written = ""
    in_list = False
    for line in filter(str.strip, text.split("\n")):
        is_item = _BULLET.match(line) is not None
        written += ("\n" if is_item and in_list else "\n\n") if written else ""
        written += f"- {_BULLET.sub('', line, count=1)}" if is_item else line.strip()
        in_list = is_item
    return written


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
