"""Text that a spreadsheet would take for a formula gets an apostrophe before it, and loses it again when read back."""

import re

_DANGEROUS = re.compile(r"'* *[=+\-@\t\r\n]")


def guarded(text: str) -> str:
    """Return the text so that no spreadsheet runs it; what would begin a formula gets an apostrophe before it."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def unguarded(text: str) -> str:
    """Return the text that `guarded` was given."""
    return text[1:] if text.startswith("'") and _DANGEROUS.match(text[1:]) else text
