"""Bytes to units without a database or a model: the work that the child process does on one file."""

from collections.abc import Callable

import msgspec

from ingest import quality, readers
from ingest.chunking import Unit, units
from ingest.errors import Stage, UnreadableFile
from ingest.extraction import extract
from ingest.facts import Facts, read_facts
from ingest.quality import Quality
from ingest.readers import Page
from ingest.readers.words import PageWords
from ingest.structure import SectionSpan, outline
from initiatives.suggestions.drafts import Found
from retrieval import lexical


class Source(msgspec.Struct, frozen=True):
    """What is known of a file besides its bytes; `title` is what the person who brought it calls it, if anything.

    `made_of` is the media type of the file that came in, when the bytes are what it was converted to.
    """

    file_name: str
    media_type: str
    title: str | None = None
    made_of: str | None = None


class Parsed(msgspec.Struct, frozen=True, tag=True):
    """A file as the rest of the house needs it; offsets count characters in `text`, `lexicon` is its packed segment.

    `found` are drafts for the register, for people to judge.
    """

    text: str
    pages: tuple[Page, ...]
    facts: Facts
    warnings: tuple[str, ...]
    sections: tuple[SectionSpan, ...]
    units: tuple[Unit, ...]
    lexicon: bytes
    quality: Quality
    found: tuple[Found, ...] = ()


class Progress(msgspec.Struct, frozen=True, tag=True):
    """The file has come to a new stage."""

    stage: Stage


class Trouble(msgspec.Struct, frozen=True, tag=True):
    """The file cannot be read, and why."""

    reason: str
    remedy: str
    stage: Stage
    page: int | None = None

    def error(self) -> UnreadableFile:
        """The same as an exception."""
        return UnreadableFile(self.reason, self.remedy, stage=self.stage, page=self.page)


class Words(msgspec.Struct, frozen=True, tag=True):
    """Where the words of some pages stand."""

    pages: tuple[PageWords, ...]


class Picture(msgspec.Struct, frozen=True, tag=True):
    """A page as PNG."""

    data: bytes


Message = Parsed | Progress | Trouble | Words | Picture


def parse(source: Source, data: bytes, on_stage: Callable[[Stage], None]) -> Parsed:
    """Read one file and divide it. Raises `UnreadableFile`; `on_stage` hears of each stage before it begins."""
    on_stage(Stage.READING)
    reading = readers.read(source.media_type, data)
    on_stage(Stage.STRUCTURING)
    outlined = outline(reading.text, reading.pages)
    facts = read_facts(outlined, source.file_name, source.title or reading.title)
    found = units(outlined, facts.title)
    if not found:
        raise UnreadableFile(
            "Filen har text men inget stycke som går att söka i.",
            "Kontrollera att rätt fil valdes.",
            stage=Stage.STRUCTURING,
        )
    lexicon = lexical.pack([searched_text(unit.context, reading.text[unit.start : unit.end]) for unit in found])
    suggested = extract(outlined, facts)
    card = quality.assess(outlined, reading.lost)
    misnamed = readers.misnamed(source.file_name, source.made_of or source.media_type)
    warnings = (*misnamed, *reading.warnings, *quality.warnings(card))
    return Parsed(reading.text, reading.pages, facts, warnings, outlined.sections, found, lexicon, card, suggested)


def searched_text(context: str, passage: str) -> str:
    """Return what is searched for a passage, by words and by vector: its context in front of its own text."""
    return f"{context}\n{passage}" if context else passage
