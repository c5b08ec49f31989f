"""Att-satser, and the matter that they are proposed or decided in."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from ingest.extraction import matters
from ingest.facts import Facts
from ingest.structure import Block, Outline, plain
from initiatives import wording
from initiatives.decisions import Outcome
from initiatives.errors import InvalidValue
from initiatives.standing import DueKind
from initiatives.suggestions.drafts import ClauseDraft, Confidence, Found
from retrieval.kinds import UnitKind

ORGAN_DECIDES = re.compile(r"\b(?:föreslås|beslutar|beslutade|beslutat|föreslår\s\w+)\b", re.IGNORECASE)
ABOUT_DECISION = re.compile(r"\b(?:beslut|besluta|beslutar|beslutade|beslutat|hemställer)\b", re.IGNORECASE)
STARTS = re.compile(r"[\s*•·–—-]*(?:\(?\d{1,2}[.)]\s*)?[*_]*att\b", re.IGNORECASE)
SENTENCE = re.compile(r"(?<=\w{3}[.])\s+(?=[A-ZÅÄÖ])")
"""Where a sentence ends and another begins; *t.ex.* and the like are shorter than three letters."""
TO_DO = re.compile(
    r"\b(?:ge|ger|ges|uppdra åt|uppdra till|uppdrar åt)\s+(?P<who>[^,.]{3,80}?)"
    r"(?:\s+i uppdrag\b|\s+att\b)|^att\s+(?P<organ>[^,.\s]{3,60}?)\s+(?:får|ges)\s+i uppdrag\b",
    re.IGNORECASE,
)
OFFICE = re.compile(
    r"^att\s+(?P<who>\w+(?:direktören|chefen|nämnden|styrelsen|utskottet|beredningen|förvaltningen|kontoret))"
    r"\s+(?:(?:ska|skall|får|bör)\s+)?\w+(?:er|ar|a)\b",
    re.IGNORECASE,
)
MONEY_FROM = re.compile(
    r"\b(?:ur|från|inom ramen för|under)\s+(?P<source>(?:\w+\s){0,3}?\w*(?:anslag|anslaget|budgeten?|medel|reserven"
    r"|kapitalet)\b(?:\s(?:för\s)?(?:(?:19|20)\d\d|centrala\s\w+))?)",
    re.IGNORECASE,
)
PAYS = re.compile(r"(?:finansiera|betala|bekosta|belasta|täcka)s?$", re.IGNORECASE)
SPOKEN_OF = re.compile(
    r"\b(?:de|dessa|nämnda)\s\d[\d\s]*(?:,\s?\d+)?\s?(?:mnkr|tkr|mkr|miljoner|kronor|kr)\b", re.IGNORECASE
)
"""Money that the text has told of before, and that the att-sats does not give."""
OFTEN = re.compile(
    r"\b(?:(?:en|två|tre|fyra)\sgång(?:er)?\s(?:om|per)\såret|årligen|varje\s(?:år|månad|kvartal)|kvartalsvis|löpande"
    r"|snarast\smöjligt|snarast|genast|omgående)\b",
    re.IGNORECASE,
)


def clauses(outline: Outline, facts: Facts) -> list[Found]:
    """Return each matter with att-satser, followed by these; a list of *att* that nobody decides on is none."""
    found: list[Found] = []
    for group in _groups(outline):
        lead = _introduction(outline, group[0])
        if lead is None:
            continue
        start, end = lead
        matter = matters.matter(outline, facts, group[0], lead)
        sure = Confidence.SURE if ORGAN_DECIDES.search(outline.text[start:end]) else Confidence.LIKELY
        rule = "förslag till beslut" if matter.outcome is Outcome.PROPOSED else "beslut i protokoll"
        parent = len(found)
        found.append(Found(matter, start, end, sure, rule))
        drafts = (_clause(outline.text, block, number) for number, block in enumerate(group, 1))
        found += [Found(draft, first, last, sure, "att-sats", parent) for draft, first, last in drafts]
    return found


def _groups(outline: Outline) -> Iterator[Sequence[Block]]:
    """Yield the runs of blocks that begin with *att*; another block in between ends a run."""
    for is_clause, blocks in groupby(outline.blocks, key=lambda block: _is_clause(outline, block)):
        if is_clause:
            for _, group in groupby(blocks, key=lambda block: block.section):
                yield tuple(group)


def _is_clause(outline: Outline, block: Block) -> bool:
    listed = block.kind in {UnitKind.ATT, UnitKind.ITEM}
    return listed and STARTS.match(outline.text, block.start, block.end) is not None


def _introduction(outline: Outline, first: Block) -> tuple[int, int] | None:
    """Return where it stands that somebody decides: the text above the first att-sats, else its heading."""
    section = outline.sections[first.section]
    above = [block for block in outline.blocks if block.section == first.section and block.end <= first.start]
    if above and above[-1].kind is UnitKind.PARAGRAPH and ABOUT_DECISION.search(_text(outline, above[-1])):
        return _last_sentence(outline.text, above[-1])
    if above or not section.path or not ABOUT_DECISION.search(section.path[-1]):
        return None
    end = outline.text.find("\n", section.start)
    return section.start, first.start if end < 0 else min(end, first.start)


def _last_sentence(text: str, block: Block) -> tuple[int, int]:
    cuts = [match.end() for match in SENTENCE.finditer(text, block.start, block.end)]
    return (cuts[-1] if cuts else block.start), block.end


def _text(outline: Outline, block: Block) -> str:
    return outline.text[block.start : block.end]


def _clause(text: str, block: Block, number: int) -> tuple[ClauseDraft, int, int]:
    """Return the draft of an att-sats and where it stands; a sentence that follows it in the block is left out."""
    cut = SENTENCE.search(text, block.start, block.end)
    start, end = block.start, cut.start() if cut else block.end
    return clause_draft(text[start:end], number), start, end


def clause_draft(quote: str, number: int) -> ClauseDraft:
    """Return what can be read out of the words of one att-sats."""
    said = plain(quote)
    try:
        read = wording.drafts(said, first=number)[0]
    except InvalidValue:
        return ClauseDraft(number, said)
    who = TO_DO.search(read.text) or OFFICE.search(read.text)
    source = MONEY_FROM.search(read.text)
    often = OFTEN.search(read.text) if read.due_kind is not DueKind.DAY else None
    amount = None if SPOKEN_OF.search(read.text) else read.amount_kronor
    if amount and source and PAYS.search(read.verb):
        amount = -amount
    return ClauseDraft(
        number=number,
        text=read.text,
        verb=read.verb,
        addressee=next((name for name in who.groupdict().values() if name), "") if who else "",
        due_kind=read.due_kind,
        due_on=read.due_on,
        due_note=often.group() if often else "",
        amount_kronor=amount,
        funding_source=source["source"] if source else "",
    )
