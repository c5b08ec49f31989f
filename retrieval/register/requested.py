"""A typed query that a program asks in names and plain values, run with the rights of the person it asks for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, get_type_hints

import msgspec
from msgspec import Meta

from initiatives.access import ScopedSessions, Viewer
from initiatives.errors import NarplanError
from initiatives.swedish import format_date, format_month
from retrieval import prompts
from retrieval.register.asking import Named, Period, Query, Subject
from retrieval.register.filtering import DEADLINE_KINDS, HEALTHS, INITIATIVE_STATUSES
from retrieval.register.linking import ALIKE, ENOUGH, link
from retrieval.register.names import Names
from retrieval.register.running import run
from retrieval.register.shown import RegisterAnswer
from retrieval.register.source import names_of, with_rights
from retrieval.register.telling import tell

EARLIEST, LATEST = dt.date(1990, 1, 1), dt.date(2100, 12, 31)
MOST_NAMES = 5
NEAR = 3
"""How many names are mentioned that are like one that nothing has."""
SLOTS: Mapping[str, Subject | None] = {
    "objects": None,
    "nodes": Subject.NODE,
    "organisations": Subject.ORGANISATION,
    "people": Subject.PERSON,
}
"""The fields that hold names, and of which kind of thing; None for any kind that is not filtered by."""
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Day = Annotated[dt.date, Meta(description="ÅÅÅÅ-MM-DD")]
Kronor = Annotated[int, Meta(ge=0, le=10**12)]


class BadRequest(NarplanError):
    """A query that cannot be asked; the detail says what to change, in words for a program that writes queries."""

    title: ClassVar[str] = "Frågan till registret går inte att ställa"


class Days(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Days from `first` to `last`, both included."""

    first: Day
    last: Day


def _one_of(words: Sequence[tuple[str, str]]) -> Any:
    return list[Literal[tuple(word for word, _ in words)]]  # type: ignore[misc]


WRITTEN: Mapping[str, Any] = {
    **dict.fromkeys(SLOTS, Annotated[list[Name], Meta(max_length=MOST_NAMES)]),
    "organ": Annotated[str, Meta(max_length=200)],
    "period": Days | None,
    "on": Day | None,
    "since": Day | None,
    "statuses": _one_of((*INITIATIVE_STATUSES, *HEALTHS)),
    "kinds": _one_of(DEADLINE_KINDS),
    "per": Literal["person", "organisation", "delområde", "läge"] | None,
    "trend": Literal["", "worse", "better", "any"],
    "least": Kronor | None,
    "most": Kronor | None,
    "top": Annotated[int, Meta(ge=1, le=50)] | None,
}
"""The fields that are written in another way than they stand in `Query`."""


@cache
def request_type() -> type[msgspec.Struct]:
    """The fields of `Query` that `prompts.QUERY_FIELDS` describes, as a struct that JSON is read into."""
    hints = get_type_hints(Query)
    written: list[Any] = []
    for one in fields(Query):
        if one.name not in prompts.QUERY_FIELDS:
            continue
        kind: Any = Annotated[WRITTEN.get(one.name, hints[one.name]), Meta(description=prompts.QUERY_FIELDS[one.name])]
        default = [] if one.name in SLOTS or one.name in {"statuses", "kinds"} else one.default
        needed = one.name in {"subject", "wanted"}
        written.append((one.name, kind) if needed else (one.name, kind, default))
    return msgspec.defstruct("RegisterRequest", written, frozen=True, kw_only=True, forbid_unknown_fields=True)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked in the end, and the answer; None where the register holds nothing of it."""

    query: Query
    answer: RegisterAnswer | None
    instead: str = ""


async def ask_register(
    sessions: ScopedSessions, person: Viewer, question: str, written: bytes, today: dt.date
) -> Asked:
    """Run a query in JSON; ``question`` is what the person asked, and what the answer says was asked.

    Raises `BadRequest` for what is no such query, and for names that nothing has which the person sees.
    """
    try:
        wanted = msgspec.json.decode(written, type=request_type())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(prompts.BAD_ARGUMENTS.format(detail=error)) from error
    query = as_query(wanted, await names_of(sessions, person), today)
    async with sessions(person) as session:
        found = await run(session, person, query, today)
        if found is None or found.instead:
            return Asked(query, None, found.instead if found else "")
        return Asked(query, await with_rights(session, person, tell(found, query, question, today)))


def as_query(wanted: msgspec.Struct, names: Names, today: dt.date) -> Query:
    """The query with the things that its names mean. Raises `BadRequest` for a name or day that means nothing."""
    said: dict[str, Any] = msgspec.structs.asdict(wanted)
    linked = {slot: _named(said.pop(slot), kind, names, today) for slot, kind in SLOTS.items()}
    for day in (said["on"], said["since"], *((said["period"].first, said["period"].last) if said["period"] else ())):
        if day is not None and not EARLIEST <= day <= LATEST:
            raise BadRequest(prompts.BAD_DAY.format(day=day))
    period = _period(said.pop("period"))
    organ = said.pop("organ")
    organs, _ = _named([organ] if organ else [], Subject.ORGAN, names, today)
    said |= {key: tuple(value) for key, value in said.items() if isinstance(value, list)}
    said["per"] = Subject(said["per"]) if said["per"] else None
    said |= {slot: tuple(things) for slot, (things, _) in linked.items()}
    return Query(
        **said,
        organ=organs[0].name if organs else "",
        period=period or linked["objects"][1],
        said=True,
    )


def _named(
    written: Sequence[str], kind: Subject | None, names: Names, today: dt.date
) -> tuple[list[Named], Period | None]:
    """The things that names mean, and the period that stands in one of them, such as the year of a fund."""
    found: list[Named] = []
    period = None
    for name in written:
        meant = link(name, names, today)
        period = period or meant.reading.times.period
        if kind is None:
            things = [one.named for one in meant.objects] if meant.explained >= ENOUGH else []
        else:
            of_kind = [one for one in names.links(meant.reading.words) if one.named.subject is kind]
            best = max((one.asked for one in of_kind), default=0.0)
            things = [one.named for one in of_kind if one.asked >= max(ENOUGH, best - ALIKE)][:1]
        if not things:
            near = [one.named for one in names.links(meant.reading.words) if kind in {None, one.named.subject}][:NEAR]
            like = prompts.LIKE_IT.format(names=", ".join(f"{one.name} ({one.subject})" for one in near))
            raise BadRequest(prompts.NO_SUCH_NAME.format(name=name) + (f" {like}" if near else ""))
        found += [one for one in things if one not in found]
    return found, period


def _period(days: Days | None) -> Period | None:
    if days is None:
        return None
    first, last = days.first, days.last
    if first > last:
        raise BadRequest(prompts.BAD_PERIOD)
    words = f"{format_date(first)} till {format_date(last)}"
    after = last + dt.timedelta(days=1)
    if first.day == 1 and after.day == 1:
        if (first.month, last.month) == (1, 12) and first.year == last.year:
            words = str(first.year)
        elif (first.year, first.month) == (last.year, last.month):
            words = format_month(first)
    return Period(first, last, words if first != last else format_date(first))
