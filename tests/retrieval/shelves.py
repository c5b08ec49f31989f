"""Documents as search and reading see them, made by the real structure and index, without a database."""

from ingest.chunking import units
from ingest.facts import read_facts
from ingest.readers.reading import split_pages
from ingest.structure import outline
from initiatives.base import new_id
from retrieval.features import Span
from retrieval.lexical import pack, unpack
from retrieval.questions import Question, analyse
from retrieval.reading import read
from retrieval.search import Candidate, rank
from retrieval.sought import sought
from retrieval.views import Library, UnitView, View


def view(raw: str, file_name: str = "fil.txt") -> View:
    """Return the view of a text as if it had been ingested."""
    text, pages = split_pages(raw)
    of = outline(text, pages)
    facts = read_facts(of, file_name)
    found = units(of, facts.title)
    return View(
        document_id=new_id(),
        version_id=new_id(),
        source=file_name,
        title=facts.title,
        kind=facts.kind,
        organ=facts.organ,
        year=facts.year,
        text=text,
        sections=tuple((section.start, section.path) for section in of.sections),
        units=tuple(UnitView(new_id(), u.kind, u.start, u.end, u.page, u.section, u.context) for u in found),
        segment=unpack(pack([f"{unit.context}\n{text[unit.start : unit.end]}" for unit in found])),
    )


def library(*texts: str) -> Library:
    """Return a library of views of the texts."""
    return Library(tuple(view(text, f"{number}.txt") for number, text in enumerate(texts, 1)))


def found(shelf: Library, question: str) -> tuple[Question, list[Candidate]]:
    """Return the analysed question and the units that its words find."""
    asked = analyse(question, (), shelf)
    return asked, rank(shelf, asked, {})


def spans(shelf: Library, question: str) -> tuple[Question, list[Span]]:
    """Return the analysed question and the spans that may answer it, best first."""
    asked, candidates = found(shelf, question)
    return asked, read(sought(shelf, asked), candidates)
