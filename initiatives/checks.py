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


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that something can break: what all its findings have in common."""

    name: str
    severity: Severity
    title: str

    def broken(self, detail: str, subject: Subject | None = None, *, about: object = None) -> Check:
        """Return the finding that the rule is broken, by `subject`.

        `about` ends the title, in parentheses: the year, where one thing can break the rule in several years.
        """
        title = self.title if about is None else f"{self.title} ({about})"
        return Check(self.name, self.severity, title, detail, subject)


_ORDER = tuple(Severity)


def worst_first(found: Iterable[Check]) -> list[Check]:
    """Return findings with the gravest first, and otherwise in the order in which they came."""
    return sorted(found, key=lambda one: _ORDER.index(one.severity))
