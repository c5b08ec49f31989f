"""The typed query that a question to the register becomes: what is asked, of which things, with which filters."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum


class Subject(StrEnum):
    """The kinds of thing that the register is asked about."""

    INITIATIVE = "initiativ"
    MATTER = "ärende"
    DECISION = "beslut"
    CLAUSE = "att-sats"
    ASSIGNMENT = "uppdrag"
    FUND = "anslag"
    ALLOCATION = "tilldelning"
    GRANT = "statsbidrag"
    GRANT_PART = "del av statsbidrag"
    MEASURE = "åtgärd"
    FRAME = "ram för åtgärder"
    DISTRIBUTION = "fördelning"
    UNIT = "mottagare i fördelning"
    INDICATOR = "indikator"
    DEADLINE = "datum"
    COVERAGE = "täckning"
    CHANGE = "ändring"
    NODE = "delområde"
    ORGANISATION = "organisation"
    PERSON = "person"
    ORGAN = "organ"
    STATUS = "läge"
    ROUND = "utlysning"
    APPLICATION = "ansökan"
    MEETING = "möte"
    AGREEMENT = "avtal"


class Wanted(StrEnum):
    """What is asked of them."""

    STATUS = "läge"
    LIST = "lista"
    COUNT = "antal"
    AMOUNT = "belopp"
    LEFT = "kvar"
    DUE = "datum"
    OWNER = "ansvarig"
    TOP = "störst"
    VALUE = "värde"
    REASON = "skäl"
    PARTNERS = "medverkande"
    CHANGES = "ändringar"
    NEXT_STEP = "nästa steg"
    OBSTACLES = "hinder"
    REPORT = "lägesrapport"
    WAITS = "väntar på"
    CONDITIONS = "villkor"
    CONTENT = "innehåll"
    BASIS = "beslut bakom"
    SHARED = "delat med"
    BELONGS = "delområden"


class Lacks(StrEnum):
    """What things may be asked to be without."""

    OWNER = "ansvarig"
    DATE = "datum"
    MONEY = "pengar"
    REPORT = "redovisning"
    DECISION = "beslut"
    INITIATIVE = "initiativ"
    VALUE = "värde"
    TARGET = "mål"


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``first`` to ``last``, both inclusive, and what they are called ("oktober 2026").

    ``guessed`` tells that the question left the year unsaid.
    """

    first: dt.date
    last: dt.date
    words: str
    guessed: bool = False

    @property
    def year(self) -> int | None:
        """The year that it is, or lies in."""
        return self.first.year if self.first.year == self.last.year else None


@dataclass(frozen=True, slots=True)
class Named:
    """A thing in the register that a question may name; ``other`` are what else it is called.

    ``beside`` is what tells it from others of the same name, such as the year of a fund.
    """

    subject: Subject
    id: uuid.UUID
    name: str
    other: tuple[str, ...] = ()
    year: int | None = None
    parent: uuid.UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question to the register.

    ``objects`` are the things that it names, ``nodes``, ``organisations`` and ``people`` those that it filters by,
    ``period`` the days it is about, ``on`` the day as of which it is asked and ``since`` the first of the days whose
    changes are asked for. ``least`` and ``most`` bound an amount in kronor. ``top`` is how many of the first are
    wanted, ``smallest`` turns the order. ``unexplained`` are the words of the question that nothing here accounts
    for, ``explained`` the share of its words that something does, ``unknown`` that no name at all has any of those
    words. ``said`` tells that it names the subject itself, ``asked`` which kind of thing it speaks of, ``pointed``
    that it asks how things stand right now. ``per`` is what is counted or summed by: each person, organisation or
    node, or each status (`Subject.STATUS`). ``mentions`` are words that the texts of the things must hold,
    ``outcomes`` what an organ did with a matter. ``begun`` tells whether they have begun or not, ``municipal`` that
    only municipalities are counted by, ``yes_no`` that the question is answered by yes or no, and ``supposed`` which
    statuses it supposes. ``address`` asks how somebody is reached, ``received`` who has got something, ``latest`` for
    the newest one, ``trend`` how something develops ("worse", "better", "any"), ``years`` are all that it names,
    ``loose`` that it has verbs which nothing knows, ``worded`` that it says what is wanted, ``manner`` that it asks
    how something is done, ``money`` and ``ranked`` tell that it speaks of money and of the most or the least,
    ``moved`` what has been moved between funds, ``reserved`` who was against a decision, ``casting`` how the votes
    were cast, ``authority`` who may decide, ``saves``, ``pays_back`` and ``given`` ask what is saved, what pays back
    and what was given on some days, ``county`` for what is the whole county's, ``overdrawn`` for funds that are,
    ``dimension`` is that of the nodes which are asked for. ``outside`` asks who is not with, and ``to_whom`` who is
    to have a report.
    ``counted`` is the word for what is counted, where that is no kind of thing.
    """

    subject: Subject
    wanted: Wanted
    objects: tuple[Named, ...] = ()
    nodes: tuple[Named, ...] = ()
    organisations: tuple[Named, ...] = ()
    people: tuple[Named, ...] = ()
    statuses: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    organ: str = ""
    outcomes: tuple[str, ...] = ()
    asked: Subject | None = None
    per: Subject | None = None
    mentions: tuple[str, ...] = ()
    prioritised: bool = False
    period: Period | None = None
    on: dt.date | None = None
    since: dt.date | None = None
    late: bool = False
    lacks: Lacks | None = None
    done: bool | None = None
    recurring: bool = False
    least: int | None = None
    most: int | None = None
    top: int | None = None
    smallest: bool = False
    starts: bool = False
    ends: bool = False
    begun: bool | None = None
    municipal: bool = False
    yes_no: bool = False
    supposed: tuple[str, ...] = ()
    address: bool = False
    received: bool = False
    latest: bool = False
    trend: str = ""
    years: tuple[int, ...] = ()
    money: bool = False
    worded: bool = False
    loose: bool = False
    manner: bool = False
    saves: bool = False
    pays_back: bool = False
    given: bool = False
    county: bool = False
    overdrawn: bool = False
    dimension: str = ""
    ranked: bool = False
    moved: bool = False
    reserved: bool = False
    casting: bool = False
    outside: bool = False
    authority: bool = False
    to_whom: bool = False
    on_its_way: bool = False
    next_one: bool = False
    unknown: bool = False
    some_left: bool = False
    against_budget: bool = False
    target: bool = False
    who: bool = False
    said: bool = False
    pointed: bool = False
    counted: str = ""
    unexplained: tuple[str, ...] = ()
    explained: float = 1.0
