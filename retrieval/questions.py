"""What a question asks for: its terms, the kind of answer expected, years, and what a follow-up leaves unsaid."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from retrieval.english import in_swedish, is_english
from retrieval.figures import NUMERAL, WORDS, YEAR, years
from retrieval.views import Library
from retrieval.vocabulary import DIACRITICS
from retrieval.wording import Asked, Wording, read_wording


class Expected(StrEnum):
    """The kind of answer a question expects."""

    AMOUNT = "amount"
    SHARE = "share"
    COUNT = "count"
    DURATION = "duration"
    CONTACT = "contact"
    IDENTIFIER = "identifier"
    DATE = "date"
    WHO = "who"
    NAME = "name"
    LIST = "list"
    DEFINITION = "definition"
    REASON = "reason"
    COMPARISON = "comparison"
    SUM = "sum"
    YES_NO = "yes/no"
    OTHER = "other"


EXACT = frozenset(
    {
        *(Expected.AMOUNT, Expected.COUNT, Expected.DURATION, Expected.CONTACT, Expected.IDENTIFIER),
        *(Expected.WHO, Expected.DATE),
    }
)
"""Kinds of answer that are one particular thing, which a text on the right subject often does not give."""
_NAMED = r"(?:kommun|region|landsting|ort|stad|person|parti|myndighet|sjukhus|län|organisation|förening|lag)\w*"
"""What is told apart by its name; a question for one of these asks for the name."""
_TITLES = r"\w*(?:chef|direktör|ordförande|minister|utredare)\w*"
_PATTERNS: tuple[tuple[Expected, tuple[str, ...]], ...] = (
    (
        Expected.COMPARISON,
        (
            r"\b(?:störst|minst|mer|större|högre|lägre|mindre|fler|flest|högst|dyrast|billigast)\b.*\b(?:eller|än)\b",
            r"\bjämför\w*|\bskillnad(?:en|er)?\b",
        ),
    ),
    (Expected.SUM, (r"\b(?:sammanlagt|tillsammans|summan av|hur mycket är kvar|in total|altogether)\b",)),
    (
        Expected.SHARE,
        (
            r"\bhur (?:stor|hög) (?:del|andel|procent)|\bandel\b|\bprocent\w*\b",
            r"\bwhat (?:share|percentage|proportion)\b",
        ),
    ),
    (
        Expected.CONTACT,
        (r"\b(?:telefon|mobil)nummer\w*|\b(?:e-?post|mejl|mail|webb)adress\w*|\bphone number|\be-?mail address",),
    ),
    (
        Expected.IDENTIFIER,
        (
            r"\b(?:vilket|vad är|vad har|ange|under vilket) (?:\w+ )*?\w*(?:nummer|numret|beteckning)\b",
            r"\bvilken (?:beteckning|diariebeteckning)|\b(?:what|which) (?:\w+ )?(?:case|reference|bill|act) number\b",
        ),
    ),
    (Expected.DURATION, (r"\bhur (?:långt?|ofta|länge)\b|\bhow (?:often|long)\b",)),
    (Expected.COUNT, (r"\bhur (?:många|gammal|gamla)\b|\bhow many\b",)),
    (
        Expected.AMOUNT,
        (
            r"\bhur (?:mycket|stort?|stora)\b|\bvad (?:kosta\w*|beräknas .* kosta)|\bvilket belopp",
            r"\bhow (?:much|large)\b",
        ),
    ),
    (
        Expected.DATE,
        (
            r"(?:^|[,–—-]\s|\b(?:och|men)\s)när\b|\bvilke[nt] (?:datum|år|dag|månad)",
            r"\bvilka (?:\w+ )?(?:datum|år|dagar|månader)\b",
            r"^(?:and\s)?when\b|\b(?:what|which) (?:years?|dates?)\b",
        ),
    ),
    (
        Expected.REASON,
        (r"\bvarför\b|\bhur kommer det sig|\borsak\w*|\bligger bakom|\bvad beror|\bsyftet\b|\bwhy\b",),
    ),
    (
        Expected.NAME,
        (
            r"\bvad (?:hette|heter)\b|\bnamne[nt]\b|\b(?:vem|vilken person) (?:är|var|leder|ledde|heter)\b",
            rf"\bvilk(?:en|a|et) (?:\w+ )?{_NAMED}\b|\bvem .*{_TITLES}|\bvar ligger\b",
            r"\bname of\b|\bwho (?:is|was|leads|led)\b",
            r"\b(?:which|what) (?:\w+ )?(?:municipalit|region|cit|hospital|part)\w*",
        ),
    ),
    (
        Expected.WHO,
        (r"\bvem\b|\bvems\b|\bwho\b|\bvilka (?:parter|personer)\b|\bvilken (?:nämnd|part)\b",),
    ),
    (
        Expected.DEFINITION,
        (
            r"\bvad (?:är|menas|betyder|innebär|avses|står)\b|\bdefin\w+|\bförkortning\w*",
            r"\bwhat (?:is|does .* mean)\b",
        ),
    ),
    (Expected.LIST, (r"\bvilka\b|\bvad ska\b|\bpå vilka sätt|\bwhat are\b|\bnämn\b|\blista\b",)),
    (
        Expected.YES_NO,
        (
            r"^(?:är|har|ska|kan|får|finns|gäller|ingår|nämns|följs|måste|kommer|blir|stämmer|omfattas|tror|vill)\b",
            r"^(?:is|are|does|do|can|has|was|were)\b",
        ),
    ),
)
_COMPILED = tuple((kind, re.compile("|".join(rules), re.IGNORECASE)) for kind, rules in _PATTERNS)
_BARE = tuple((kind, re.compile(rule.pattern.translate(DIACRITICS), re.IGNORECASE)) for kind, rule in _COMPILED)
"""The same rules for questions typed without å, ä and ö; not for others, since ``är`` and ``år`` would be one word."""
MONEY = re.compile(
    r"\b(?:kosta\w*|pengar\w*|medel|medlen|kronor|mnkr|mkr|tkr|belopp\w*|miljon\w*|miljard\w*|\w*anslag\w*|\w*bidrag\w*"
    r"|ersattning\w*|budget\w*|summa\w*|betala\w*|far|fick|avsatt\w*|satsa\w*|lagg\w*|funding|money|receive\w*|cost\w*"
    r"|million|set aside)\b",
    re.IGNORECASE,
)
"""Words that make a question one about money; compared without å, ä and ö."""
CARRIED = 0.6
"""What a word of the earlier question weighs in a follow-up: enough to keep the subject, less than the new words."""
LONGEST_CHAIN = 3
BEGINS = re.compile(r"\s*(?:och|men|eller|jasa|sa|and|but)\b")
POINTS = re.compile(r"\b(?:det|den|de|dem|dess|deras|dar|da|detta|denna|dessa|samma|it|that|they)\b")
EXPLETIVE = re.compile(r"\b(?:finns|ar|blir|kravs|star|ingar)\s+det\b|\b(?:de|den|det)\s+(?=\w+(?:a|e|na|en|et)\b)")
"""Uses of *det*, *den* and *de* that point nowhere: *finns det*, *den nära vården*."""
FEWEST_OF_ITS_OWN = 3
SELF_SUFFICIENT = 7
"""Content words from which a question that neither begins with *och* nor points back stands on its own."""


HOW_MANY = re.compile(rf"(?P<number>{NUMERAL}\b|\b\d{{1,2}}\b)\s(?P<noun>[^\W\d]+)", re.IGNORECASE)
TAKEN_FOR_KNOWN = re.compile(rf"\b(?:de|dom|dessa|alla|vilka|the|these|all|which)\s+{HOW_MANY.pattern}", re.IGNORECASE)
"""A number that the one who asks takes for known: *de femton kommunerna*."""
FEWEST, MOST = 2, 30
"""How many things a question may speak of."""


@dataclass(frozen=True, slots=True)
class Question:
    """An analysed question.

    ``terms`` weigh what to look for (1 for a word as asked, less for compound parts, synonyms and carried words),
    ``asked`` are its own content words, ``subject`` those of the question it follows on, ``search_text`` is what
    the embedding model reads.
    """

    text: str
    expected: Expected
    terms: dict[str, float]
    asked: tuple[Asked, ...]
    subject: tuple[Asked, ...]
    years: frozenset[int]
    money: bool
    english: bool
    search_text: str


def analyse(text: str, history: Sequence[str] = (), library: Library | None = None) -> Question:
    """Analyse a question in the light of the conversation's earlier questions (the latest last) and the vocabulary."""
    vocabulary = library.vocabulary if library is not None else None
    english = is_english(text)
    own = read_wording(in_swedish(text) if english else text, vocabulary)
    terms, search_text = own.terms, text
    subject: tuple[Asked, ...] = ()
    expected = expected_answer(text)
    asked_years = years(text)
    if history and depends_on_history(text, own.words):
        before = _subject_of(history)
        earlier = read_wording(before, vocabulary)
        carried = [word for word in earlier.asked if not (asked_years and years(word.base))]
        for term, weight in Wording(tuple(carried)).terms.items():
            terms.setdefault(term, weight * CARRIED)
        subject = tuple(word for word in carried if word.base not in own.words)
        search_text = f"{YEAR.sub('', before) if asked_years else before} {text}"
        if expected is Expected.OTHER:
            expected = expected_answer(history[-1])
        asked_years = asked_years or years(history[-1])
    return Question(
        text=text,
        expected=expected,
        terms=terms,
        asked=own.asked,
        subject=subject,
        years=frozenset(asked_years),
        money=bool(MONEY.search(search_text.translate(DIACRITICS))),
        english=english,
        search_text=search_text,
    )


