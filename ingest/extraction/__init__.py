"""Outlined text to drafts of things in the register, by rules of Swedish administrative prose. Pure functions."""

from ingest.extraction.clauses import clauses
from ingest.facts import Facts
from ingest.structure import Outline
from initiatives.suggestions.drafts import Found

MOST = 400
"""How much is suggested of one document; what has more is not a paper to register by hand."""


def extract(outline: Outline, facts: Facts) -> tuple[Found, ...]:
    """Return what the rules find in a document, in reading order, each part after what it is a part of."""
    found: list[Found] = []
    for rule in (clauses,):
        before = len(found)
        made = rule(outline, facts)
        found += [
            Found(
                one.draft,
                one.start,
                one.end,
                one.confidence,
                one.rule,
                None if one.parent is None else one.parent + before,
            )
            for one in made
        ]
    return tuple(found[:MOST])
