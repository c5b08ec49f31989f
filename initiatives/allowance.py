"""What is let through: numbers for the settings, without the weight of the database."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

WINDOW = timedelta(minutes=1)


class Kind(StrEnum):
    """What is counted apart: what costs the most is allowed the least."""

    QUESTIONS = "questions"
    WRITES = "writes"
    READS = "reads"
    SIGN_IN = "sign-in"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Limits:
    """How many of each kind are let through in a `window`; 0 is no limit. `refused` is keys that open nothing."""

    questions: int = 60
    writes: int = 120
    reads: int = 600
    sign_in: int = 60
    refused: int = 60
    window: timedelta = WINDOW

    def of(self, kind: Kind) -> int:
        """Return how many of a kind are let through."""
        allowed: int = getattr(self, kind.name.lower())
        return allowed


UNLIMITED = Limits(0, 0, 0, 0, 0)
