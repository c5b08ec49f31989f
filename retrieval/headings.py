"""Lists whose items are headings: as many subheadings or labelled paragraphs under a heading as the question says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from retrieval.analysis import index_terms
from retrieval.features import Span
from retrieval.questions import Question, asked_number
from retrieval.views import View
from retrieval.wording import credit

LABEL = re.compile(r"^[ \t]*(?P<label>[A-ZÅÄÖ][^\n:.!?]{1,80}):[ \t]*(?=\n|[ \t]+\S)", re.MULTILINE)
SAME_OPENING = 8
"""Letters with which headings of one level begin alike (*Inriktning för …*, *Inriktning avseende …*)."""
LOOKED_AT = 10


def listed_headings(question: Question, spans: Sequence[Span]) -> tuple[str, list[Span]] | None:
    """The heading that names what is asked for, and the spans of exactly as many headings or labels under it."""
    asked = asked_number(question)
    if asked is None:
        return None
    number, noun = asked
    terms = frozenset(index_terms(noun))
    words = [word for word in question.asked if credit(word, terms) == 1]
    seen: dict[int, Span] = {}
    for span in spans[:LOOKED_AT]:
        seen.setdefault(id(span.candidate.view), span)
    for span in seen.values():
        view = span.candidate.view
        for section, (_, path) in enumerate(view.sections):
            held = frozenset(index_terms(path[-1])) if path else frozenset()
            if not words or not all(credit(word, held) == 1 for word in words):
                continue
            for places in (_labels(view, section), _below(view, section), _after(view, section)):
                found = [_span(span, start, end) for start, end in places]
                if len(found) == number:
                    return path[-1], found
    return None


def _end(view: View, section: int) -> int:
    return view.sections[section + 1][0] if section + 1 < len(view.sections) else len(view.text)


def _labels(view: View, section: int) -> list[tuple[int, int]]:
    """The labels that open paragraphs in a section."""
    start = view.sections[section][0]
    return [match.span("label") for match in LABEL.finditer(view.text, start, _end(view, section))]


def _below(view: View, section: int) -> list[tuple[int, int]]:
    """The subheadings right under a heading."""
    path = view.sections[section][1]
    below = [
        index
        for index, (_, other) in enumerate(view.sections)
        if index > section and len(other) == len(path) + 1 and other[: len(path)] == path
    ]
    return list(_lines(view, below))


def _after(view: View, section: int) -> list[tuple[int, int]]:
    """The headings after one that begin alike, where the text has headings of one level only."""
    following = [path[-1] for _, path in view.sections[section + 1 :]]
    alike = 0
    while alike < len(following) and following[alike][:SAME_OPENING] == following[0][:SAME_OPENING]:
        alike += 1
    return list(_lines(view, range(section + 1, section + 1 + alike)))


def _lines(view: View, sections: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where the headings of some sections stand in the text, Markdown marks left out."""
    for section in sections:
        start = view.sections[section][0]
        line = re.compile(r"[#\s*]*(?P<name>[^\n]*[^\s*])").match(view.text, start, _end(view, section))
        if line is not None:
            yield line.span("name")


def _span(span: Span, start: int, end: int) -> Span:
    """A span of the same document, in the unit that stands nearest after its start."""
    view = span.candidate.view
    position = next((index for index, unit in enumerate(view.units) if unit.end > start), len(view.units) - 1)
    return replace(span, candidate=replace(span.candidate, position=position), start=start, end=end)
