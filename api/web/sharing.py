"""What the form for sharing shows on the pages that have it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from initiatives.errors import InvalidValue
from initiatives.sharing import DEFAULT_PROFILE, Profile

PROFILE_WORDS = {
    Profile.OVERVIEW: "titel, läge, datum och vem som leder",
    Profile.PLAN: "allt utom pengarna, också lägesrapporter, milstolpar, beslut och kommentarer",
    Profile.ECONOMY: "planen och pengarna",
}
"""What each profile shows, in words."""


@dataclass(frozen=True, slots=True)
class Sharing:
    """The form as it is filled in, and what is wrong with it."""

    problem: InvalidValue | None = None
    written: Mapping[str, str] = field(default_factory=lambda: {"profil": DEFAULT_PROFILE.value})


BLANK = Sharing()
"""The form before anything is written in it."""
