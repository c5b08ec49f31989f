"""The plain oracle of the walk: who may see which word, kept in dictionaries and worked out without a database."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from initiatives.access import Role, Viewer

CANARY = re.compile(r"kanarie\d{5}x", re.IGNORECASE)
SEE_ALL = frozenset({Role.ADMINISTRATOR, Role.PROGRAMME_GROUP, Role.POLITICIAN})
WRITE = frozenset({Role.ADMINISTRATOR, Role.PROGRAMME_GROUP})


def words_in(text: str) -> set[str]:
    """Return every canary that the text holds."""
    return {found.lower() for found in CANARY.findall(text)}


@dataclass(slots=True)
class Scoped:
    """A thing that some may see: those who see everything, and the organisations that it is shared with."""

    id: str
    words: set[str]
    shared: set[UUID] = field(default_factory=set)
    public: bool = False
    former: set[str] = field(default_factory=set)
    responsible: str | None = None
    name: str = ""

    def seen_by(self, person: Viewer) -> bool:
        """Tell whether the person may see it."""
        return person.role in SEE_ALL or self.public or person.organisation_id in self.shared


@dataclass(slots=True)
class Human:
    """A person by their word; colleagues and those who see all know them, and whoever sees what they answer for."""

    id: str
    word: str
    organisation_id: UUID


@dataclass(slots=True)
class Talk:
    """A conversation, and the words that its owner used in it."""

    id: str
    owner: str
    words: set[str]


@dataclass(slots=True)
class Model:
    """Everything that has been written, as it ought to be seen."""

    initiatives: dict[str, Scoped] = field(default_factory=dict)
    documents: dict[str, Scoped] = field(default_factory=dict)
    funds: dict[str, str] = field(default_factory=dict)
    links: dict[str, tuple[str, str]] = field(default_factory=dict)
    people: dict[str, Human] = field(default_factory=dict)
    talks: dict[str, Talk] = field(default_factory=dict)
    files: dict[str, set[str]] = field(default_factory=dict)

    def visible(self, things: dict[str, Scoped], person: Viewer) -> list[Scoped]:
        """Return those of the things that the person may see."""
        return [thing for thing in things.values() if thing.seen_by(person)]

    def knows(self, person: Viewer, human: Human) -> bool:
        """Tell whether the person finds the other in the list of people."""
        return person.role in SEE_ALL or person.organisation_id == human.organisation_id

    def allowed(self, person: Viewer, name: str, path: str) -> set[str]:
        """Return the words that a response to the person may hold; only in talks and gaps what was asked there."""
        return set(self._allowed(person, name, path))

    def _allowed(self, person: Viewer, name: str, path: str) -> Iterator[str]:
        for thing in (*self.initiatives.values(), *self.documents.values()):
            if thing.seen_by(person):
                yield from thing.words
                if thing.responsible is not None:
                    yield self.people[thing.responsible].word
        yield from (human.word for human in self.people.values() if self.knows(person, human))
        if person.role in SEE_ALL:
            yield from self.funds.values()
            for thing in self.initiatives.values():
                yield from thing.former
            for words in self.files.values():
                yield from words
        for talk in self.talks.values():
            if (talk.owner == name and _is_talk(path)) or (person.role in WRITE and _is_gap(path)):
                yield from talk.words


def _is_talk(path: str) -> bool:
    return path == "/" or path.startswith(("/api/v1/conversations", "/api/v1/questions", "/samtal", "/fraga"))


def _is_gap(path: str) -> bool:
    return path.startswith(("/api/v1/knowledge-gaps", "/luckor"))
