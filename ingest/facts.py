"""What a document is: its title, kind, organ and year, read from its first lines and its wording."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath
from textwrap import shorten

from ingest.structure import Outline, plain
from retrieval.figures import MONTH

KINDS: tuple[tuple[str, str], ...] = (
    ("protokoll", r"\bprotokoll\w*\b"),
    ("minnesanteckningar", r"\bminnesanteckning\w*\b"),
    ("regelbok", r"\bregelbok\b"),
    (
        "förslag",
        r"\bföreslås\s+besluta\b|\bförslag\s+till\s+beslut\b|\bändringsförslag\b|\btjänsteskrivelse\b|\bmotion\b",
    ),
    ("lag", r"\b(?:lag|förordning)\s+\(\d{4}:\d+\)|\bSFS\s+\d{4}:\d+"),
    ("betänkande", r"\bbetänkande\b|\bSOU\s+\d{4}:\d+"),
    ("kommittédirektiv", r"\bkommittédirektiv\b|\bdir\.\s+\d{4}:\d+|\btilläggsdirektiv\b"),
    ("proposition", r"\bprop(?:osition|\.)\s+\d{4}/\d\d:\d+"),
    ("överenskommelse", r"\böverenskommelse\b|\bsamverkansavtal\b|\bavtal\s+mellan\b"),
    ("beslut", r"\bbeslutar\b|\bbeslut\b"),
    ("handlingsplan", r"\bhandlingsplan\b"),
    ("rapport", r"\blägesrapport\b|\brapport\b|\buppföljning\b"),
    ("uppdrag", r"\buppdrag\s+(?:att|till|om|angående)\b"),
    ("information", r"\binformation\w*\b|\bsammanställning\b|\bpressmeddelande\b"),
)
"""Kinds and what gives them away, the strongest first within the same place; title before heading before text."""
DECIDES = re.compile(
    r"\b(?P<organ>(?:lands|region|kommun)\w*(?:styrelsen|fullmäktige)s?|\w*nämnden|regeringen)\b", re.IGNORECASE
)
PROPOSAL = re.compile(r"\bföreslås\s+besluta\b|\bförslag\s+till\s+beslut\b", re.IGNORECASE)
MINUTES = re.compile(r"^\W*(?:sammanträdes)?(?:protokoll|minnesanteckning)", re.IGNORECASE | re.MULTILINE)
LETTERHEAD = re.compile(
    r"(?:region(?:en)?|landstinget|kommun(?:en)?)\s+\S+$|till\b"
    r"|\S*(?:styrelsen|fullmäktige|nämnden|direktören)\b(?!\s(?:ska|skall|får|har|är|vill|kan|bör)\b)"
    r"|(?:diarienummer|dnr)\b|(?:tjänsteskrivelse|nytt ärende|motion|protokollsutdrag|\d{4}-\d\d-\d\d)\b"
    r"|(?:förslag till beslut|beslut|bakgrund|ärendet?|sammanfattning|inledning)$",
    re.IGNORECASE,
)
"""Lines at the top that say who writes to whom and what sort of paper it is, not what it is about."""
DATED = re.compile(rf"\b\d{{4}}-\d\d-\d\d\b|\b\d{{1,2}}\s(?:{MONTH})\s\d{{4}}", re.IGNORECASE)
YEAR = re.compile(r"(?<!\d)(?:19[89]\d|20[0-4]\d)(?!\d|/\d)")
OPENING = 1_500
"""Characters from the start that say what a document is; further down it speaks of other documents."""
HEAD = 500
"""Characters from the start whose wording may name the kind when the title does not."""
SHORTEST_TITLE = 12
ADDRESS = re.compile(r"(?:\w{1,20}:\s)?(?:https?://|www\.)\S", re.IGNORECASE)
"""What a page begins with that a browser has printed; it is no title."""
WORDS_OF_A_TITLE = 3
SHOWN_TITLE = 100
TITLE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Facts:
    """Title, kind (one of `KINDS`, else ``dokument``), and deciding organ and year where the text has them."""

    title: str
    kind: str
    organ: str | None
    year: int | None


def read_facts(outline: Outline, file_name: str, title_hint: str | None = None) -> Facts:
    """Say what a document is. A text that *proposes* a decision is a ``förslag`` whatever its heading says."""
    title = (title_hint or _title(outline) or PurePath(file_name).stem)[:TITLE_LENGTH]
    return Facts(title, _kind(title, outline), _organ(outline.text), _year(title, outline.text))


def _title(outline: Outline) -> str:
    opening = [section for section in outline.sections if section.path and section.start < HEAD]
    if opening and opening[0].level == 1:
        return opening[0].path[-1]
    named = [heading for section in opening if _reads_as_title(heading := section.path[-1])]
    long = [heading for heading in named if len(heading.split()) >= WORDS_OF_A_TITLE]
    capitals = next((heading for heading in long if heading.isupper()), None)
    if named:
        return capitals or (long or named)[0]
    said = (plain(outline.text[block.start : block.end]) for block in outline.blocks)
    first = next((text for text in said if len(text) > SHORTEST_TITLE and not ADDRESS.match(text)), "")
    return shorten(first, width=SHOWN_TITLE, placeholder=" …")


def _reads_as_title(heading: str) -> bool:
    letters = sum(character.isalpha() for character in heading)
    return len(heading) > SHORTEST_TITLE and letters * 2 > len(heading) and not LETTERHEAD.match(heading)


def _kind(title: str, outline: Outline) -> str:
    head = f"{title}\n{outline.text[:HEAD]}"
    minutes = MINUTES.search(head)
    if minutes:
        return "protokoll" if "protokoll" in minutes.group().casefold() else "minnesanteckningar"
    headings = " \n".join(section.path[-1] for section in outline.sections if section.path)
    if PROPOSAL.search(headings) or PROPOSAL.search(outline.text[:OPENING]):
        return "förslag"
    for place in (title, outline.text[:HEAD]):
        for kind, pattern in KINDS:
            if re.search(pattern, place, re.IGNORECASE):
                return kind
    return "dokument"


def _organ(text: str) -> str | None:
    """The organ that decides or is asked to decide; the first named when nothing says which."""
    near = re.search(rf"{DECIDES.pattern}\s+(?:föreslås\s+)?beslut", text, re.IGNORECASE)
    match = near or DECIDES.search(text[:OPENING])
    if match is None:
        return None
    organ = match.group("organ")
    return organ[:1].upper() + organ[1:].removesuffix("s")


def _year(title: str, text: str) -> int | None:
    """The year of the title, else of the first date at the top, else the year that the opening names most."""
    dated = DATED.search(text[:HEAD])
    places = (title, dated.group() if dated else "", text[:OPENING])
    found = next((years for place in places if (years := [int(year) for year in YEAR.findall(place)])), [])
    return max(set(found), key=lambda year: (found.count(year), -found.index(year))) if found else None
