"""A random walk over the whole application: somebody writes, somebody reads, and an oracle knows who may see what.

Each step is one request or one short series of them. Every response is searched for canaries that its reader may not
see, in body and headers, whatever the status; and what the reader may see must be found, by identifier, by search, in
the count of the list and by the assistant. The same seed takes the same way.
"""

import random
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from ingest import pipeline
from ingest.pipeline import Pipeline
from initiatives.access import Role, ScopedSessions, Viewer
from initiatives.base import new_id
from initiatives.organisations import Organisation, OrganisationKind
from initiatives.swedish import today
from retrieval.embedding import Embedder
from tests.access.calls import NOTHING, Operation, kind, operations, request
from tests.access.model import ECONOMY, OVERVIEW, PLAN, SEE_ALL, WRITE, Human, Model, Scoped, Talk, words_in
from tests.access.world import Actor, Canaries, InProcess, Maker, text_about

API = "/api/v1"
REMEMBERED = 30
ANY = {"If-Match": "*"}
PERIODS = ((0, None), (0, None), (-3, None), (-3, 3), (-5, -2), (2, None))
"""The first and last days of shares, counted from today."""
HTML = {"accept": "text/html"}
READS = [one for one in operations() if one.method == "GET" and one.name != "getApiInfo"]
PAGES = ("/", "/samtal", "/initiativ", "/dokument", "/delat", "/luckor", "/initiativ/nytt", "/om", "/finns-inte")


class Difference(AssertionError):
    """The application and the oracle do not agree."""


class Surprise(Difference):
    """Something was not there, or answered otherwise than it should; nothing has been shown that may not be."""


