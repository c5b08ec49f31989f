"""The plain oracle of the walk: who may see which word, kept in dictionaries and worked out without a database."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from initiatives.access import Role, Viewer
from initiatives.keys import Scope

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


@dataclass(slots=True)
class Place:
    """What somebody is in an organisation, until they have left."""

    id: str
    human: str
    organisation_id: UUID
    role: Role
    left: bool = False


@dataclass(slots=True)
class Key:
    """A key of an organisation, by the word in its name."""

    id: str
    word: str
    viewer: Viewer
    scopes: frozenset[Scope]
    headers: dict[str, str]
    revoked: bool = False


@dataclass(slots=True)
class Hook:
    """A webhook, by the word in its address: `follower` has the eyes it is told by, `told` is what it knows of."""

    id: str
    word: str
    organisation_id: UUID
    follower: Viewer
    told: set[str]


@dataclass(slots=True)
class Talk:
    """A conversation, the words that its owner said in it, and whether others may read it."""

    id: str
    owner: UUID | None
    words: set[str]
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to a conversation, by its word; `organisation_id` is None for the region, whose answers are for all."""

    word: str
    entry: str
    organisation_id: UUID | None


@dataclass(slots=True)
class Model:
    """Everything that has been written, as it ought to be seen."""

    initiatives: dict[str, Scoped] = field(default_factory=dict)
    documents: dict[str, Scoped] = field(default_factory=dict)
    funds: dict[str, str] = field(default_factory=dict)
    links: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    people: dict[str, Human] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    keys: dict[str, Key] = field(default_factory=dict)
    hooks: dict[str, Hook] = field(default_factory=dict)
    talks: dict[str, Talk] = field(default_factory=dict)
    files: dict[str, set[str]] = field(default_factory=dict)
    dialogue: dict[str, Scoped] = field(default_factory=dict)
    replies: list[Reply] = field(default_factory=list)

    def visible(self, things: dict[str, Scoped], person: Viewer) -> list[Scoped]:
        """Return those of the things that the person may see."""
        return [thing for thing in things.values() if thing.seen_by(person)]

    def money(self, thing: Scoped) -> int:
        """Return what the initiative costs."""
        return sum(amount for initiative, _, amount in self.links.values() if initiative == thing.id)

    def places_seen(self, person: Viewer) -> list[Place]:
        """Return the open memberships that the person sees: all, or their own and those of their colleagues."""
        own = str(person.person_id)
        return [
            place
            for place in self.places.values()
            if not place.left
            and (person.role in SEE_ALL or place.human == own or place.organisation_id == person.organisation_id)
        ]

    def known(self, person: Viewer) -> set[str]:
        """Return the people whom the person finds in the list of people."""
        return {place.human for place in self.places_seen(person)}

    def administrators(self) -> set[str]:
        """Return the memberships without which nobody could let anybody in."""
        return {place.id for place in self.places.values() if place.role is Role.ADMINISTRATOR and not place.left}

    def opens(self, key: Key) -> bool:
        """Tell whether a key opens anything: it is not revoked, and somebody is left who answers for it."""
        there = {place.organisation_id for place in self.places.values() if not place.left}
        return not key.revoked and key.viewer.organisation_id in there

    def handles(self, person: Viewer, hook: Hook) -> bool:
        """Tell whether the person sees to it: administrators, and a key of its organisation that sees as much."""
        if person.role is Role.ADMINISTRATOR:
            return True
        own = person.key_id is not None and person.organisation_id == hook.organisation_id
        return own and (person.role in SEE_ALL) == (hook.follower.role in SEE_ALL)

    def allowed(self, person: Viewer, path: str) -> set[str]:
        """Return the words that a response to the person may hold; only in talks and gaps what was asked there."""
        return set(self._allowed(person, path))

    def reads(self, person: Viewer, reply: Reply) -> bool:
        """Tell whether the person may read an answer: the region's and their own, to what they are party to."""
        if person.role in SEE_ALL:
            return True
        mine = reply.organisation_id in {None, person.organisation_id}
        return mine and self.dialogue[reply.entry].seen_by(person)

    def _allowed(self, person: Viewer, path: str) -> Iterator[str]:
        yield from (reply.word for reply in self.replies if self.reads(person, reply))
        for thing in (*self.initiatives.values(), *self.documents.values(), *self.dialogue.values()):
            yield from thing.words_for(person)
            if thing.responsible is not None and thing.shown_to(person, PLAN, ECONOMY):
                yield self.people[thing.responsible].word
        yield from (self.people[one].word for one in self.known(person))
        yield from (key.word for key in self.keys.values() if UUID(key.id) == person.key_id)
        yield from (hook.word for hook in self.hooks.values() if self.handles(person, hook))
        if person.role in SEE_ALL:
            yield from self._in_the_log()
        for initiative, fund, _ in self.links.values():
            if self.initiatives[initiative].shown_to(person, ECONOMY):
                yield self.funds[fund]
        for talk in self.talks.values():
            own = talk.owner is not None and talk.owner == person.person_id
            read = talk.shared and _is_shared(path, talk.id)
            if (own and _is_talk(path)) or read or (person.role in WRITE and _is_gap(path)):
                yield from talk.words

    def _in_the_log(self) -> Iterator[str]:
        """Return what those who see everything may read besides: who there was, and what things were called."""
        yield from self.funds.values()
        yield from (human.word for human in self.people.values())
        yield from (key.word for key in self.keys.values())
        for thing in (*self.initiatives.values(), *self.dialogue.values()):
            yield from thing.former
        for words in self.files.values():
            yield from words


def _is_talk(path: str) -> bool:
    return (
        path.endswith("/export")
        or path == "/"
        or path.startswith(
            ("/api/v1/conversations", "/api/v1/questions", "/api/v1/asked", "/samtal", "/fraga", "/mina-uppgifter")
        )
    )


def _is_shared(path: str, talk: str) -> bool:
    return path in {f"/api/v1/shared-conversations/{talk}", f"/samtal/{talk}/delat"}


def _is_gap(path: str) -> bool:
    return path.startswith(("/api/v1/knowledge-gaps", "/luckor"))
