"""Drafts of several rules in one sequence."""

from initiatives.suggestions.drafts import Found


def moved(one: Found, before: int) -> Found:
    """Return the same draft in a sequence that has `before` others in front of it."""
    parent = None if one.parent is None else one.parent + before
    return Found(one.draft, one.start, one.end, one.confidence, one.rule, parent)
