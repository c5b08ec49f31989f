"""How the words of the grammar are written: lists of words with stars for endings, made into patterns."""

from __future__ import annotations

import re

_COMMA = re.compile(r",(?! *\d*\})")
"""A comma between words, not one in a number of times."""


def any_of(words: str) -> str:
    """A pattern for any of some words, between commas; a star stands for any ending."""
    alternatives = "|".join(word.strip().replace("*", r"[^\W\d_]*") for word in _COMMA.split(words))
    return rf"\b(?:{alternatives})\b"


def before(first: str, apart: int, last: str) -> str:
    """A pattern for words with others near after them; it takes only the first, so that names may stand between."""
    return rf"{first}(?=.{{0,{apart}}}{last})"
