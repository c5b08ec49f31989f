"""Swedish words: their base form and the parts of compounds, from the word list hunspell-sv.

The list gives base forms with the suffix rules that apply to them. Here the rules are read backwards: strip an
ending, restore the base, and see whether the list allows that pair.
"""

from __future__ import annotations

import re
import sysconfig
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from snowballstemmer import stemmer

LONGEST_ENDING = 7
SHORTEST_PART = 3
SHORTEST_HEAD = 3
MOST_PARTS = 5
SHORT_PARTS = frozenset(
    (
        *("bår", "bil", "bok", "dag", "del", "fot", "fax", "hem", "hus", "hud", "hår", "kol", "kök", "led", "liv"),
        *("lag", "lån", "län", "lön", "mat", "mål", "mor", "mun", "når", "när", "nät", "nöd", "ord", "råd", "rum"),
        *("sak", "sex", "sju", "syn", "tal", "tand", "tid", "tim", "val", "väg", "vår", "vård", "års", "år", "gång"),
    )
)
"""The only parts of up to three letters that a compound is split at; most short words turn up inside others."""
NEVER_PARTS = frozenset(
    (
        *("ande", "ende", "ning", "het", "skap", "else", "are", "ator", "lig", "iska", "isk", "bar", "full", "lös"),
        *("erna", "arna", "orna", "ende", "aste", "ades", "inna", "samma", "inne", "ingar", "ings"),
    )
)
PREFIXES = frozenset(
    (
        *("an", "av", "be", "bi", "er", "för", "före", "fram", "från", "genom", "in", "inne", "miss", "med", "mot"),
        *("ned", "ner", "om", "på", "sam", "till", "under", "upp", "ur", "ut", "ute", "van", "veder", "vid", "åter"),
        *("över", "efter", "emot", "bort", "sär"),
    )
)
"""Particles that begin words without being parts of their own (``av|tal``, ``för|slag``, ``sam|verkan``)."""
RULE_FIELDS = 5
"""A suffix rule: SFX, flag, what to strip, what to add, and the ending it applies to."""
ALIKE = str.maketrans("éèêáàâüæø", "eeeaaauäö")


class Lexicon:
    """The word list in memory: `base` finds base forms, `split` the parts of a compound. Both are cached."""

    def __init__(self, folder: Path) -> None:
        self._flags = _read_words(folder / "sv_SE.dic")
        self._rules = _read_rules(folder / "sv_SE.aff")
        self._stem = stemmer("swedish").stemWord
        self.base = lru_cache(maxsize=200_000)(self._base)
        self.split = lru_cache(maxsize=200_000)(self._split)

    def __contains__(self, word: str) -> bool:
        return word in self._flags or next(self._bases(word), None) is not None

    def _base(self, word: str) -> str:
        """The normal form of a folded word: its shortest base form without a final vowel, else its Snowball stem.

        The final vowel goes so that ``läkare`` meets ``läkar-`` and ``vårda`` meets ``vård``.
        """
        bases = list(self._bases(word))
        if not bases and len(word) > SHORTEST_PART:
            head = self._head(word)
            bases = [word[: len(word) - len(head)] + base for base in self._bases(head)] if head else []
        if not bases:
            return self._stem(word) if len(word) > SHORTEST_PART else word
        best = min(bases, key=lambda base: (len(base), base != word, base))
        return best[:-1] if len(best) > SHORTEST_PART + 1 and best[-1] in "aeo" else best

    def _head(self, word: str) -> str | None:
        parts = self._cuts(word)
        return parts[-1] if parts else None

    def _bases(self, word: str) -> Iterator[str]:
        if word in self._flags:
            yield word
        for cut in range(max(2, len(word) - LONGEST_ENDING), len(word)):
            for flag, restored, condition in self._rules.get(word[cut:], ()):
                base = word[:cut] + restored
                flags = self._flags.get(base)
                if flags is not None and flag in flags and condition.search(base):
                    yield base

    def _split(self, word: str) -> tuple[str, ...]:
        """The normal forms of the parts of a compound, from left to right; empty for a simple word."""
        return tuple(self._base(part) for part in self._cuts(word))

    def _cuts(self, word: str) -> tuple[str, ...]:
        """The parts as written, linking letters dropped. Fewest parts win, then the longest last part."""
        best: dict[int, tuple[int, tuple[str, ...]]] = {0: (0, ())}
        for end in range(SHORTEST_PART, len(word)):
            for start, (cost, parts) in list(best.items()):
                part = word[start:end]
                price = self._modifier(part) if len(parts) < MOST_PARTS else None
                if price is not None and (end not in best or cost + price < best[end][0]):
                    best[end] = (cost + price, (*parts, part))
        found = [
            (cost + 10, -len(word[end:]), (*parts, word[end:]))
            for end, (cost, parts) in best.items()
            if parts and self._is_head(word[end:])
        ]
        return min(found)[2] if found else ()

    def _modifier(self, part: str) -> int | None:
        """What it costs to take a piece as a first or middle part; None when it cannot be one."""
        if part in NEVER_PARTS or part in PREFIXES or part.removesuffix("s") in PREFIXES:
            return None
        if len(part) <= SHORTEST_PART:
            return 14 if part in SHORT_PARTS else None
        if self._whole(part):
            return 10
        linked = part[-1] == "s" and len(part) > SHORTEST_PART + 1 and self._whole(part[:-1])
        return 11 if linked or self._whole(part + "e") or self._whole(part + "a") else None

    def _whole(self, word: str) -> bool:
        return self._flags.get(word, "") != ""

    def _is_head(self, part: str) -> bool:
        if len(part) < SHORTEST_HEAD or part.removesuffix("s") in NEVER_PARTS:
            return False
        if len(part) == SHORTEST_HEAD:
            return part in SHORT_PARTS
        return any(len(base) > SHORTEST_PART or base in SHORT_PARTS for base in self._bases(part))


def fold(word: str) -> str:
    """Lower case, with foreign accents and soft hyphens gone; å, ä and ö are letters of their own and stay."""
    return word.casefold().replace("\u00ad", "").translate(ALIKE)


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lexicon, read once per process (about half a second)."""
    folder = Path(sysconfig.get_path("data")) / "share" / "hunspell"
    return Lexicon(folder)


def _read_words(path: Path) -> dict[str, str]:
    flags: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        word, _, marks = line.partition("/")
        marks = marks.split()[0] if marks else ""
        if "%" in marks or not word:
            continue
        key = fold(word)
        flags[key] = flags.get(key, "") + marks
    return flags


def _read_rules(path: Path) -> dict[str, list[tuple[str, str, re.Pattern[str]]]]:
    rules: dict[str, list[tuple[str, str, re.Pattern[str]]]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = line.split()
        if len(fields) >= RULE_FIELDS and fields[0] == "SFX" and fields[2] != "Y":
            _, flag, strip, added, condition = fields[:RULE_FIELDS]
            ending = added.split("/")[0]
            rules["" if ending == "0" else ending].append(
                (flag, "" if strip == "0" else strip, re.compile(f"(?:{condition})$"))
            )
    return rules
