"""Which of the read spans are said: the best, what was decided before what was proposed, and what adds to it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.features import Span
from retrieval.figures import YEAR
from retrieval.kinds import UnitKind
from retrieval.lists import ITEM_BREAK
from retrieval.questions import EXACT, Expected, Question, asked_number

LONGEST_ANSWER = 600
LONGEST_LIST = 1_400
"""Characters of an answer, and of one whose core is a list."""
MOST_CLAIMS = 3
ITEM_SAYS_IT = 0.8
"""How much of a list's coverage one of its items must reach to be said instead of the list."""
DECISIONS = frozenset({"beslut", "protokoll"})
SAME_MATTER = 0.8
"""How much of the best span's coverage a decision must reach to be on the same matter."""
LEAST_OWN = 0.2
"""The share of the question that a further span must speak to by itself, unless it stands beside the first."""
NEARBY = 600
"""Characters within which a span stands beside another."""
PROPOSED = re.compile(r"\bföresl|\bförslag|\bpropos", re.IGNORECASE)
ENUMERATION = re.compile(r"(?P<before>[^,.;:()]+(?:, [^,.;:()]+)*) (?:och|samt) [^,.;:()]+")
PAIR = 2
"""Two things joined by *och* stand in nearly every sentence, so that they tell nothing."""
AS_MUCH = 0.6
"""How much of the best span's coverage a list of the number asked for must reach."""
SHORTEST_EXTRA = 30
"""Characters below which a further span says nothing by itself."""
GAP = 3
LED_GAP = 12
"""Characters (blank lines, bullets) between words that lead in and what they lead to."""
MOST_LED = 5
ENDS = frozenset(".!?”")
ON = re.compile(r"(?:Denna|Detta|Dessa|Dels|Det är|Det innebär|Den innebär|Här ingår|Exempelvis|Till exempel)\b")
"""How a sentence begins that goes on about the one before it."""
TOLD = frozenset({Expected.DEFINITION, Expected.OTHER, Expected.LIST, Expected.REASON})
WHOLE = frozenset({UnitKind.ROW, UnitKind.ATT})
"""Kinds of unit that lead in to nothing."""
FARTHEST_BESIDE = 4.0
"""The same for the sentence that goes on right after the best one."""
FARTHEST = 2.5
"""How far below the best span's score (log odds) a further one may lie and still be said."""


def choose(question: Question, spans: Sequence[Span]) -> list[Span]:
    """The spans to say: the best, and those after it that add to it and still fit."""
    spans = [span for span in spans if not _only_heads(span)] or spans
    first = _led(_of_number(question, _item(question, _decided(question, spans), spans), spans), spans)
    listed = question.expected is Expected.LIST or is_list(first)
    longest = LONGEST_LIST if listed else LONGEST_ANSWER
    chosen = [first, *_goes_on(question, first, spans)]
    total = sum(len(flat(span.text)) for span in chosen)
    for span in spans:
        length = len(flat(span.text))
        if len(chosen) == MOST_CLAIMS or span.score < spans[0].score - FARTHEST_BESIDE:
            break
        beside = span.candidate.view is first.candidate.view and 0 <= span.start - first.end <= GAP
        if span.score < spans[0].score - FARTHEST and not beside:
            continue
        if length < SHORTEST_EXTRA or total + length > longest or not _adds(span, chosen):
            continue
        chosen.append(span)
        total += length
    return chosen


def _adds(span: Span, chosen: Sequence[Span]) -> bool:
    """Whether a further span speaks to the question by itself, or goes on where the first one stands."""
    said = flat(span.text)
    if any(_overlap(span, earlier) or said == flat(earlier.text) for earlier in chosen):
        return False
    first = chosen[0]
    near = span.candidate.view is first.candidate.view and abs(span.start - first.end) < NEARBY
    return span.own >= LEAST_OWN or near


