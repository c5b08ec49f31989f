"""What a state grant demands and pays, and when: from the rows of its table, and from the sentences below."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from msgspec import structs

from ingest.extraction.clauses import SENTENCE
from ingest.extraction.dates import When, whens
from ingest.extraction.flat import Flat, flat
from ingest.structure import Outline
from initiatives.grants.facts import ObligationKind
from initiatives.suggestions.drafts import Confidence, ObligationDraft
from retrieval.kinds import UnitKind

WHAT = re.compile(
    r"(?P<plan>\bhandlingsplan\w*)|(?P<report>\båter(?:redovis|rapport)\w*|\bredovis\w*)|(?P<requisition>\brekvirer\w*)"
    r"|(?P<payment>\butbetal\w*|\bbetalas\sut\b)|(?P<application>\bansökningsdag\w*|\bansökan\b(?=\s(?:senast|lämnas)))",
    re.IGNORECASE,
)
KINDS = {
    "plan": ObligationKind.PLAN,
    "report": ObligationKind.REPORT,
    "requisition": ObligationKind.REQUISITION,
    "payment": ObligationKind.PAYMENT,
    "application": ObligationKind.APPLICATION,
}
RECIPIENT = re.compile(r"\btill\s(?P<who>[A-ZÅÄÖ][\w-]+(?:\s[A-ZÅÄÖ][\w-]+)*)")
DONE = re.compile(r"^\W{0,2}klar\b", re.IGNORECASE)
OFTEN = re.compile(r"\b(?:kvartalsvis|månadsvis|årligen|löpande|halvårsvis)\b", re.IGNORECASE)
PAID_IN = re.compile(r"(?<![\d,])\d[\d ]*(?:,\s?\d+)?\s?(?:mnkr|mkr|tkr|kronor|kr)\si\s(?=[a-zåäö])", re.IGNORECASE)
"""An amount with the month that it comes in: "3,1 mnkr i april"."""
LAST_DAY = re.compile(r"\bsenast\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stated:
    """Something demanded or paid, where it stands in the text and how plainly."""

    draft: ObligationDraft
    start: int
    end: int
    confidence: Confidence


def of_row(row: Flat, year: int, after: int) -> Iterator[Stated]:
    """Yield what a row of a grant's table demands, from character `after` of it, where the part's name has ended.

    Days without a year are those of the part's year.
    """
    matches = list(WHAT.finditer(row.text, after))
    for place, match in enumerate(matches):
        end = matches[place + 1].start() if place + 1 < len(matches) else len(row.text)
        bar = row.text.find("|", match.end(), end)
        yield from _stated(row, match, end if bar < 0 else bar, year)
    for match in PAID_IN.finditer(row.text):
        for when in whens(row.text[match.end() :], year)[:1]:
            if when.start == 0:
                moved = match.end() + when.end
                draft = ObligationDraft(ObligationKind.PAYMENT, when.on, when.whole_month, when.said)
                yield Stated(draft, *row.span(match.start(), moved), Confidence.LIKELY)


def of_sentence(sentence: Flat) -> Iterator[Stated]:
    """Yield what a sentence demands that says the last day with its year."""
    matches = list(WHAT.finditer(sentence.text))
    last = LAST_DAY.search(sentence.text)
    if not matches or last is None:
        return
    before = [match for match in matches if match.start() < last.start()]
    match = (before or matches)[-1]
    sure = [when for when in whens(sentence.text, None) if when.certain and when.start > last.start()]
    if sure and (kind := _kind(match)) is not ObligationKind.PLAN:
        who = RECIPIENT.search(sentence.text, match.start())
        draft = ObligationDraft(kind, sure[0].on, recipient=who["who"] if who else "")
        yield Stated(draft, *sentence.span(0, len(sentence.text)), Confidence.LIKELY)


def _stated(row: Flat, match: re.Match[str], end: int, year: int) -> Iterator[Stated]:
    segment, kind = row.text[match.end() : end], _kind(match)
    who = RECIPIENT.search(segment)
    recipient = who["who"] if who else ""
    dated = whens(segment, year)
    for when in dated:
        draft = ObligationDraft(kind, when.on, when.whole_month, when.said, recipient)
        yield Stated(draft, *row.span(match.start(), match.end() + when.end), _sure(when))
    often = OFTEN.search(segment)
    if not dated and (often or kind is ObligationKind.PLAN):
        done = DONE.search(segment)
        said = often or done
        draft = ObligationDraft(
            kind, due_text=often.group() if often else "", recipient=recipient, is_done=done is not None
        )
        until = match.end() + (said.end() if said else 0)
        yield Stated(draft, *row.span(match.start(), until), Confidence.LIKELY)


def _kind(match: re.Match[str]) -> ObligationKind:
    return KINDS[match.lastgroup or "report"]


def _sure(when: When) -> Confidence:
    return Confidence.SURE if when.certain else Confidence.LIKELY


def below(outline: Outline, start: int, until: int, year: int) -> Iterator[Stated]:
    """Yield what the text from one place to another demands, headings that are sentences included, tables left out.

    What begins with a demand right after the table goes on with its last row, and is read as that is.
    """
    places = {
        (block.start, block.end)
        for block in outline.blocks
        if start <= block.start < until and block.kind is not UnitKind.ROW
    }
    places |= {
        (section.start, _heading_ends(outline.text, section.start, section.path[-1]))
        for section in outline.sections
        if start <= section.start < until and section.path
    }
    for first, last in sorted(places):
        if not outline.text[start:first].strip() and WHAT.match(outline.text, first):
            yield from of_row(flat(outline.text, first, last), year, 0)
            continue
        cuts = [first, *(match.end() for match in SENTENCE.finditer(outline.text, first, last)), last]
        for begins, ends in pairwise(cuts):
            yield from of_sentence(flat(outline.text, begins, ends))


def together(stated: Sequence[tuple[str, Stated]], *, alone: bool) -> list[Stated]:
    """Return each demand once, with the part that it is demanded of.

    What several parts say alike, or the only part (`alone`), is demanded of the whole.
    """
    kept: dict[tuple[object, ...], tuple[str, Stated]] = {}
    for part, one in stated:
        draft = one.draft
        key = draft.kind, draft.due_on, draft.whole_month, draft.due_text, draft.recipient
        if key not in kept:
            kept[key] = part, one
        elif kept[key][0] != part:
            kept[key] = "", kept[key][1]
    return [
        replace(one, draft=structs.replace(one.draft, component="" if alone else part)) for part, one in kept.values()
    ]


def _heading_ends(text: str, start: int, heading: str) -> int:
    """Return where a heading ends, which may stand on several lines."""
    words = re.compile(r"\s*".join(map(re.escape, re.findall(r"\S", heading)))).match(text, start)
    return words.end() if words else max(start + 1, text.find("\n", start))
