"""What running text says of money and last days: an amount with purpose and receiver, a day with what is due."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from ingest.extraction.clauses import SPOKEN_OF
from ingest.extraction.dates import When, whens
from ingest.extraction.flat import Flat, flat
from ingest.extraction.rows import tables
from ingest.facts import Facts
from ingest.structure import Outline, plain
from initiatives.suggestions.drafts import AmountDraft, Confidence, DeadlineDraft, Found
from retrieval.figures import figures
from retrieval.kinds import UnitKind

NOT_OURS = frozenset({"lag", "proposition", "betänkande", "kommittédirektiv"})
"""Kinds of paper whose days and amounts bind others, and are many."""
ENDS = re.compile(r"(?<=\w{3}[.])\s+(?=[A-ZÅÄÖ\d])")
LAST = re.compile(r"\bsenast\s(?:den\s)?(?=\d)|\bsista\s\w*dag\w*\b", re.IGNORECASE)
READY = re.compile(r"^\W*(?:ska vara |är )?klart?\s(?:senast\s)?(?:den\s)?(?=\d)", re.IGNORECASE)
FAR = 60
"""Characters between the word for a last day and the day."""
PAST = re.compile(r"\b(?:hade|blev|lämnades|redovisades|skulle|ändrad)\b", re.IGNORECASE)
RECIPIENT = re.compile(r"\btill\s(?P<who>[A-ZÅÄÖ][\w-]+(?:\s[A-ZÅÄÖ][\w-]+)*|\w+(?:nämnden|styrelsen|utskottet))")
GIVES = re.compile(
    r"\b(?:avsätts|avsättas|avsätta|avsattes|anslås|anslogs|tilldelas|fördelas|förstärks|(?:föreslås|ska)\sgå(?=\still))\b",
    re.IGNORECASE,
)
PURPOSE = re.compile(r"\b(?:för|till)\s(?:att\s)?(?P<what>[^,.;]{3,160})", re.IGNORECASE)
AIM = re.compile(r"\bi\ssyfte\satt\s(?P<what>[^,.;]{3,160})", re.IGNORECASE)
SAME = re.compile(r"^(?:detta|det|denna|dessa|ändamålet)\b", re.IGNORECASE)
"""A purpose that is told in the sentence before."""
RECEIVER = re.compile(r"\btill\s(?P<who>[A-ZÅÄÖ][\w-]+(?:\s[A-ZÅÄÖ][\w-]+)*|vårdcentralerna|kommunerna|primärvården)")
EVERY_YEAR = re.compile(r"\bårligen\b|\b(?:varje|per)\sår\b|\bom\såret\b", re.IGNORECASE)
LONGEST, SHORTEST = 200, 4


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence on one line, the one before it in the same paragraph, and the heading that it stands under."""

    own: Flat
    before: Flat | None
    heading: str


def sentences(outline: Outline, facts: Facts) -> list[Found]:
    """Return the last days and the amounts given in a paper's running text.

    What stands in a section with a table is left to the rules that read tables.
    """
    if facts.kind in NOT_OURS:
        return []
    found: list[Found] = []
    for sentence in _sentences(outline):
        found += [*_deadlines(sentence, facts.year), *_amounts(sentence, facts.year)]
    return found


def _sentences(outline: Outline) -> Iterator[Sentence]:
    tabled = {table.section for table in tables(outline)}
    for block in outline.blocks:
        if block.kind not in {UnitKind.PARAGRAPH, UnitKind.ITEM} or block.section in tabled:
            continue
        ends = [one.end() for one in ENDS.finditer(outline.text, block.start, block.end)]
        before: Flat | None = None
        heading = ("", *outline.sections[block.section].path)[-1]
        for start, end in pairwise([block.start, *ends, block.end]):
            if outline.text[start:end].strip():
                own = flat(outline.text, start, end)
                yield Sentence(own, before, heading)
                before = own


def _deadlines(sentence: Sentence, year: int | None) -> Iterator[Found]:
    own = sentence.own
    last = LAST.search(own.text) or READY.search(own.text)
    if last is None or PAST.search(own.text):
        return
    near = [when for when in whens(own.text, year) if last.start() <= when.start <= last.end() + FAR]
    if not near or near[0].whole_month:
        return
    who = RECIPIENT.search(own.text)
    start, end = own.span(0, len(own.text))
    title = _title(own)
    if len(title.split()) < SHORTEST and sentence.before is not None:
        title, start = _title(sentence.before), sentence.before.span(0, len(sentence.before.text))[0]
    draft = DeadlineDraft(title, near[0].on, who["who"] if who else "")
    yield Found(draft, start, end, _sure(near[0]), "sista dag i löpande text")


def _amounts(sentence: Sentence, year: int | None) -> Iterator[Found]:
    own = sentence.own
    money = [one for one in figures(own.text) if one.kind == "kr"]
    if (
        len(money) != 1
        or GIVES.search(own.text) is None
        or SPOKEN_OF.search(own.text)
        or isinstance(money[0].value, str)
    ):
        return
    receiver = RECEIVER.search(own.text)
    purpose, told = _purpose(sentence, receiver.end() if receiver else 0)
    if purpose:
        draft = AmountDraft(
            amount_kronor=int(money[0].value),
            purpose=purpose,
            receiver=receiver["who"] if receiver else "",
            year=year,
            recurring=EVERY_YEAR.search(own.text) is not None,
        )
        sure = Confidence.LIKELY if receiver and told else Confidence.UNSURE
        yield Found(draft, *own.span(0, len(own.text)), sure, "belopp som ges i löpande text")


def _purpose(sentence: Sentence, after: int) -> tuple[str, bool]:
    """Return what money is for, and whether its own sentence tells; else the sentence before does."""
    for match in PURPOSE.finditer(sentence.own.text, after):
        what = GIVES.split(match["what"])[0].strip()
        if len(what) > SHORTEST and not SAME.match(what) and not what[0].isdigit():
            return what, True
    if sentence.before is None:
        return sentence.heading[:LONGEST], False
    aim = AIM.search(sentence.before.text)
    return (aim["what"].strip() if aim else _title(sentence.before)), False


def _title(sentence: Flat) -> str:
    words = re.sub(r"^[\s•·*–-]+", "", plain(sentence.text)).strip(" .")
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 2].rsplit(' ', 1)[0]} …"


def _sure(when: When) -> Confidence:
    return Confidence.LIKELY if when.certain else Confidence.UNSURE
