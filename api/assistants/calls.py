"""What a tool is called with, besides its own arguments."""

from dataclasses import dataclass

from initiatives import kinds
from initiatives.access import ScopedSessions, Viewer
from retrieval.answering import Assistant


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, and the ways to what they ask for; `base` stands before the paths of pages."""

    person: Viewer
    sessions: ScopedSessions
    assistant: Assistant
    base: str

    def at(self, kind: str, key: object) -> str | None:
        """Return the whole address of a thing's page, None for one without a page."""
        path = kinds.address(kind, key)
        return f"{self.base}{path}" if path else None
