"""Outlined text to drafts of things in the register, by rules of Swedish administrative prose. Pure functions."""

from ingest.extraction.clauses import clauses
from ingest.extraction.grants import grants
from ingest.extraction.plans import plans
from ingest.extraction.sentences import sentences
from ingest.extraction.sequence import moved
from ingest.facts import Facts
from ingest.structure import Outline
from initiatives.suggestions.drafts import Found

MOST = 400
"""How much is suggested of one document; what has more is not a paper to register by hand."""


def extract(outline: Outline, facts: Facts) -> tuple[Found, ...]:
    """Return what the rules find in a document, in reading order, each part after what it is a part of."""
    found: list[Found] = []
    for rule in (clauses, grants, plans, sentences):
        before = len(found)
        found += [moved(one, before) for one in rule(outline, facts)]
    return tuple(found[:MOST])
