"""What a check of the register finds: a contradiction or a gap, as a value that can be shown and kept.

The rules themselves are pure functions in the rooms that they are about; each returns values of this type.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Severity(StrEnum):
    """How much a finding matters: money or dates may be wrong, something should be looked at, good to know."""

    HIGH = "hög"
    MEDIUM = "medel"
    LOW = "låg"


@dataclass(frozen=True, slots=True)
class Subject:
    """The thing that a finding is about: the table that it stands in, and its identifier."""

    kind: str
    id: UUID


@dataclass(frozen=True, slots=True)
class Check:
    """One finding. `rule` names the rule and never changes; `title` and `detail` are Swedish, for people.

    `title` says what is wrong in a few words; `detail` with which figures, and what to do. `subject` is None for what
    is about the whole.
    """

    rule: str
    severity: Severity
    title: str
    detail: str
    subject: Subject | None


_ORDER = tuple(Severity)


def worst_first(found: Iterable[Check]) -> list[Check]:
    """Return findings with the gravest first, and otherwise in the order in which they came."""
    return sorted(found, key=lambda one: _ORDER.index(one.severity))
