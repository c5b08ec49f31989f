"""What the first question about a document would otherwise wait for, made ready while nobody asks."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from initiatives.access import SYSTEM
from retrieval.answering import Assistant
from retrieval.pieces import pieces, surroundings
from retrieval.places import places
from retrieval.turns import give_way, think
from retrieval.views import View

MOST = 5_000
"""Units that are made ready: each takes some 3 ms, and memory that is otherwise taken when somebody asks about it."""


async def ripen(assistant: Assistant, goes_on: Callable[[], bool]) -> int:
    """Make ready the units of the documents that are searched, one at a time in the queue of what is thought about.

    Returns how many were not ready before. Ends when ``goes_on`` says no.
    """
    async with assistant.sessions(SYSTEM) as session:
        library = await assistant.shelf.library(session, SYSTEM)
    every = ((view, position) for view in library.views for position in range(len(view.units)))
    done = 0
    for view, position in islice(every, MOST):
        if not goes_on():
            break
        if not is_ready(view, position):
            await think(_ready, view, position)
            done += 1
    return done


def is_ready(view: View, position: int) -> bool:
    """Whether a unit has been read before, for a question or here."""
    return ("surroundings", position) in view.notes


def _ready(view: View, position: int) -> None:
    give_way()
    surroundings(view, position)
    for piece in pieces(view, position):
        places(view, piece.start, piece.end)
