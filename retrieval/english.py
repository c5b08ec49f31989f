"""English questions on Swedish documents: the words of the field in Swedish, names and figures as they are."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

LONGEST_PHRASE = 4
FUNCTION_WORDS = frozenset(
    (
        *("the", "of", "is", "are", "what", "which", "how", "who", "when", "does", "did", "was", "were", "for", "in"),
        *("much", "many", "to", "from", "with", "has", "have", "by", "will", "should", "and", "a", "an", "at", "on"),
        *("it", "its", "be", "been", "that", "this", "their", "there", "do", "can", "or", "as", "into", "about"),
    )
)
FEWEST = 2
SWEDISH = frozenset(
    (
        *("och", "hur", "vad", "vilka", "vilken", "vilket", "är", "som", "för", "till", "av", "med", "på", "när"),
        *("nar", "vem", "det", "att", "ska", "får", "far", "i", "en", "ett", "den", "de", "om", "var", "mycket"),
    )
)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d[\d.,/:-]*")


def is_english(text: str) -> bool:
    """Whether a question is in English: two English function words at least, and no Swedish ones."""
    words = re.findall(r"[a-zåäö]+", text.casefold())
    own = sum(word in FUNCTION_WORDS for word in words)
    return own >= FEWEST and not any(word in SWEDISH for word in words)


@lru_cache(maxsize=1)
def _phrases() -> dict[tuple[str, ...], str]:
    data = tomllib.loads((files("retrieval") / "english.toml").read_text(encoding="utf-8"))
    return {tuple(phrase.split()): swedish for phrase, swedish in data["phrases"].items()}


def in_swedish(text: str) -> str:
    """What an English question asks about, as Swedish words to look for.

    Phrases of the field are translated, the longest first; names (written with a capital) and figures are kept, and
    other words are left out: the embedding model reads the question whole.
    """
    words = _WORD.findall(text)
    found: list[str] = []
    index = 0
    while index < len(words):
        size, swedish = _longest(words, index)
        if swedish:
            found.append(swedish)
        elif (words[index][0].isupper() and index) or words[index][0].isdigit():
            found.append(words[index])
        index += size
    return " ".join(found)


def _longest(words: list[str], index: int) -> tuple[int, str]:
    """How many words the longest known phrase takes from here, and its Swedish; one word and nothing if none."""
    for size in range(min(LONGEST_PHRASE, len(words) - index), 0, -1):
        phrase = tuple(word.casefold().replace("’", "'") for word in words[index : index + size])
        for form in (phrase, (*phrase[:-1], phrase[-1].removesuffix("s"))):
            if form in _phrases():
                return size, _phrases()[form]
    return 1, ""
