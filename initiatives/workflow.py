"""How far an initiative has come: which moves there are, who makes them, and what must be filled in before.

`RULES` is the one table of it; the API (`/api/v1/statuses`), the pages and the documentation are made from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from initiatives.access import Viewer, may_administer, may_write
from initiatives.errors import InvalidValue, NarplanError, NotAllowed


class Status(StrEnum):
    """How far an initiative has come; a proposal is never called a decision."""

    PROPOSED = "förslag"
    DECIDED = "beslutat"
    ONGOING = "pågår"
    PAUSED = "pausat"
    FINISHED = "avslutat"
    CANCELLED = "avbrutet"


class Mover(StrEnum):
    """Who makes a move; administrators make them all."""

    WRITERS = "programgruppen"
    ADMINISTRATORS = "administratör"


@dataclass(frozen=True, slots=True)
class Need:
    """A field that must be filled in, and what to tell one who has not."""

    field: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What an initiative must have to enter a status and to stay there, and where it goes from there."""

    needs: tuple[Need, ...] = ()
    moves: Mapping[Status, Mover] = field(default_factory=dict)


_DECISION = Need(
    "decision",
    "Skriv vem som beslutade, när och i vilken paragraf, eller knyt beslutet eller ett citat ur det till initiativet.",
)
_RESPONSIBLE = Need("responsible_id", "Välj vem som är ansvarig.")
_START = Need("starts_on", "Ange startdatum.")
_END = Need("ends_on", "Ange slutdatum.")
_OUTCOME = Need("outcome", "Beskriv utfallet: vad det blev av initiativet.")
_REASON = Need("reason", "Skriv skälet.")

RULES: Mapping[Status, Rule] = {
    Status.PROPOSED: Rule((), {Status.DECIDED: Mover.WRITERS, Status.CANCELLED: Mover.WRITERS}),
    Status.DECIDED: Rule(
        (_DECISION,),
        {
            Status.ONGOING: Mover.WRITERS,
            Status.PAUSED: Mover.WRITERS,
            Status.CANCELLED: Mover.WRITERS,
            Status.PROPOSED: Mover.ADMINISTRATORS,
        },
    ),
    Status.ONGOING: Rule(
        (_RESPONSIBLE, _START),
        {Status.PAUSED: Mover.WRITERS, Status.FINISHED: Mover.WRITERS, Status.CANCELLED: Mover.WRITERS},
    ),
    Status.PAUSED: Rule((_REASON,), {Status.ONGOING: Mover.WRITERS, Status.CANCELLED: Mover.WRITERS}),
    Status.FINISHED: Rule((_END, _OUTCOME), {Status.ONGOING: Mover.ADMINISTRATORS}),
    Status.CANCELLED: Rule((_REASON,), {Status.PROPOSED: Mover.ADMINISTRATORS}),
}
"""What is done is not undone by accident: only administrators take back a decision or open what is over."""

OVER = frozenset({Status.FINISHED, Status.CANCELLED})
"""Statuses in which nothing more is expected."""


class MissingForStatus(InvalidValue):
    """An initiative lacks what its status needs; `missing` tells each field and what to do."""

    title: ClassVar[str] = "Uppgifter saknas för läget"

    def __init__(self, status: Status, missing: tuple[Need, ...]) -> None:
        """Take the status that was to be entered and all that is missing for it."""
        remedies = " ".join(one.remedy for one in missing)
        super().__init__(f"För läget {status} behövs mer. {remedies}", field=missing[0].field)
        self.missing = missing
        self.problems = tuple((one.field, one.remedy) for one in missing)


class MoveNotPossible(NarplanError):
    """An initiative cannot go from the status that it has to the wanted one in one step."""

    title: ClassVar[str] = "Läget kan inte ändras så"


def require_move(person: Viewer, stands: Status, wanted: Status) -> None:
    """Return if the person may move an initiative so; raise `MoveNotPossible`, or `NotAllowed` with who may."""
    mover = RULES[stands].moves.get(wanted)
    if mover is None:
        ways = " eller ".join(RULES[stands].moves)
        raise MoveNotPossible(f"Från {stands} går initiativet till {ways}, inte direkt till {wanted}.", field="status")
    if not _may(person, mover):
        raise NotAllowed(
            f"Från {stands} till {wanted} flyttar bara en administratör. Be er administratör om hjälp.",
            field="status",
        )


def moves(person: Viewer, stands: Status) -> tuple[Status, ...]:
    """Return the statuses to which the person may move an initiative that has this one."""
    return tuple(status for status, mover in RULES[stands].moves.items() if _may(person, mover))


def missing(status: Status, values: Mapping[str, object], *, grounded: bool) -> tuple[Need, ...]:
    """Return what a status needs that the values lack; `grounded` tells that a decision or a quotation is there."""
    return tuple(
        need for need in RULES[status].needs if not values.get(need.field) and not (grounded and need is _DECISION)
    )


def require_filled(status: Status, values: Mapping[str, object], *, grounded: bool = False) -> None:
    """Raise `MissingForStatus` unless the values hold all that the status needs."""
    if lacking := missing(status, values, grounded=grounded):
        raise MissingForStatus(status, lacking)


def followed(person: Viewer, stands: Mapping[str, Any], after: Mapping[str, Any], *, grounded: bool) -> dict[str, Any]:
    """Return what to write of an initiative that `stands` so, to which `after` shall be done.

    A reason is forgotten with the status that it was given for. What has long been missing hinders no other change,
    but what is there may not be taken away. Raises `MoveNotPossible`, `NotAllowed` or `MissingForStatus`.
    """
    old, new = stands["status"], after.get("status", stands["status"])
    done = dict(after)
    if old is not new:
        require_move(person, old, new)
        if _REASON in RULES[old].needs and _REASON not in RULES[new].needs:
            done.setdefault("reason", "")
    lacked = missing(new, stands, grounded=grounded) if old is new else ()
    lacking = missing(new, {**stands, **done}, grounded=grounded)
    if new_gaps := tuple(need for need in lacking if need not in lacked):
        raise MissingForStatus(new, new_gaps)
    return done


def _may(person: Viewer, mover: Mover) -> bool:
    return may_administer(person) if mover is Mover.ADMINISTRATORS else may_write(person)
