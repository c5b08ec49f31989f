"""Does a piece of text carry the kind of thing that was asked for: an amount, a date, a name, a reason?"""

from __future__ import annotations

import re

from retrieval.figures import MONTHS, WORDS, YEAR, Figure, figures
from retrieval.questions import Expected, Question

MONTH = re.compile(rf"\b(?:{'|'.join(MONTHS)})\b", re.IGNORECASE)
FREQUENCY = re.compile(
    r"\b(?:\w*ligen|varje\s+\w+|per\s+(?:år|månad|vecka)|snarast|löpande|kontinuerligt)\b", re.IGNORECASE
)
NUMBER = re.compile(rf"\d|\b(?:{'|'.join(word for word in WORDS if word not in {'en', 'ett'})}|\d+)\b", re.IGNORECASE)
NAME = re.compile(r"\b[A-ZÅÄÖ][a-zåäöé]+(?:[- ](?:[A-ZÅÄÖ][a-zåäöé]+|av|von|de))*\s+[A-ZÅÄÖ][a-zåäöé]+\b")
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
LISTS = re.compile(r"[,;]\s.*\b(?:och|samt|eller)\b|^\s*[-•*–]|:\s*$|\n\s*[-•*–]", re.MULTILINE)


def carries(question: Question, text: str) -> bool:
    """Whether the text holds something of the kind that the question expects; True for kinds without a mark."""
    match question.expected:
        case Expected.AMOUNT | Expected.SUM | Expected.COMPARISON:
            return any(_counts(figure, money=question.money) for figure in figures(text)) or _table_figure(text)
        case Expected.SHARE:
            return any(figure.kind in {"pct", "pp"} for figure in figures(text)) or bool(
                re.search(r"\b(?:häl|tredje)", text)
            )
        case Expected.COUNT:
            return bool(NUMBER.search(text) or FREQUENCY.search(text))
        case Expected.DATE:
            return bool(YEAR.search(text) or MONTH.search(text) or FREQUENCY.search(text))
        case Expected.WHO:
            return bool(NAME.search(text) or BODY.search(text))
        case Expected.REASON:
            return bool(REASON.search(text))
        case Expected.DEFINITION:
            return bool(DEFINES.search(text))
        case Expected.LIST:
            return bool(LISTS.search(text))
        case _:
            return True


def _counts(figure: Figure, *, money: bool) -> bool:
    return figure.kind in {"kr", "antal"} or (not money and figure.kind in {"pct", "pp"})


def _table_figure(text: str) -> bool:
    return "|" in text and bool(re.search(r"\d", text))