@dataclass(slots=True)
class Walk:
    """One walk: the world as it has become, those who act in it, and the way so far."""

    client: httpx.AsyncClient
    sessions: ScopedSessions
    embedder: Embedder
    random: random.Random
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
        for _ in range(4):
            await self.add_initiative()
            await self.add_document()
        await self.add_fund()

    async def _enter(self, role: Role, organisation: Organisation) -> None:
        word = self.canary()
        actor = await self.make.person(f"{role.value.title()} {word}", role, organisation)
        human = Human(str(_viewer(actor).person_id), word, organisation.id)
        self.model.people[human.id] = human
        self.actors[actor.name] = actor

    async def go(self, steps: int) -> None:
        """Take many steps."""
        for _ in range(steps):
            await self.step()

    async def step(self) -> None:
        """Take one step."""
        names = list(STEPS)
        await self.take(self.random.choices(names, [STEPS[one][0] for one in names])[0])

    async def take(self, name: str) -> None:
        """Take the named step."""
        self.taken[name] += 1
        try:
            await STEPS[name][1](self)
        except Surprise:
            if not self.only_leaks:
                raise

    async def write(self) -> None:
        """Take one of the steps that change what is seen and cost little."""
        await self.take(self.random.choice(("share_initiative", "revise_initiative", "add_initiative")))

    # Asking

    async def call(
        self, actor: Actor, method: str, path: str, *, status: set[int] | None = None, **more: Any
    ) -> httpx.Response:
        """Send a request, hold the answer against the oracle, and return it."""
        sent = {**actor.headers, **more.pop("headers", {})}
        answer = await self.client.request(method, path, headers=sent, **more)
        self.way.append(f"{actor.name}: {method} {path} {more} -> {answer.status_code}")
        self.check(actor, path, answer, words_in(f"{path} {more}"))
        if answer.status_code >= 500 or (status and answer.status_code not in status):
            raise Surprise(self.told(f"status {answer.status_code}, not {status}: {answer.text[:500]}"))
        return answer

    def check(self, actor: Actor, path: str, answer: httpx.Response, said: set[str]) -> None:
        """Raise `Difference` if the answer holds a word that the actor may not see and did not say."""
        found = words_in(answer.text) | words_in(str(answer.headers))
        leaked = found - self.model.allowed(_viewer(actor), actor.name, path) - said
        if leaked:
            raise Difference(self.told(f"{actor.name} was shown {sorted(leaked)} at {path}"))

    def told(self, what: str) -> str:
        """Return what went wrong with the way there."""
        return "\n".join((what, "the way there:", *self.way))

    def expect(self, found: object, expected: object, what: str) -> None:
        """Raise `Difference` unless the two are the same."""
        if found != expected:
            raise Surprise(self.told(f"{what}: {found} instead of {expected}"))

    # Choosing

    def anyone(self) -> Actor:
        """Return somebody."""
        return self.random.choice(list(self.actors.values()))

    def writer(self) -> Actor:
        """Return somebody who may write."""
        return self.random.choice([one for one in self.actors.values() if _viewer(one).role in WRITE])

    def thing(self, things: dict[str, Any]) -> Any:
        """Return one of the things, a new one more often than an old one."""
        found = list(things.values())
        return self.random.choice(found[-12:] if self.random.random() < 0.7 else found)

    def some_towns(self) -> list[UUID]:
        """Return no, one or several municipalities."""
        return [town.id for town in self.towns if self.random.random() < 0.35]

    # Writing

    async def add_initiative(self) -> None:
        title, summary, shared = self.canary(), self.canary(), self.some_towns()
        responsible = self.random.choice([None, *self.model.people])
        body = {
            "title": f"Insats {title}",
            "summary": f"Om {summary} i korthet.",
            "lead_organisation_id": str(self.random.choice([self.region, *self.towns]).id),
            "responsible_id": responsible,
            "shared_with": [str(one) for one in shared],
        }
        # The words are known before the answer comes, or the answer itself would be a leak.
        scoped = Scoped("", {title}, dict.fromkeys(shared, PLAN), details={summary}, responsible=responsible)
        answer = await self.call(self.writer(), "POST", f"{API}/initiatives", json=body, status={201})
        scoped.id = answer.json()["id"]
        self.model.initiatives[scoped.id] = scoped

    async def revise_initiative(self) -> None:
        thing: Scoped = self.thing(self.model.initiatives)
        title, summary = self.canary(), self.canary()
        body: dict[str, Any] = {"title": f"Ändrad {title}", "summary": f"Nu om {summary}."}
        responsible = thing.responsible
        if self.random.random() < 0.3:
            responsible = body["responsible_id"] = self.random.choice([None, *self.model.people])
        path = f"{API}/initiatives/{thing.id}"
        await self.call(self.writer(), "PATCH", path, json=body, headers=ANY, status={200})
        thing.former |= thing.words | thing.details
        thing.words, thing.details, thing.responsible = {title}, {summary}, responsible

    async def share_initiative(self) -> None:
        thing: Scoped = self.thing(self.model.initiatives)
        town = self.random.choice(self.towns).id
        path = f"{API}/initiatives/{thing.id}/shares/{town}"
        known = town in {*thing.shared, *thing.upcoming, *thing.ended}
        thing.shared.pop(town, None)
        thing.upcoming.discard(town)
        thing.ended.discard(town)
        if known and self.random.random() < 0.5:
            await self.call(self.writer(), "DELETE", path, headers=ANY, status={204})
            return
        profile = self.random.choice(self.profiles)
        first, last = self.random.choice(PERIODS)
        day = today()
        body = {
            "profile": profile,
            "from_on": str(day + timedelta(days=first)),
            "to_on": None if last is None else str(day + timedelta(days=last)),
        }
        if first > 0:
            thing.upcoming.add(town)
        elif last is not None and last < 0:
            thing.ended.add(town)
        else:
            thing.shared[town] = profile
        await self.call(self.writer(), "PUT", path, json=body, headers=ANY, status={200})

    async def add_fund(self) -> None:
        word = self.canary()
        body = {
            "name": f"Anslag {word}",
            "organisation_id": str(self.random.choice([self.region, *self.towns]).id),
            "year": 2026,
            "frame_kronor": 5_000_000,
        }
        answer = await self.call(self.writer(), "POST", f"{API}/funds", json=body, status={201})
        self.model.funds[answer.json()["id"]] = word

    async def move_money(self) -> None:
        if self.model.links and self.random.random() < 0.4:
            link, (initiative, _, _) = self.random.choice(list(self.model.links.items()))
            path = f"{API}/initiatives/{initiative}/budget-links/{link}"
            await self.call(self.writer(), "DELETE", path, headers=ANY, status={204})
            del self.model.links[link]
            return
        initiative, fund = self.thing(self.model.initiatives).id, self.random.choice(list(self.model.funds))
        amount = self.random.choice([100_000, 1_000_000])
        body = {"fund_id": fund, "amount_kronor": amount, "year": 2026}
        path = f"{API}/initiatives/{initiative}/budget-links"
        answer = await self.call(self.writer(), "POST", path, json=body, headers=ANY, status={201, 409})
        if answer.status_code == 201:
            self.model.links[answer.json()["id"]] = (initiative, fund, amount)

    async def add_document(self) -> None:
        word = self.canary()
        await self._upload(f"{word}.md", word, self.random.random() < 0.15, self.some_towns())

    async def renew_document(self) -> None:
        thing: Scoped = self.thing(self.model.documents)
        await self._upload(thing.name, self.canary(), thing.public, self.some_towns())

    async def _upload(self, name: str, word: str, public: bool, shared: list[UUID]) -> None:
        form = {"visibility": "public" if public else "internal", "shared_with": [str(one) for one in shared]}
        files = {"file": (name, text_about(word).encode())}
        self.model.files.setdefault(name, words_in(name)).add(word)
        answer = await self.call(self.writer(), "POST", f"{API}/documents", data=form, files=files, status={202})
        ingestion_id = UUID(answer.json()["ingestion_id"])
        await pipeline.run(Pipeline(self.sessions, self.embedder, InProcess()), ingestion_id)
        shown = await self.call(self.writer(), "GET", f"{API}/ingestions/{ingestion_id}", status={200})
        document_id = shown.json()["document_id"]
        known = self.model.documents.setdefault(document_id, Scoped(document_id, set(), public=public, name=name))
        known.words |= {word, *words_in(name)}
        known.shared |= dict.fromkeys(shared, PLAN)

    async def share_document(self) -> None:
        """Bring in the same bytes once more for somebody else, which shares them and does nothing more."""
        thing: Scoped = self.thing(self.model.documents)
        viewer = next(one for one in self.actors.values() if _viewer(one).role in WRITE)
        original = await self.call(viewer, "GET", f"{API}/documents/{thing.id}/original", status={200})
        shared = self.some_towns()
        form = {"visibility": "public" if thing.public else "internal", "shared_with": [str(one) for one in shared]}
        files = {"file": (thing.name, original.content)}
        answer = await self.call(self.writer(), "POST", f"{API}/documents", data=form, files=files, status={202})
        self.expect(answer.json()["unchanged"], True, "the same bytes")
        thing.shared |= dict.fromkeys(shared, PLAN)

    async def try_in_vain(self) -> None:
        """Let somebody who may not write try to."""
        actor = self.random.choice([one for one in self.actors.values() if _viewer(one).role not in WRITE])
        thing: Scoped = self.thing(self.model.initiatives)
        path = f"{API}/initiatives/{thing.id}"
        status = {403} if thing.seen_by(_viewer(actor)) else {404}
        body = {"title": "Kapad"}
        tries: list[tuple[str, str, dict[str, Any]]] = [
            ("PATCH", path, {"json": body}),
            ("PUT", f"{path}/shares/{_viewer(actor).organisation_id}", {}),
            ("DELETE", f"{path}/shares/{self.towns[0].id}", {}),
            ("POST", f"{path}/budget-links", {"json": _money(self.random.choice(list(self.model.funds)))}),
        ]
        method, where, more = self.random.choice(tries)
        await self.call(actor, method, where, headers=ANY, status=status, **more)

    # Reading

    async def read_initiative(self) -> None:
        actor, thing = self.anyone(), self.thing(self.model.initiatives)
        seen = thing.seen_by(_viewer(actor))
        answer = await self.call(actor, "GET", f"{API}/initiatives/{thing.id}", status={200 if seen else 404})
        if seen:
            self._has(answer, thing.words_for(_viewer(actor)))
            money = self.model.money(thing) if thing.shown_to(_viewer(actor), ECONOMY) else None
            self.expect(answer.json()["budget_kronor"], money, f"money shown to {actor.name}")
            shown = {one["id"] for one in answer.json()["shared_with"]}
            own = _viewer(actor).organisation_id
            mine = {one for one in (*thing.shared, *thing.upcoming) if self._all(actor) or one == own}
            self.expect(shown, {str(one) for one in mine}, "shared with")

    async def read_document(self) -> None:
        actor, thing = self.anyone(), self.thing(self.model.documents)
        place = self.random.choice(("", "/text", "/original"))
        status = {200 if thing.seen_by(_viewer(actor)) else 404}
        await self.call(actor, "GET", f"{API}/documents/{thing.id}{place}", status=status)

    async def count_initiatives(self) -> None:
        actor = self.anyone()
        seen = self.model.visible(self.model.initiatives, _viewer(actor))
        params: dict[str, Any] = {"limit": self.random.choice([1, 5, 100]), "page": self.random.choice([1, 1, 2])}
        params["sort"] = self.random.choice(["title", "-updated_at", "status"])
        if self.random.random() < 0.3:
            town = self.random.choice(self.towns).id
            params["shared_with"] = str(town)
            mine = self._all(actor) or town == _viewer(actor).organisation_id
            seen = [thing for thing in seen if mine and town in thing.shared]
        elif self.random.random() < 0.3:
            responsible = self.random.choice(list(self.model.people))
            params["responsible"] = responsible
            seen = [
                thing
                for thing in seen
                if thing.responsible == responsible and thing.shown_to(_viewer(actor), PLAN, ECONOMY)
            ]
        answer = await self.call(actor, "GET", f"{API}/initiatives", params=params, status={200})
        self.expect(answer.json()["total"], len(seen), f"initiatives of {actor.name} with {params}")

    async def count_documents(self) -> None:
        actor = self.anyone()
        seen = self.model.visible(self.model.documents, _viewer(actor))
        answer = await self.call(actor, "GET", f"{API}/documents", params={"limit": 3}, status={200})
        self.expect(answer.json()["total"], len(seen), f"documents of {actor.name}")

    async def count_people(self) -> None:
        actor = self.anyone()
        known = [one for one in self.model.people.values() if self.model.knows(_viewer(actor), one)]
        answer = await self.call(actor, "GET", f"{API}/people", params={"limit": 100}, status={200})
        self.expect({one["id"] for one in answer.json()["items"]}, {one.id for one in known}, "people")

    async def search(self) -> None:
        actor = self.anyone()
        things, path = self.random.choice(
            ((self.model.initiatives, f"{API}/initiatives"), (self.model.documents, f"{API}/documents"))
        )
        thing: Scoped = self.thing(things)
        word = self.random.choice(sorted(words_in(thing.name) or thing.words | thing.details))
        answer = await self.call(actor, "GET", path, params={"q": word}, status={200})
        found = word in thing.words_for(_viewer(actor))
        self.expect(answer.json()["total"], int(found), f"{actor.name} searches for {word}")

    async def search_former(self) -> None:
        """Search for what an initiative was once called: found by nobody."""
        former = [word for thing in self.model.initiatives.values() for word in thing.former]
        if former:
            params = {"q": self.random.choice(sorted(former)[-40:])}
            answer = await self.call(self.anyone(), "GET", f"{API}/initiatives", params=params, status={200})
            self.expect(answer.json()["total"], 0, f"search for {params}")

    async def read_fund(self) -> None:
        actor = self.anyone()
        status = {200 if self._all(actor) else 404}
        await self.call(actor, "GET", f"{API}/funds/{self.random.choice(list(self.model.funds))}", status=status)
        answer = await self.call(actor, "GET", f"{API}/funds", status={200})
        self.expect(answer.json()["total"], len(self.model.funds) if self._all(actor) else 0, "funds")

    async def ask(self) -> None:
        actor, thing = self.anyone(), self.thing(self.model.documents)
        word = self.random.choice(sorted(thing.words))
        question = f"Hur mycket avsätts till {word} under 2026?"
        body: dict[str, Any] = {"question": question}
        talks = [talk for talk in self.model.talks.values() if talk.owner == actor.name]
        if talks and self.random.random() < 0.3:
            body["conversation_id"] = self.random.choice(talks).id
        headers = {"accept": "text/event-stream"} if self.random.random() < 0.2 else {}
        answer = await self.call(actor, "POST", f"{API}/questions", json=body, headers=headers, status={200})
        if headers:
            body.pop("conversation_id", None)
            return await self._kept(actor, words_in(answer.text))
        told = answer.json()
        talk = self.model.talks.setdefault(told["conversation_id"], Talk(told["conversation_id"], actor.name, set()))
        talk.words |= words_in(answer.text)
        if thing.seen_by(_viewer(actor)) and self._latest(thing, word):
            self._has(answer, {word})
            passages = words_in(str(told["passages"]))
            self.expect(word in passages, True, f"{actor.name} finds {word}")
        return None

    async def _kept(self, actor: Actor, words: set[str]) -> None:
        """Note the conversation that a stream has opened or gone on with."""
        for talk in self.model.talks.values():
            if talk.owner == actor.name:
                talk.words |= words
        self.model.talks.setdefault(f"stream-{actor.name}", Talk("", actor.name, set())).words |= words

    async def read_talk(self) -> None:
        talks = [talk for talk in self.model.talks.values() if talk.id]
        if talks:
            actor, talk = self.anyone(), self.random.choice(talks)
            status = {200 if talk.owner == actor.name else 404}
            await self.call(actor, "GET", f"{API}/conversations/{talk.id}", status=status)

    async def follow(self) -> None:
        actor = self.anyone()
        params = {"since": self.cursors[actor.name]} if actor.name in self.cursors else {}
        answer = await self.call(actor, "GET", f"{API}/changes", params={**params, "limit": 100}, status={200})
        told = answer.json()
        self.cursors[actor.name] = told["cursor"]
        seen = {thing.id for things in (self.model.initiatives, self.model.documents) for thing in things.values()
                if thing.seen_by(_viewer(actor))}  # fmt: skip
        shown = {one["id"] for one in told["items"] if one["kind"] != "unshared"}
        self.expect(shown - seen, set(), f"changes of {actor.name}")

    async def look_anywhere(self) -> None:
        """Read any operation of the description, with the identifiers of any things."""
        actor, operation = self.anyone(), self.random.choice(READS)
        arguments = self._anything(operation)
        await self.call(actor, arguments.pop("method"), arguments.pop("url"), **arguments)

    async def open_page(self) -> None:
        """Open any page as a browser would."""
        actor = self.anyone()
        initiative, document = self.thing(self.model.initiatives), self.thing(self.model.documents)
        word = self.random.choice(sorted(initiative.words | initiative.details))
        things = {f"/initiativ/{initiative.id}": initiative, f"/dokument/{document.id}": document}
        path = self.random.choice((*PAGES, *things, *things, f"/initiativ?q={word}", f"/dokument?q={word}"))
        thing = things.get(path)
        status = None if thing is None else {200 if thing.seen_by(_viewer(actor)) else 404}
        answer = await self.call(actor, "GET", path, headers=HTML, status=status)
        if thing is not None and answer.status_code == 200 and thing is initiative:
            self._has(answer, thing.words_for(_viewer(actor)))

    def _anything(self, operation: Operation) -> dict[str, Any]:
        ids = {name: self._any_id(kind(name)) for name in operation.path_ids + operation.query_ids}
        own = {kind(name): one for name, one in ids.items()}
        varied = self.random.choice((NOTHING, *operation.query_ids))
        return request(operation, own, varied, ids.get(varied, ""))

    def _any_id(self, wanted: str) -> str:
        pools: dict[str, list[str]] = {
            "initiative": list(self.model.initiatives),
            "document": list(self.model.documents),
            "fund": list(self.model.funds),
            "link": list(self.model.links),
            "person": list(self.model.people),
            "conversation": [talk.id for talk in self.model.talks.values() if talk.id],
            "organisation": [str(one.id) for one in (self.region, *self.towns)],
        }
        return self.random.choice(pools.get(wanted) or [str(new_id())])

    def _all(self, actor: Actor) -> bool:
        return _viewer(actor).role in SEE_ALL

    def _has(self, answer: httpx.Response, words: set[str]) -> None:
        missing = words - words_in(answer.text)
        self.expect(missing, set(), f"missing at {answer.request.url}")

    def _latest(self, thing: Scoped, word: str) -> bool:
        """Tell whether the word stands in the document as it is now; its name holds the first."""
        return word == max(thing.words) and word not in words_in(thing.name)


