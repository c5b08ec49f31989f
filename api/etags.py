"""ETag and If-Match: a change is made to the version that was read, or not at all."""

import re
from typing import Any, ClassVar

from litestar.connection import Request

from initiatives.errors import NarplanError, StaleVersion


class PreconditionMissing(NarplanError):
    """A change was sent without telling which version it was made to."""

    title: ClassVar[str] = "If-Match saknas"


def etag(revision: int) -> str:
    """Return the value of the ETag header for a revision."""
    return f'"{revision}"'


def expected_revision(request: Request[Any, Any, Any]) -> int | None:
    """Return the revision in If-Match, or None for `*`, which matches any.

    Raises `PreconditionMissing` without the header, and `StaleVersion` if it holds anything that we never gave out.
    """
    header = request.headers.get("if-match", "").strip()
    if not header:
        raise PreconditionMissing(
            "Skicka huvudet If-Match med det ETag-värde som du fick när du läste.", field="If-Match"
        )
    if header == "*":
        return None
    if match := re.fullmatch(r'"(\d{1,9})"', header):
        return int(match[1])
    raise StaleVersion(
        "Värdet i If-Match är inte den aktuella versionen. Läs om och gör ändringen igen.", field="If-Match"
    )