def _decided(question: Question, spans: Sequence[Span]) -> Span:
    """The best span, or what was decided on the same matter when the best is only a proposal that nobody asked for."""
    best = spans[0]
    if best.candidate.view.kind != "förslag" or PROPOSED.search(question.text):
        return best
    return next(
        (
            span
            for span in spans
            if span.candidate.view.kind in DECISIONS
            and span.fits >= best.fits
            and span.own >= SAME_MATTER * best.own
            and span.score >= best.score - FARTHEST
        ),
        best,
    )


def _item(question: Question, best: Span, spans: Sequence[Span]) -> Span:
    """The item that answers, where the best span is a whole list and no list was asked for."""
    if question.expected is Expected.LIST or not is_list(best):
        return best
    inside = (span for span in spans if span is not best and _overlap(span, best) and not is_list(span))
    return next((span for span in inside if span.own >= ITEM_SAYS_IT * best.own and span.fits >= best.fits), best)


def _led(best: Span, spans: Sequence[Span]) -> Span:
    """The list that the best span introduces, where it is only the words that lead in to one."""
    if is_list(best) or best.candidate.unit.kind in WHOLE or best.text.rstrip()[-1:] in ENDS:
        return best
    same = (span for span in spans if span.candidate.view is best.candidate.view and span.start == best.start)
    return next((span for span in same if is_list(span)), best)


def _goes_on(question: Question, first: Span, spans: Sequence[Span]) -> list[Span]:
    """What follows the first span and belongs to it.

    After words that only lead in (*ska innehålla*, *Till:*) it is what they lead to; after a sentence, the next one
    where that says of it what was asked (*Denna innebär …*, *Dels … dels …*).
    """
    if is_list(first) or first.candidate.unit.kind in WHOLE or question.expected in EXACT:
        return []
    if first.text.rstrip()[-1:] not in ENDS and first.own >= LEAST_OWN:
        return _following(first, spans)[:MOST_LED]
    told = question.expected in TOLD
    return [span for span in _following(first, spans)[:1] if told and ON.match(span.text)]


def _following(first: Span, spans: Sequence[Span]) -> list[Span]:
    """The spans that stand one after another right behind the first."""
    after = sorted(
        (span for span in spans if span.candidate.view is first.candidate.view and not is_list(span)),
        key=lambda span: span.start,
    )
    found, end = [], first.end
    for span in after:
        if 0 <= span.start - end <= LED_GAP:
            found.append(span)
            end = span.end
    return found


def _of_number(question: Question, best: Span, spans: Sequence[Span]) -> Span:
    """The list with as many items as the question asks for, where the best span has another number of them."""
    asked = asked_number(question) if question.expected is Expected.LIST else None
    if asked is None or is_list(best) or enumerated(best) >= asked[0]:
        return best
    near = (span for span in spans if span.score >= best.score - FARTHEST and span.own >= AS_MUCH * best.own)
    told = (span for span in near if is_list(span) or asked[0] > PAIR)
    return next((span for span in told if enumerated(span) == asked[0]), best)


def enumerated(span: Span) -> int:
    """How many things a span lists: items on lines of their own, else the longest enumeration in a sentence."""
    items = len(ITEM_BREAK.findall(f"\n{span.text}"))
    if items > 1:
        return items
    return max(
        (len(match.group("before").split(", ")) + 1 for match in ENUMERATION.finditer(flat(span.text))), default=0
    )


def _only_heads(span: Span) -> bool:
    """Whether a span is a row of a table with nothing but years, which head its columns."""
    return span.candidate.unit.kind == UnitKind.ROW and not YEAR.sub("", span.text).strip(" |*\n")


def _overlap(one: Span, other: Span) -> bool:
    return one.candidate.view is other.candidate.view and one.start < other.end and other.start < one.end


def is_list(span: Span) -> bool:
    """Whether a span is a list: two items at least, each on a line of its own."""
    return len(ITEM_BREAK.findall(f"\n{span.text}")) > 1


def flat(text: str) -> str:
    """Text on one line, Markdown marks gone."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"(?m)^\s*#{1,6}\s+|\*\*|\\(?=[*_])", "", text)
    return re.sub(r"\s+", " ", text).strip()
