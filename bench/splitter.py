"""How often compounds are divided where a person would divide them, and whole words left whole.

    python -m bench.splitter [--half dev|held-out] [--quiet]

The words are in bench/data/compounds.tsv, in two halves: rules are made with one in sight and judged by the other.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from retrieval.lexicon import lexicon

WORDS = Path(__file__).parent / "data" / "compounds.tsv"
HALVES = ("dev", "held-out")
Parts = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Marked:
    """A word and every right way to divide it; a whole word has the one way of no parts."""

    half: str
    word: str
    divisions: tuple[Parts, ...]


@dataclass(frozen=True, slots=True)
class Divided:
    """A marked word and the parts that the splitter gave it."""

    marked: Marked
    parts: Parts

    @property
    def exact(self) -> bool:
        """Whether the parts are right."""
        return self.parts in self.marked.divisions

    @property
    def told_apart(self) -> bool:
        """Whether a compound was divided at all, or a whole word left whole."""
        return any(bool(self.parts) == bool(division) for division in self.marked.divisions)


def read_words(path: Path = WORDS) -> list[Marked]:
    """The marked words of the file."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [
        Marked(half, word, tuple(() if one == "-" else tuple(one.split()) for one in divisions.split(" / ")))
        for half, word, divisions in rows
    ]


def show(title: str, divided: Sequence[Divided], *, quiet: bool) -> None:
    """Print the shares, and the words that went wrong."""
    compounds = [one for one in divided if one.marked.divisions[0]]
    whole = [one for one in divided if not one.marked.divisions[0]]
    print(f"{title}: {len(divided)} words, {len(compounds)} of them compounds")
    print(f"  exact                       {_share([one.exact for one in divided])}")
    print(f"  compound or not             {_share([one.told_apart for one in divided])}")
    print(f"  compounds, exact            {_share([one.exact for one in compounds])}")
    print(f"  whole words left whole      {_share([one.exact for one in whole])}")
    for one in divided:
        if not one.exact and not quiet:
            wanted = " / ".join("|".join(parts) or "whole" for parts in one.marked.divisions)
            print(f"    {one.marked.word:32} {'|'.join(one.parts) or 'whole':32} wanted {wanted}")


def _share(values: Sequence[bool]) -> str:
    return f"{sum(values) / len(values):6.1%}  ({sum(values)} of {len(values)})"


def main() -> None:
    """Divide the words and print how it went, and how long a word takes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--half", choices=HALVES)
    parser.add_argument("--quiet", action="store_true", help="no list of errors")
    arguments = parser.parse_args()
    words = lexicon()
    marked = read_words()
    started = time.perf_counter()
    divided = [Divided(one, words.cuts(one.word)) for one in marked]
    taken = time.perf_counter() - started
    for half in HALVES:
        if arguments.half in {None, half}:
            show(half, [one for one in divided if one.marked.half == half], quiet=arguments.quiet)
    print(f"{1e6 * taken / len(marked):.0f} µs a word, the first time")


if __name__ == "__main__":
    main()
