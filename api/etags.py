"""ETag and If-Match: a change is made to the version that was read, or not at all."""

import hashlib
import re
from typing import ClassVar

import msgspec

from initiatives.errors import NarplanError, StaleVersion


class PreconditionMissing(NarplanError):
    """A change was sent without telling which version it was made to."""

    title: ClassVar[str] = "If-Match saknas"


def etag(revision: int) -> str:
    """Return the value of the ETag header for a revision."""
    return f'"{revision}"'


def etag_of(shown: object) -> str:
    """Return the ETag of what is shown to one who sees only a part: it changes when that part does, and only then."""
    return f'"{hashlib.sha256(msgspec.json.encode(shown)).hexdigest()[:32]}"'


def expected_revision(if_match: str | None) -> int | None:
    """Return the revision in the header If-Match, or None for `*`, which matches any.

    Raises `PreconditionMissing` without the header, and `StaleVersion` if it holds anything that we never gave out.
    """
    header = (if_match or "").strip()
    if not header:
        raise PreconditionMissing("Skicka If-Match med det ETag-värde som du fick när du läste.", field="If-Match")
    if header == "*":
        return None
    if match := re.fullmatch(r'"([1-9][0-9]{0,8})"', header):
        return int(match[1])
    raise StaleVersion("If-Match är inte den aktuella versionen. Läs om och gör ändringen igen.", field="If-Match")
