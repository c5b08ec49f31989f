"""Does a piece of text carry the kind of thing that was asked for: an amount, a date, a name, a reason?"""

from __future__ import annotations

import re

from retrieval.analysis import PART_WEIGHT, tokens
from retrieval.figures import MONTHS, WORDS, YEAR, Figure, figures
from retrieval.questions import Expected, Question

MONTH = re.compile(rf"\b(?:{'|'.join(MONTHS)})\b", re.IGNORECASE)
FREQUENCY = re.compile(
    r"\b(?:\w*ligen|varje\s+\w+|per\s+(?:år|månad|vecka)|snarast|löpande|kontinuerligt)\b", re.IGNORECASE
)
DURATION = re.compile(
    rf"\b(?:\d+|{'|'.join(WORDS)}|halv\w*)[\s-]*(?:till\s+\w+\s+)?(?:sekund|minut|timm|dag|dygn|veck|månad|år)\w*",
    re.IGNORECASE,
)
CONTACT = re.compile(r"\S+@\S+\.\w+|\bwww\.\w|https?://|\b0\d{1,3}[\s-]\d{2,3}[\s\d-]{3,}|\+46")
IDENTIFIER = re.compile(r"\b(?:[A-ZÅÄÖ]{1,6}[\s-]?)?\d{1,6}(?:[-/:.]\d+)+\b|\b[A-ZÅÄÖ]{1,6}[\s-]?\d{2,}\b|\b\d{5,}\b")
"""A number that stands for a thing: of a case, a law, a bill, an organisation."""
NUMBER = re.compile(rf"\d|\b(?:{'|'.join(word for word in WORDS if word not in {'en', 'ett'})}|\d+)\b", re.IGNORECASE)
NAME = re.compile(r"\b[A-ZÅÄÖ][a-zåäöé]+(?:[- ](?:[A-ZÅÄÖ][a-zåäöé]+|av|von|de))*[ \u00a0]+[A-ZÅÄÖ][a-zåäöé]+\b")
PROPER = re.compile(
    r"(?<=[a-zåäöé0-9,;”\"–-][ \u00a0])[A-ZÅÄÖ][\wåäöé-]+|(?<=\| )[A-ZÅÄÖ][\wåäöé-]+|(?<=[-•*] )[A-ZÅÄÖ][\wåäöé-]+"
)
"""A capitalised word that does not owe its capital to the beginning of a sentence."""
BODY = re.compile(
    r"\b(?:[A-ZÅÄÖ]{2,}\b|[A-ZÅÄÖ][a-zåäö]+(?:verket|styrelsen|kassan|myndigheten|departementet|nämnden|regionen?|kommun"
    r"|landsting(?:et)?|partiet|demokraterna|länet)|\w+(?:styrelsen|direktören|cheferna|nämnden|fullmäktige|regeringen"
    r"|kommunen|kommunerna|landstinget|regionen|beredningen)|Regeringen|regeringen|Region\s[A-ZÅÄÖ]\w+)\b"
)
REASON = re.compile(
    r"\b(?:eftersom|därför|för\s+att|i\s+syfte|syftet|syftar|beror|på\s+grund|till\s+följd|orsak\w*|leder\s+till|då\s+det"
    r"|gör\s+att|innebär\s+att|vilket|effekt\w*|därigenom|genom\s+att)\b",
    re.IGNORECASE,
)
DEFINES = re.compile(r"\b(?:är|innebär|avses|avser|betyder|menas|kallas|består\s+av|omfattar)\b|:\s|\(", re.IGNORECASE)
SHARE = re.compile(r"\b(?:hälften|halva|tredjedel\w*|fjärdedel\w*|femtedel\w*)\b", re.IGNORECASE)
LISTS = re.compile(r"[,;]\s.*\b(?:och|samt|eller)\b|^\s*[-•*–]|:\s*$|\n\s*[-•*–]", re.MULTILINE)

MARKS = {
    Expected.COUNT: (NUMBER, FREQUENCY),
    Expected.DURATION: (DURATION, FREQUENCY),
    Expected.CONTACT: (CONTACT,),
    Expected.IDENTIFIER: (IDENTIFIER,),
    Expected.DATE: (YEAR, MONTH, FREQUENCY),
    Expected.WHO: (NAME, BODY),
    Expected.NAME: (NAME, PROPER),
    Expected.REASON: (REASON,),
    Expected.DEFINITION: (DEFINES,),
    Expected.LIST: (LISTS,),
}


def carries(question: Question, text: str) -> bool:
    """Whether the text holds something of the kind that the question expects; True for kinds without a mark."""
    if question.expected in {Expected.AMOUNT, Expected.SUM, Expected.COMPARISON}:
        return any(_counts(figure, money=question.money) for figure in figures(text)) or _table_figure(text)
    if question.expected is Expected.SHARE:
        return any(figure.kind in {"pct", "pp"} for figure in figures(text)) or bool(SHARE.search(text))
    marks = MARKS.get(question.expected)
    return marks is None or any(mark.search(text) for mark in marks)


def _counts(figure: Figure, *, money: bool) -> bool:
    return figure.kind in {"kr", "antal"} or (not money and figure.kind in {"pct", "pp"})


def _table_figure(text: str) -> bool:
    return "|" in text and bool(re.search(r"\d", text))


def names_somebody(text: str) -> bool:
    """Whether a person's name stands in the text: two capitalised words that are not the start of a sentence."""
    return bool(NAME.search(text))


def counts_it(question: Question, text: str) -> bool:
    """Whether a number stands right before a word that the question counts (``10 standardiserade vårdförlopp``)."""
    counted = [word for word in question.asked if word.is_focus] or list(question.asked[:1])
    found = sorted(tokens(text))
    numbers = [index for index, (_, _, folded, _) in enumerate(found) if folded[:1].isdigit() or folded in WORDS]
    nouns = [
        index
        for index, (_, _, _, terms) in enumerate(found)
        if any(word.terms.get(term, 0) >= PART_WEIGHT for word in counted for term, _ in terms)
    ]
    return any(0 < noun - number <= REACH for noun in nouns for number in numbers)


REACH = 4
"""Words within which a number belongs to a noun after it."""
