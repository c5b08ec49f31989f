"""What bringing a table in did, or would do: row by row, with what was before and what is after."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from initiatives.rows import RowProblem


class Outcome(StrEnum):
    """What became of a row."""

    NEW = "ny"
    CHANGED = "ändrad"
    UNCHANGED = "oförändrad"
    WRONG = "fel"


@dataclass(frozen=True, slots=True)
class Change:
    """A field, by its heading, with its text before and after."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of a row of the file, counted as a spreadsheet does with the heads as row 1."""

    row: int
    outcome: Outcome
    id: UUID | None
    title: str
    changes: tuple[Change, ...] = ()
    errors: tuple[RowProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a file; `ignored` are the columns that only come out."""

    dry_run: bool
    rows: tuple[RowOutcome, ...]
    ignored: tuple[str, ...] = ()

    def count(self, outcome: Outcome) -> int:
        """Return how many rows had this outcome."""
        return sum(one.outcome is outcome for one in self.rows)

    @property
    def created(self) -> int:
        """How many rows are new."""
        return self.count(Outcome.NEW)

    @property
    def changed(self) -> int:
        """How many rows are changed."""
        return self.count(Outcome.CHANGED)

    @property
    def unchanged(self) -> int:
        """How many rows say what already stands."""
        return self.count(Outcome.UNCHANGED)

    @property
    def errors(self) -> tuple[RowProblem, ...]:
        """Everything that is wrong, in the order of the rows."""
        return tuple(problem for one in self.rows for problem in one.errors)
