"""The board: a column for each status, with the initiatives that have it and the moves that the person may make."""

from collections.abc import Sequence
from dataclasses import dataclass

from initiatives import workflow
from initiatives.access import Viewer
from initiatives.overview import InitiativeRow
from initiatives.workflow import Status


@dataclass(frozen=True, slots=True)
class Column:
    """The initiatives of one status, and where the person may move them."""

    status: Status
    cards: tuple[InitiativeRow, ...]
    moves: tuple[Status, ...]


def columns(person: Viewer, found: Sequence[InitiativeRow]) -> list[Column]:
    """Return a column for each status, in the order in which initiatives take them; empty ones too."""
    return [
        Column(status, tuple(one for one in found if one.status is status), workflow.moves(person, status))
        for status in Status
    ]
