"""Papers as the rules see them, in one line each."""

from ingest.extraction import extract
from ingest.facts import read_facts
from ingest.readers import Page
from ingest.structure import outline
from initiatives.suggestions.drafts import Found


def found(text: str, name: str = "a.txt") -> tuple[Found, ...]:
    """Return what the rules find in a text."""
    outlined = outline(text, [Page(1, 0, len(text), "text")])
    return extract(outlined, read_facts(outlined, name))
