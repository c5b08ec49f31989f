"""Swedish words: their base form and the parts of compounds, from the word list hunspell-sv.

The list gives base forms with the suffix rules that apply to them. Here the rules are read backwards: strip an
ending, restore the base, and see whether the list allows that pair.
"""

from __future__ import annotations

import re
import sysconfig
from collections import defaultdict
from functools import lru_cache
from pathlib import Path

from snowballstemmer import stemmer

from retrieval.parts import NEVER_PARTS, PREFIXES, SHORT_PARTS, WHOLE

LONGEST_ENDING = 7
SHORTEST_PART = 3
SHORTEST_HEAD = 3
MOST_PARTS = 5
PART, UNUSUAL = 10, 4
"""What a part of a compound costs, and what is added when the list does not say that compounds are made with it."""
MOST_STRAIN, SHORTEST_STRAINED = 9, 9
"""How much may be added in all for a word that the list lacks, and how long one that it has must be to be strained."""
BARE, LINKED_BY_S, LINKED_BY_E, ENDS = frozenset("XUs"), frozenset("vf"), frozenset("hy"), "Y"
"""The flags by which the list says how a word begins and ends compounds (see its COMPOUND lines)."""
RULE_FIELDS = 5
"""A suffix rule: SFX, flag, what to strip, what to add, and the ending it applies to."""
ALIKE = str.maketrans("éèêáàâüæø", "eeeaaauäö")


