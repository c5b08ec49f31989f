"""What matter a list of att-satser belongs to: its title, organ, case number and day, and whether it is decided."""

import re
from collections.abc import Sequence
from datetime import date

from ingest.facts import DATED, DECIDES, Facts
from ingest.structure import Block, Outline, plain
from initiatives import swedish
from initiatives.decisions import Outcome
from initiatives.errors import InvalidValue
from initiatives.matters import MatterKind
from initiatives.suggestions.drafts import MatterDraft

PROPOSES = re.compile(r"\b(?:föreslås|föreslår|hemställer|yrkar)\b", re.IGNORECASE)
PROPOSAL = re.compile(r"\b(?:\w*förslag|yrkande)\w*\b", re.IGNORECASE)
HAS_DECIDED = re.compile(r"\b(?:beslutar|beslutade|har beslutat)\b", re.IGNORECASE)
MINUTES, DECISION = "protokoll", "beslut"
"""The kinds of document in which an organ tells what it has decided; the second only if the title says so."""
PARAGRAPH = re.compile(r"^\W*§\s?(?P<number>\d{1,4})\b[.:\s]*(?P<title>.*)$", re.MULTILINE)
CASE = re.compile(
    r"\b(?:diarienummer|diarienr|dnr)\b\.?:?\s{1,4}(?P<number>[^\s,;·]*\d[^\s,;·]*|[A-ZÅÄÖ]{1,6}\s[\d/:-]+)",
    re.IGNORECASE,
)
SITS = re.compile(r"\b(?:sammanträdes?(?:dag|datum)?|möte(?:sdag|sdatum)?|protokoll\w*)\b[^\n]{0,60}?$", re.IGNORECASE)
SHORT_LINE = 6
"""Words beside a date on a line that dates a paper, and does not tell of another."""
RAISED = re.compile(r"^\W*väckt av\s+(?P<who>[^\n]{3,120})$", re.IGNORECASE | re.MULTILINE)
TOP = 800
SHAPES = (
    (re.compile(r"\btjänsteskrivelse\b", re.IGNORECASE), MatterKind.OFFICIAL),
    (re.compile(r"\bnytt\s+ärende\b", re.IGNORECASE), MatterKind.RAISED),
    (re.compile(r"\bmotion\b", re.IGNORECASE), MatterKind.MOTION),
    (re.compile(r"\b(?:ändringsförslag|yrkande|tilläggsyrkande)\b", re.IGNORECASE), MatterKind.AMENDMENT),
    (re.compile(r"\b(?:lägesrapport|rapport|redovisning)\b", re.IGNORECASE), MatterKind.REPORT),
)


def matter(outline: Outline, facts: Facts, first: Block, introduction: tuple[int, int]) -> MatterDraft:
    """Return the draft of the matter whose att-satser begin with a block; `introduction` is where somebody decides.

    What is proposed anywhere around it is a proposal, whatever else the words say; only minutes and decisions decide.
    """
    lead = outline.text[slice(*introduction)]
    headings = (*outline.sections[first.section].path[-2:], _line_above(outline.text, introduction[0]))
    top = outline.text[: min(TOP, first.start)]
    item, near = _item(outline, first)
    proposed = not _decides(facts) or _proposed(lead, headings)
    case = CASE.search(near) or CASE.search(top)
    raised = RAISED.search(top)
    return MatterDraft(
        title=(item["title"].strip() if item and item["title"].strip() else facts.title),
        organ=_organ(lead) or facts.organ or "",
        outcome=Outcome.PROPOSED if proposed else Outcome.DECIDED,
        kind=next((kind for pattern, kind in SHAPES if proposed and pattern.search(top)), MatterKind.OTHER),
        diary_number=case["number"].strip() if case else "",
        decided_on=_day(facts.title, top, sits=not proposed),
        paragraph=f"§ {item['number']}" if item else "",
        proposed_by=" ".join(raised["who"].split()) if raised else "",
    )


def _decides(facts: Facts) -> bool:
    """Tell whether it is a paper that decides. What is uncertain only proposes."""
    return facts.kind == MINUTES or (facts.kind == DECISION and DECISION in facts.title.casefold())


def _proposed(lead: str, headings: Sequence[str]) -> bool:
    """Tell whether the words propose: those that introduce the att-satser, or a heading that decides nothing."""
    over = [heading for heading in headings if not HAS_DECIDED.search(heading)]
    return PROPOSES.search(lead) is not None or any(PROPOSAL.search(heading) for heading in over)


def _line_above(text: str, place: int) -> str:
    """Return the line that stands before a place, if it is as short as a heading."""
    line = text[:place].rstrip().rpartition("\n")[2]
    return line if len(line.split()) <= SHORT_LINE else ""


def _item(outline: Outline, first: Block) -> tuple[re.Match[str] | None, str]:
    """Return the paragraph (§) of the minutes that a block stands under, and the text from there to the block."""
    marks = list(PARAGRAPH.finditer(outline.text, 0, first.start))
    own = [mark for mark in marks if len(mark["title"].split()) <= 3 * SHORT_LINE]
    return (own[-1], outline.text[own[-1].start() : first.start]) if own else (None, "")


def _organ(lead: str) -> str:
    named = DECIDES.search(plain(lead))
    if named is None:
        return ""
    organ = named["organ"]
    return organ[:1].upper() + organ[1:].removesuffix("s")


def _day(title: str, top: str, *, sits: bool) -> date | None:
    """Return the day of the meeting, for what is decided, or the day of the paper; None when no line tells only that.

    The day of a meeting may stand in the title, and beside the word for it.
    """
    found = list(DATED.finditer(title)) if sits else []
    lines = [line for line in top.split("\n") if len(list(DATED.finditer(line))) == 1]
    if sits:
        found += [one for line in lines if SITS.search(line) for one in DATED.finditer(line)]
    found += [one for line in lines if len(line.split()) <= SHORT_LINE for one in DATED.finditer(line)]
    found += [one for line in lines if re.match(r"\W*datum\b", line, re.IGNORECASE) for one in DATED.finditer(line)]
    return next((day for one in found if (day := _date(one.group()))), None)


def _date(text: str) -> date | None:
    try:
        return swedish.parse_date(text)
    except InvalidValue:
        return None
