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


OVERVIEW, PLAN, ECONOMY = "översikt", "plan", "ekonomi"


@dataclass(slots=True)
class Scoped:
    """A thing that some may see: those who see everything, and the organisations that it is shared with.

    `shared` are the shares in force, with their profiles; others have ended or are upcoming. `details` are the words
    of which the profile `översikt` shows nothing, and `former` those that nobody sees who does not see the log.
    """

    id: str
    words: set[str]
    shared: dict[UUID, str] = field(default_factory=dict)
    public: bool = False
    details: set[str] = field(default_factory=set)
    former: set[str] = field(default_factory=set)
    responsible: str | None = None
    name: str = ""
    upcoming: set[UUID] = field(default_factory=set)
    ended: set[UUID] = field(default_factory=set)

    def seen_by(self, person: Viewer) -> bool:
        """Tell whether the person may see it."""
        return person.role in SEE_ALL or self.public or person.organisation_id in self.shared

    def shown_to(self, person: Viewer, *profiles: str) -> bool:
        """Tell whether the person may see what these profiles show."""
        mine = self.shared.get(person.organisation_id) if person.organisation_id else None
        return person.role in SEE_ALL or mine in profiles

    def words_for(self, person: Viewer) -> set[str]:
        """Return the words that the person may see of it as it is now."""
        if not self.seen_by(person):
            return set()
        return self.words | self.details if self.shown_to(person, PLAN, ECONOMY) else set(self.words)


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
    links: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    people: dict[str, Human] = field(default_factory=dict)
    talks: dict[str, Talk] = field(default_factory=dict)
    files: dict[str, set[str]] = field(default_factory=dict)

    def visible(self, things: dict[str, Scoped], person: Viewer) -> list[Scoped]:
        """Return those of the things that the person may see."""
        return [thing for thing in things.values() if thing.seen_by(person)]

    def money(self, thing: Scoped) -> int:
        """Return what the initiative costs."""
        return sum(amount for initiative, _, amount in self.links.values() if initiative == thing.id)

    def knows(self, person: Viewer, human: Human) -> bool:
        """Tell whether the person finds the other in the list of people."""
        return person.role in SEE_ALL or person.organisation_id == human.organisation_id

    def allowed(self, person: Viewer, name: str, path: str) -> set[str]:
        """Return the words that a response to the person may hold; only in talks and gaps what was asked there."""
        return set(self._allowed(person, name, path))

    def _allowed(self, person: Viewer, name: str, path: str) -> Iterator[str]:
        for thing in (*self.initiatives.values(), *self.documents.values()):
            yield from thing.words_for(person)
            if thing.responsible is not None and thing.shown_to(person, PLAN, ECONOMY):
                yield self.people[thing.responsible].word
        yield from (human.word for human in self.people.values() if self.knows(person, human))
        if person.role in SEE_ALL:
            yield from self.funds.values()
            for thing in self.initiatives.values():
                yield from thing.former
            for words in self.files.values():
                yield from words
        for initiative, fund, _ in self.links.values():
            if self.initiatives[initiative].shown_to(person, ECONOMY):
                yield self.funds[fund]
        for talk in self.talks.values():
            if (talk.owner == name and _is_talk(path)) or (person.role in WRITE and _is_gap(path)):
                yield from talk.words


def _is_talk(path: str) -> bool:
    return (
        path.endswith("/export")
        or path == "/"
        or path.startswith(("/api/v1/conversations", "/api/v1/questions", "/samtal", "/fraga"))
    )


def _is_gap(path: str) -> bool:
    return path.startswith(("/api/v1/knowledge-gaps", "/luckor"))
