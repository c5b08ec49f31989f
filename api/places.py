"""Where the page of each thing in the register is; pages, calendars and exports link by it."""

from collections.abc import Mapping
from uuid import UUID

PAGES: Mapping[str, str] = {
    "finding": "/uppfoljning/granskning/{id}",
    "initiative": "/initiativ/{id}",
}
"""The address of a thing's page, by the name of its table."""


def address(subject_type: str, subject_id: UUID) -> str | None:
    """Return the path of a thing's page, None if it has none."""
    return PAGES[subject_type].format(id=subject_id) if subject_type in PAGES else None
