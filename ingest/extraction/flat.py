"""A stretch of the text on one line, that remembers where in the text each of its characters stands."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flat:
    """`text` with single spaces; `at` are the places of its characters in the text that it was taken from."""

    text: str
    at: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where characters `start` to `end` stand in the whole text, white space at the ends left out."""
        words = self.text[start:end]
        first = start + len(words) - len(words.lstrip())
        last = start + len(words.rstrip())
        return (self.at[first], self.at[last - 1] + 1) if first < last else (self.at[start], self.at[start] + 1)


def flat(text: str, start: int, end: int) -> Flat:
    """Return characters `start` to `end` of the text with each run of white space as one space."""
    words: list[str] = []
    places: list[int] = []
    for match in re.finditer(r"\s+|\S", text[start:end]):
        words.append(match.group() if not match.group().isspace() else " ")
        places.append(start + match.start())
    return Flat("".join(words), tuple(places))