class Lexicon:
    """The word list in memory: `base` finds base forms, `split` the parts of a compound. Both are cached."""

    def __init__(self, folder: Path) -> None:
        self._flags, self._names = _read_words(folder / "sv_SE.dic")
        self._never = NEVER_PARTS | self._names
        self._rules = _read_rules(folder / "sv_SE.aff")
        self._stem = stemmer("swedish").stemWord
        self.base = lru_cache(maxsize=200_000)(self._base)
        self.split = lru_cache(maxsize=200_000)(self._split)
        self.cuts = lru_cache(maxsize=200_000)(self._cuts)
        self._price = lru_cache(maxsize=200_000)(self._modifier)
        self._bases = lru_cache(maxsize=200_000)(self._find_bases)

    def __contains__(self, word: str) -> bool:
        return bool(self._bases(word))

    def infinitives(self, word: str) -> tuple[str, ...]:
        """The base forms of a folded word that end as infinitives do."""
        return tuple(base for base in self._bases(word) if base.endswith("a") and len(base) > SHORTEST_PART)

    def ordinary(self, word: str) -> bool:
        """Whether the list has a folded word, or its base form, as a word that is written with a small letter."""
        return any(base not in self._names for base in self._bases(word))

    def _base(self, word: str) -> str:
        """The normal form of a folded word: its shortest base form without a final vowel, else its Snowball stem.

        The final vowel goes so that ``läkare`` meets ``läkar-`` and ``vårda`` meets ``vård``.
        """
        bases = self._bases(word)
        if not bases and len(word) > SHORTEST_PART:
            head = (self.cuts(word) or ("",))[-1]
            bases = tuple(word[: len(word) - len(head)] + base for base in self._bases(head))
        if not bases:
            return self._stem(word) if len(word) > SHORTEST_PART else word
        best = min(bases, key=lambda base: (len(base), base != word, base))
        return best[:-1] if len(best) > SHORTEST_PART + 1 and best[-1] in "aeo" else best

    def _find_bases(self, word: str) -> tuple[str, ...]:
        found = [word] if word in self._flags else []
        for cut in range(max(2, len(word) - LONGEST_ENDING), len(word)):
            for flag, restored, condition in self._rules.get(word[cut:], ()):
                base = word[:cut] + restored
                flags = self._flags.get(base)
                if flags is not None and flag in flags and condition.search(base):
                    found.append(base)
        return tuple(found)

    def _split(self, word: str) -> tuple[str, ...]:
        """The normal forms of the parts of a compound, from left to right; empty for a simple word."""
        return tuple(self.base(part) for part in self.cuts(word))

    def _cuts(self, word: str) -> tuple[str, ...]:
        """The parts as written, linking letters on the part before. Least strained wins, then the longest last part.

        A word that the list knows is divided as its base form is: ``regeringen`` is no ``ingen``.
        """
        known = self._known(word)
        if not WHOLE.isdisjoint(known):
            return ()
        best: dict[int, tuple[int, tuple[str, ...]]] = {0: (0, ())}
        for end in range(SHORTEST_PART - 1, len(word) - SHORTEST_HEAD + 1):
            for start, (cost, parts) in list(best.items()):
                price = self._price(word[start:end]) if len(parts) < MOST_PARTS else None
                if price is not None and (end not in best or cost + price < best[end][0]):
                    best[end] = (cost + price, (*parts, word[start:end]))
        del best[0]
        most = 0 if known and known <= self._names else UNUSUAL if word in self else MOST_STRAIN
        found = [
            (cost + price, -len(word[end:]), (*parts, word[end:]))
            for end, (cost, parts) in best.items()
            for head in ([base[end:] for base in known if base.startswith(word[:end])] if known else [word[end:]])
            if (price := self._head(head, parts[-1])) is not None
            and (strain := cost + price - PART * (len(parts) + 1)) <= most
            and (strain == 0 or end + len(head) >= SHORTEST_STRAINED)
        ]
        return min(found)[2] if found else ()

    def _known(self, word: str) -> set[str]:
        """The base forms of a word that have forms of their own; the list also has some inflected forms as they are."""
        bases = {base for base in self._bases(word) if self._flags[base]}
        return bases - {word} if len(bases) > 1 else bases

    def _modifier(self, part: str) -> int | None:
        """What it costs to take a piece as a first or middle part; None when it cannot be one."""
        if part in NEVER_PARTS or part in PREFIXES or part.removesuffix("s") in PREFIXES:
            return None
        if len(part) < SHORTEST_PART:
            return PART if part in SHORT_PARTS else None
        if part in SHORT_PARTS or self._begins(part):
            return PART
        if len(part) == SHORTEST_PART:
            return None
        if self._whole(part):
            return PART + UNUSUAL
        linked = part[-1] == "s" and len(part) > SHORTEST_PART + 1 and self._whole(part[:-1])
        return PART + UNUSUAL + 1 if linked or self._whole(part + "e") or self._whole(part + "a") else None

    def _begins(self, part: str) -> bool:
        """Whether the list says that compounds begin with this form: bare, or with the linking letter that it has."""
        if not BARE.isdisjoint(self._flags.get(part, "")):
            return True
        linking = {"s": LINKED_BY_S, "e": LINKED_BY_E}.get(part[-1])
        return linking is not None and any(
            not linking.isdisjoint(self._flags.get(base, "")) for base in (part[:-1], part[:-1] + "a")
        )

    def _whole(self, word: str) -> bool:
        return self._flags.get(word, "") not in {"", "b"} and word not in self._names

    def _head(self, part: str, before: str) -> int | None:
        """What it costs to take the end of a word as its last part; None when it cannot be one."""
        if len(part) < SHORTEST_HEAD or part.removesuffix("s") in NEVER_PARTS:
            return None
        if before[-1] == "e" and part.startswith("ring"):
            return None
        bases = [base for base in self._bases(part) if self._flags[base] and base not in self._never]
        if not any(len(base) > SHORTEST_PART or self._begins(base) or base in SHORT_PARTS for base in bases):
            return None
        return PART if any(ENDS in self._flags[base] for base in bases) else PART + UNUSUAL


def fold(word: str) -> str:
    """Lower case, with foreign accents and soft hyphens gone; å, ä and ö are letters of their own and stay."""
    return word.casefold().replace("\u00ad", "").translate(ALIKE)


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lexicon, read once per process (about half a second)."""
    folder = Path(sysconfig.get_path("data")) / "share" / "hunspell"
    return Lexicon(folder)


def _read_words(path: Path) -> tuple[dict[str, str], frozenset[str]]:
    """The flags of every word, and the words that are only written with a capital."""
    flags: dict[str, str] = {}
    names: set[str] = set()
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        word, _, marks = line.partition("/")
        marks = marks.split()[0] if marks else ""
        if "%" in marks or not word:
            continue
        key = fold(word)
        if word[0].isupper() and key not in flags:
            names.add(key)
        elif not word[0].isupper():
            names.discard(key)
        flags[key] = flags.get(key, "") + marks
    return flags, frozenset(names)


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
