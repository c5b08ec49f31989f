"""How far something that shall be done has come on a day: begun, late by so many days, reported, closed.

Pure: whoever reads rows gives the days, and gets the standing in Swedish words. The same days give the same standing
whenever they are asked for, so that one can ask for any day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from initiatives import values
from initiatives.errors import InvalidValue

WARNING_DAYS = 14
"""How many days before it is due something that is not reported is warned about."""


class DueKind(StrEnum):
    """What is said about when: a day, as soon as possible, or nothing, which is then said in so many words."""

    DAY = "datum"
    SOON = "snarast"
    NONE = "ingen tid angiven"


class Status(StrEnum):
    """How far it has come. Only a decision closes; what is only proposed never comes further."""

    PROPOSED = "föreslagen"
    LAPSED = "gäller inte"
    DECIDED = "beslutad"
    GIVEN = "given"
    ONGOING = "pågår"
    LATE = "försenad"
    REPORTED = "rapporterad"
    CLOSED = "avslutad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """On which days something came further; None for what has not been, or not been said.

    `fresh` is the status before anything has been done. `in_force` tells whether the decision holds on the day.
    """

    proposed: bool
    in_force: bool
    fresh: Status = Status.GIVEN
    due_on: date | None = None
    begun_on: date | None = None
    reported_on: date | None = None
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How something stands on a day; `words` is for people: "försenad 1 dag".

    `warning` tells that the time is soon out, `days_late` by how many days it is late or was reported late, `days_left`
    how many days are left of what is neither late nor done.
    """

    status: Status
    warning: bool
    days_late: int
    days_left: int | None
    words: str


def standing(course: Course, on: date) -> Standing:
    """Return how it stands at the end of the day `on`."""
    if course.proposed or not course.in_force:
        status = Status.PROPOSED if course.proposed else Status.LAPSED
        return Standing(status, warning=False, days_late=0, days_left=None, words=status.value)
    reported = has_come(course.reported_on, on)
    if has_come(course.closed_on, on) or reported:
        return _done(Status.CLOSED if has_come(course.closed_on, on) else Status.REPORTED, course, reported=reported)
    left = None if course.due_on is None else (course.due_on - on).days
    if left is not None and left < 0:
        return Standing(Status.LATE, warning=False, days_late=-left, days_left=None, words=f"försenad {in_days(-left)}")
    status = Status.ONGOING if has_come(course.begun_on, on) else course.fresh
    if left is None:
        return Standing(status, warning=False, days_late=0, days_left=None, words=status.value)
    words = f"{status}, {in_days(left)} kvar" if left else f"{status}, sista dagen"
    return Standing(status, left <= WARNING_DAYS, 0, left, words)


def warned_from(on: date) -> date:
    """Return the last day that is so near to `on` that what is due then is warned about."""
    return on + timedelta(days=WARNING_DAYS)


def has_come(day: date | None, on: date) -> bool:
    """Tell whether a day is said and is not after `on`."""
    return day is not None and day <= on


def in_days(number: int) -> str:
    """Return a number of days in Swedish: "1 dag", "63 dagar"."""
    return f"{number} dag" if number == 1 else f"{number} dagar"


def settle_due(given: Mapping[str, Any], stands: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the given fields with `due_kind` and `due_on` in step; `stands` is what the row has before a change.

    A day alone makes the kind *datum*, another kind takes the day away. Raises `InvalidValue` for the kind *datum*
    without a day, for a day with another kind, and for a day that is not of our time.
    """
    if not {"due_kind", "due_on"} & given.keys():
        return dict(given)
    before = stands or {"due_kind": DueKind.NONE, "due_on": None}
    day = given.get("due_on", None if "due_kind" in given and given["due_kind"] != DueKind.DAY else before["due_on"])
    quiet = DueKind.NONE if before["due_kind"] == DueKind.DAY else before["due_kind"]
    kind = values.choice(DueKind, given.get("due_kind") or (DueKind.DAY if day else quiet), field="due_kind")
    values.period(day, None, field="due_on")
    if (kind is DueKind.DAY) != (day is not None):
        raise InvalidValue(
            "Ange dagen tillsammans med ”datum”, eller välj ”snarast” eller ”ingen tid angiven” utan dag.",
            field="due_on",
        )
    return {**given, "due_kind": kind, "due_on": day}


def _done(status: Status, course: Course, *, reported: bool) -> Standing:
    late = 0
    if reported and course.due_on and course.reported_on:
        late = max(0, (course.reported_on - course.due_on).days)
    words = f"{status}, {in_days(late)} för sent" if late else status.value
    return Standing(status, warning=False, days_late=late, days_left=None, words=words)
