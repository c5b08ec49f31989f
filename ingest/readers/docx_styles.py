"""Styles and numbering of a Word document: which paragraphs are headings and items, and what their numbers say."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING = re.compile(r"(?:heading|rubrik|överskrift|overskrift)\s*(\d)$", re.IGNORECASE)
_TITLE = re.compile(r"(?:title|titel|dokumentrubrik|dokumenttitel)$", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc|innehåll|table of figures)\s*\d*$", re.IGNORECASE)
_BODY_LEVEL = 9
_MOST_INHERITED = 12
_ROMANS = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph style says of its paragraphs; ``numbering`` is (number id, level) and ``level`` a heading's."""

    level: int = 0
    contents: bool = False
    numbering: tuple[str, int] | None = None


def value(element: Any, path: str) -> str | None:
    """Return the `w:val` of the element at a path of names, None when it is not there."""
    found = element.find("/".join(f"{W}{name}" for name in path.split("/")))
    return None if found is None else found.get(f"{W}val")


def switched_on(properties: Any, name: str) -> bool:
    """Whether a property that is on or off is on."""
    found = properties.find(f"{W}{name}")
    return found is not None and found.get(f"{W}val") not in {"0", "false", "off"}


def read_styles(root: Any | None) -> dict[str, Style]:
    """Return the paragraph styles by identifier, with what they inherit."""
    if root is None:
        return {}
    elements = {one.get(f"{W}styleId"): one for one in root.iter(f"{W}style") if one.get(f"{W}type") == "paragraph"}
    return {name: _style(element, elements) for name, element in elements.items() if name}


def numbering_of(properties: Any | None) -> tuple[str, int] | None:
    """Return the number id and level that paragraph properties name."""
    number = value(properties, "numPr/numId") if properties is not None else None
    if number is None:
        return None
    level = value(properties, "numPr/ilvl") or "0"
    return number, int(level) if level.isdigit() else 0


def _style(element: Any, elements: dict[str | None, Any]) -> Style:
    level, contents, numbering = 0, False, None
    here: Any | None = element
    for _ in range(_MOST_INHERITED):
        if here is None:
            break
        name = value(here, "name") or ""
        outline = value(here, "pPr/outlineLvl") or ""
        if not level and (match := _HEADING.match(name)):
            level = max(1, int(match.group(1)))
        elif not level and _TITLE.match(name):
            level = 1
        elif not level and outline.isdigit() and int(outline) < _BODY_LEVEL:
            level = int(outline) + 1
        contents = contents or bool(_CONTENTS.match(name))
        numbering = numbering or numbering_of(here.find(f"{W}pPr"))
        here = elements.get(value(here, "basedOn"))
    return Style(0 if contents else level, contents, numbering)


@dataclass(slots=True)
class Numbering:
    """The lists of a document; `mark` counts, so it is asked once for each numbered paragraph, in order.

    Lists of one look count on from each other; ``begun_anew`` tells at what number one of them begins instead.
    """

    formats: dict[tuple[str, int], tuple[str, str, int]]
    lists: dict[str, str]
    begun_anew: dict[tuple[str, int], int]
    _counts: dict[str, list[int]] = field(default_factory=dict)

    def mark(self, number: str, level: int) -> str | None:
        """Return what stands before the next paragraph: ``-`` for a bullet, ``2.1`` for a number, None for nothing."""
        abstract = self.lists.get(number)
        if abstract is None:
            return None
        counts = self._counts.setdefault(abstract, [])
        while len(counts) <= level:
            counts.append(self._start(abstract, len(counts)) - 1)
        if (first := self.begun_anew.pop((number, level), None)) is not None:
            counts[level] = first - 1
        counts[level] += 1
        del counts[level + 1 :]
        kind, pattern, _ = self.formats.get((abstract, level), ("bullet", "", 1))
        if kind == "none":
            return None
        if kind == "bullet":
            return "-"
        return re.sub(r"%(\d)", lambda match: self._number(abstract, counts, int(match.group(1)) - 1), pattern) or "-"

    def _start(self, abstract: str, level: int) -> int:
        return self.formats.get((abstract, level), ("", "", 1))[2]

    def _number(self, abstract: str, counts: list[int], level: int) -> str:
        if not 0 <= level < len(counts):
            return ""
        kind = self.formats.get((abstract, level), ("decimal", "", 1))[0]
        return _FORMATS.get(kind, str)(counts[level])


def read_numbering(root: Any | None) -> Numbering:
    """Return the lists that the numbering part describes."""
    formats: dict[tuple[str, int], tuple[str, str, int]] = {}
    lists: dict[str, str] = {}
    begun_anew: dict[tuple[str, int], int] = {}
    for abstract in root.iter(f"{W}abstractNum") if root is not None else ():
        name = abstract.get(f"{W}abstractNumId") or ""
        for one in abstract.iter(f"{W}lvl"):
            level, start = one.get(f"{W}ilvl") or "", value(one, "start") or "1"
            if level.isdigit():
                kind, pattern = value(one, "numFmt") or "decimal", value(one, "lvlText") or ""
                formats[name, int(level)] = (kind, pattern, int(start) if start.isdigit() else 1)
    for one in root.iter(f"{W}num") if root is not None else ():
        number = one.get(f"{W}numId") or ""
        lists[number] = value(one, "abstractNumId") or ""
        for override in one.iter(f"{W}lvlOverride"):
            level, start = override.get(f"{W}ilvl") or "", value(override, "startOverride") or ""
            if level.isdigit() and start.isdigit():
                begun_anew[number, int(level)] = int(start)
    return Numbering(formats, lists, begun_anew)


def _letter(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26)


def _roman(number: int) -> str:
    written = ""
    for worth, letters in _ROMANS:
        written += letters * (number // worth)
        number %= worth
    return written


_FORMATS: dict[str, Callable[[int], str]] = {
    "lowerLetter": _letter,
    "upperLetter": lambda number: _letter(number).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
}
