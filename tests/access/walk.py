"""A random walk over the whole application: somebody writes, somebody reads, and an oracle knows who may see what.

Each step is one request or one short series of them. Every response is searched for canaries that its reader may not
see, in body and headers, whatever the status; and what the reader may see must be found, by identifier, by search, in
the count of the list, by the assistant and by whoever is told of changes. The same seed takes the same way. The steps
stand in `steps`, a file for each noun.
"""

import random
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import httpx

from initiatives.access import Role, ScopedSessions, Viewer
from initiatives.base import new_id
from initiatives.keys import Scope
from initiatives.organisations import Organisation, OrganisationKind
from retrieval.embedding import Embedder
from tests.access.model import ECONOMY, OVERVIEW, PLAN, SEE_ALL, WRITE, Human, Key, Model, Place, words_in
from tests.access.world import Actor, Canaries, Maker
from tests.receiver import Receiver

API = "/api/v1"
REMEMBERED = 30
ANY = {"If-Match": "*"}
CHANGES = (
    *("share_initiative", "revise_initiative", "add_initiative") * 2,
    *("make_key", "revoke_key", "join", "switch", "change_role", "register_webhook"),
)


class Difference(AssertionError):
    """The application and the oracle do not agree."""


class Surprise(Difference):
    """Something was not there, or answered otherwise than it should; nothing has been shown that may not be."""


Step = Callable[["Walk"], Awaitable[None]]


