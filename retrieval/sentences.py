"""Swedish sentences: where one ends and the next begins, abbreviations and numbered references aside."""

from __future__ import annotations

import re
from collections.abc import Iterator

ABBREVIATIONS = frozenset(
    (
        *("bl.a", "t.ex", "d.v.s", "dvs", "fr.o.m", "t.o.m", "f.n", "s.k", "p.g.a", "pga", "ev", "inkl", "exkl"),
        *("resp", "ca", "c:a", "jfr", "kap", "nr", "sid", "tel", "tfn", "kl", "dr", "prof", "fig", "tab", "bil"),
        *("f.d", "t.f", "prop", "dir", "dnr", "obs", "max", "min", "art", "ex", "jan", "feb", "aug", "sept", "okt"),
        *("nov", "dec", "st:a", "milj", "mdr"),
    )
)
"""Abbreviations that a sentence goes on after, also when a capital or a figure follows."""
MAX_ORDINAL_DIGITS = 2
_BREAK = re.compile(
    r"[.!?…][”\")»]*\s+(?=[^\s])|\n\s*\n"
    r"|(?:(?<=[a-zåäö)\]%]{2})|(?<=[12]\d{3}))[.!?](?P<note>\d{1,3})\s+(?=[A-ZÅÄÖ0-9])"
)
"""A stop and white space, the number of a footnote perhaps between; or a blank line."""
_CAPTION = re.compile(r"(?:figur|tabell|diagram|karta|bild|kapitel|bilaga)\s", re.IGNORECASE)
_OPENING = re.compile(r"[\"”“»(–-]?\s?[A-ZÅÄÖ0-9]")


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Character spans of the sentences in ``text[start:end]``, surrounding white space left out.

    A full stop after an abbreviation (``bl. a``, ``t ex``, ``kap. 3``), an initial, the number of a figure or a number
    that goes on does not end a sentence. The number of a footnote after a full stop is in no sentence.
    """
    stop = len(text) if end is None else end
    begin = start
    for match in _BREAK.finditer(text, start, stop):
        blank = match.group().startswith("\n")
        if not blank and not _ends_sentence(text, begin, match.start(), match.end()):
            continue
        cut = match.start("note") if match["note"] else match.start() + len(match.group().rstrip())
        yield from _trimmed(text, begin, cut)
        begin = match.end()
    yield from _trimmed(text, begin, stop)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    body = text[start:end]
    lead = len(body) - len(body.lstrip())
    if body.strip():
        yield start + lead, start + len(body.rstrip())


def _ends_sentence(text: str, begin: int, mark: int, after: int) -> bool:
    if not _OPENING.match(text, after):
        return False
    if text[mark] != ".":
        return True
    word = _word_before(text, begin, mark).strip(".").casefold()
    if word in ABBREVIATIONS or re.fullmatch(r"[a-zåäö]", word):
        return False
    if word.isdigit() and _CAPTION.fullmatch(text[begin : mark - len(word)].lstrip()):
        return False
    begins_with_number = word.isdigit() and not text[begin : mark - len(word)].strip()
    return not (begins_with_number and len(word) <= MAX_ORDINAL_DIGITS)


def _word_before(text: str, begin: int, end: int) -> str:
    first = end
    while first > begin and (text[first - 1].isalnum() or text[first - 1] in "_.:"):
        first -= 1
    return text[first:end]