def asked_number(question: Question) -> tuple[int, str] | None:
    """How many things the question speaks of first, with the word for them (*sex*, *förutsättningar*)."""
    match = HOW_MANY.search(question.text)
    if match is None:
        return None
    said = match["number"].casefold()
    number = WORDS[said] if said in WORDS else int(said)
    return (number, match["noun"]) if FEWEST <= number <= MOST else None


def known_number(question: Question) -> int | None:
    """How many things there are by the question's own word: 15 for *de femton kommunerna*; None where it says none."""
    asked = asked_number(question) if TAKEN_FOR_KNOWN.search(question.text) else None
    return asked[0] if asked else None


def _subject_of(history: Sequence[str]) -> str:
    """The earlier question that a follow-up leans on, with those that it leans on itself."""
    chain: list[str] = []
    for earlier in reversed(history[-LONGEST_CHAIN:]):
        chain.append(earlier)
        if not points_back(earlier):
            break
    return " ".join(reversed(chain))


def expected_answer(text: str) -> Expected:
    """The kind of answer that the wording asks for; the first rule that fits wins."""
    bare = text.translate(DIACRITICS) == text
    rules = _BARE if bare else _COMPILED
    return next((kind for kind, pattern in rules if pattern.search(text.strip())), Expected.OTHER)


def depends_on_history(text: str, words: Sequence[str]) -> bool:
    """Whether a question may lean on the one before it: it begins with *och*, points back, or names little itself."""
    return points_back(text) or len(words) < SELF_SUFFICIENT


def points_back(text: str) -> bool:
    """Whether a question says in words that it goes on from the one before it (*och*, *det*, *där*, *den*)."""
    plain = EXPLETIVE.sub(" ", text.translate(DIACRITICS).casefold())
    return bool(BEGINS.match(plain) or POINTS.search(plain))


def may_stand_alone(question: Question) -> bool:
    """Whether a question that was read with its history could as well open a subject of its own."""
    return bool(question.subject) and not points_back(question.text) and len(question.asked) >= FEWEST_OF_ITS_OWN