@dataclass(slots=True)
class Walk:
    """One walk: the world as it has become, those who act in it, and the way so far.

    `actors` are browsers in which somebody is signed in, by name. `steps` are what can be done, and how often.
    """

    client: httpx.AsyncClient
    sessions: ScopedSessions
    embedder: Embedder
    random: random.Random
    steps: Mapping[str, tuple[float, Step]]
    receiver: Receiver
    model: Model = field(default_factory=Model)
    canary: Canaries = field(default_factory=Canaries)
    profiles: tuple[str, ...] = (OVERVIEW, PLAN, ECONOMY)
    actors: dict[str, Actor] = field(default_factory=dict)
    towns: list[Organisation] = field(default_factory=list)
    region: Organisation = field(init=False)
    taken: Counter[str] = field(default_factory=Counter)
    way: deque[str] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    cursors: dict[str, str] = field(default_factory=dict)
    only_leaks: bool = False

    @property
    def make(self) -> Maker:
        """Return what makes things past the application."""
        return Maker(self.sessions, self.embedder)

    async def begin(self) -> None:
        """Let in the people and give them something to look at."""
        self.region = await self.make.organisation("Vandringsregionen", OrganisationKind.REGION)
        self.towns = [await self.make.organisation(f"{name} kommun") for name in ("Alfa", "Beta", "Gamma")]
        for role in (Role.ADMINISTRATOR, Role.PROGRAMME_GROUP, Role.POLITICIAN):
            await self._enter(role, self.region)
        for town in self.towns:
            await self._enter(Role.PARTNER, town)
        await self._enter(Role.PARTNER, self.towns[0])
        await self._enter(Role.READER, self.towns[1])
        for name in ("add_initiative", "add_document") * 4 + ("add_fund",):
            await self.steps[name][1](self)

    async def _enter(self, role: Role, organisation: Organisation) -> None:
        word = self.canary()
        actor = await self.make.person(f"{role.value.title()} {word}", role, organisation)
        self.settle(actor, word)

    def settle(self, actor: Actor, word: str) -> None:
        """Note somebody new by their word, with their one membership and the browser in which they are signed in."""
        viewer = viewer_of(actor)
        human = Human(str(viewer.person_id), word)
        self.model.people[human.id] = human
        self.model.places[str(viewer.membership_id)] = place_of(viewer)
        self.actors[actor.name] = actor

    async def go(self, steps: int) -> None:
        """Take many steps."""
        for _ in range(steps):
            await self.step()

    async def step(self) -> None:
        """Take one step."""
        names = list(self.steps)
        await self.take(self.random.choices(names, [self.steps[one][0] for one in names])[0])

    async def take(self, name: str) -> None:
        """Take the named step."""
        self.taken[name] += 1
        try:
            await self.steps[name][1](self)
        except Surprise:
            if not self.only_leaks:
                raise

    async def repeat(self, names: Collection[str], times: int) -> None:
        """Take the named steps, one after the other, many times."""
        for _ in range(times):
            for name in names:
                await self.take(name)

    async def write(self) -> None:
        """Take one of the steps that change what is seen, or who somebody is, and cost little."""
        await self.take(self.random.choice(CHANGES))

    # Asking

    async def call(
        self, actor: Actor, method: str, path: str, *, status: Collection[int] = (), **more: Any
    ) -> httpx.Response:
        """Send a request, hold the answer against the oracle, and return it."""
        sent = {**actor.headers, **more.pop("headers", {})}
        answer = await self.client.request(method, path, headers=sent, **more)
        self.client.cookies.clear()
        self.way.append(f"{actor.name}: {method} {path} {more} -> {answer.status_code}")
        self.check(actor, path, answer, words_in(f"{path} {more}"))
        if answer.status_code >= 500 or (status and answer.status_code not in status):
            raise Surprise(self.told(f"status {answer.status_code}, not {status}: {answer.text[:500]}"))
        return answer

    def check(self, actor: Actor, path: str, answer: httpx.Response, said: set[str]) -> None:
        """Raise `Difference` if the answer holds a word that the actor may not see and did not say."""
        found = words_in(answer.text) | words_in(str(answer.headers))
        leaked = found - self.model.allowed(viewer_of(actor), path) - said
        if leaked:
            raise Difference(self.told(f"{actor.name} was shown {sorted(leaked)} at {path}"))

    def told(self, what: str) -> str:
        """Return what went wrong with the way there."""
        return "\n".join((what, "the way there:", *self.way))

    def expect(self, found: object, expected: object, what: str) -> None:
        """Raise `Surprise` unless the two are the same."""
        if found != expected:
            raise Surprise(self.told(f"{what}: {found} instead of {expected}"))

    def has(self, answer: httpx.Response, words: set[str]) -> None:
        """Raise `Surprise` unless the answer holds the words."""
        self.expect(words - words_in(answer.text), set(), f"missing at {answer.request.url}")

    # Choosing

    def anyone(self, *scopes: Scope) -> Actor:
        """Return somebody in a browser, or, with scopes, now and then a program whose key has them all."""
        keys = self.programs(*scopes) if scopes and self.random.random() < 0.25 else []
        return self.random.choice(keys or list(self.actors.values()))

    def programs(self, *scopes: Scope) -> list[Actor]:
        """Return the programs whose keys open and have all these scopes."""
        return [
            by_key(key) for key in self.model.keys.values() if self.model.opens(key) and key.scopes.issuperset(scopes)
        ]

    def writer(self) -> Actor:
        """Return somebody who may write."""
        browsers = [one for one in self.actors.values() if viewer_of(one).role in WRITE]
        keys = self.programs(Scope.READ, Scope.WRITE) if self.random.random() < 0.2 else []
        return self.random.choice(keys or browsers)

    def administrator(self) -> Actor:
        """Return somebody who may administer."""
        return self.random.choice([one for one in self.actors.values() if viewer_of(one).role is Role.ADMINISTRATOR])

    def thing(self, things: dict[str, Any]) -> Any:
        """Return one of the things, a new one more often than an old one."""
        found = list(things.values())
        return self.random.choice(found[-12:] if self.random.random() < 0.7 else found)

    def some_towns(self) -> list[UUID]:
        """Return no, one or several municipalities."""
        return [town.id for town in self.towns if self.random.random() < 0.35]

    def anywhere(self) -> Organisation:
        """Return one of the organisations."""
        return self.random.choice([self.region, *self.towns])

    def any_id(self, wanted: str) -> str:
        """Return the identifier of any thing of a kind, or one that nothing has."""
        pools: dict[str, Collection[str]] = {
            "initiative": self.model.initiatives,
            "document": self.model.documents,
            "dialogue": self.model.dialogue,
            "fund": self.model.funds,
            "link": self.model.links,
            "person": self.model.people,
            "membership": self.model.places,
            "key": self.model.keys,
            "webhook": self.model.hooks,
            "conversation": [talk.id for talk in self.model.talks.values() if talk.id],
            "organisation": [str(one.id) for one in (self.region, *self.towns)],
        }
        return self.random.choice(list(pools.get(wanted, ())) or [str(new_id())])


def viewer_of(actor: Actor) -> Viewer:
    """Return as whom somebody acts."""
    if actor.viewer is None:
        raise AssertionError(f"{actor.name} is nobody")
    return actor.viewer


def place_of(viewer: Viewer) -> Place:
    """Return the membership that a person acts in."""
    if viewer.organisation_id is None:
        raise AssertionError(f"{viewer.name} is nowhere")
    return Place(str(viewer.membership_id), str(viewer.person_id), viewer.organisation_id, viewer.role)


def by_key(key: Key) -> Actor:
    """Return a program that comes with a key."""
    return Actor(f"nyckel {key.word}", key.headers, key.viewer)


def acting_with(actor: Actor, role: Role) -> Actor:
    """Return the same browser with another role."""
    return replace(actor, viewer=replace(viewer_of(actor), role=role))


def sees_everything(actor: Actor) -> bool:
    """Tell whether somebody sees the whole register."""
    return viewer_of(actor).role in SEE_ALL