def _viewer(actor: Actor) -> Viewer:
    if actor.viewer is None:
        raise AssertionError(f"{actor.name} is nobody")
    return actor.viewer


def _money(fund: str) -> dict[str, Any]:
    return {"fund_id": fund, "amount_kronor": 1, "year": 2026}


Step = Callable[[Walk], Awaitable[None]]
STEPS: dict[str, tuple[float, Step]] = {
    "add_initiative": (3, Walk.add_initiative),
    "revise_initiative": (4, Walk.revise_initiative),
    "share_initiative": (8, Walk.share_initiative),
    "add_fund": (0.5, Walk.add_fund),
    "move_money": (2, Walk.move_money),
    "add_document": (0.7, Walk.add_document),
    "renew_document": (0.7, Walk.renew_document),
    "share_document": (1, Walk.share_document),
    "try_in_vain": (5, Walk.try_in_vain),
    "read_initiative": (12, Walk.read_initiative),
    "read_document": (8, Walk.read_document),
    "count_initiatives": (8, Walk.count_initiatives),
    "count_documents": (4, Walk.count_documents),
    "count_people": (2, Walk.count_people),
    "search": (9, Walk.search),
    "search_former": (2, Walk.search_former),
    "read_fund": (2, Walk.read_fund),
    "ask": (0.8, Walk.ask),
    "read_talk": (2, Walk.read_talk),
    "follow": (3, Walk.follow),
    "look_anywhere": (14, Walk.look_anywhere),
    "open_page": (8, Walk.open_page),
}
"""How often each kind of step is taken; what costs much is taken seldom."""

READERS = [name for name in STEPS if name.startswith(("read_", "count_", "search", "look_", "open_"))]
"""The steps that change nothing."""
