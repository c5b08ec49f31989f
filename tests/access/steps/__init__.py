"""What can be done in a walk, a file for each noun, and how often it is done; what costs much is done seldom."""

from collections.abc import Mapping

from tests.access.steps import (
    assistants,
    dialogue,
    documents,
    initiatives,
    keys,
    looking,
    people,
    questions,
    talks,
    webhooks,
)
from tests.access.walk import Step

_NOUNS = (initiatives, documents, questions, talks, looking, people, keys, webhooks, dialogue, assistants)
STEPS: Mapping[str, tuple[float, Step]] = {name: step for noun in _NOUNS for name, step in noun.STEPS.items()}
"""The weight of each step beside the others, and the step."""

READERS = [name for name in STEPS if name.startswith(("read_", "count_", "search_", "look_", "open_"))]
"""The steps that change nothing."""
