"""The small world in which access is proved: a region, two municipalities, and people of every kind.

Everything is made here, through public functions, and nowhere else in these proofs: when a way of making something
changes, this file changes. Whatever only some may see holds a word of its own, its canary, by which a leak is known.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from api.rest.answers import ANSWER
from ingest import intake, origins, pipeline
from ingest.errors import Stage, UnreadableFile
from ingest.jobs import Ingestion
from ingest.parsing import Parsed, Source, parse
from ingest.pipeline import Pipeline
from ingest.sandbox import OnStage, Sandbox
from initiatives import (
    assignments,
    calendar_feeds,
    clauses,
    comments,
    decision_links,
    decisions,
    deliveries,
    dependencies,
    effects,
    findings,
    funds,
    initiatives,
    invitations,
    keys,
    matters,
    milestones,
    remarks,
    reports,
    saved_filters,
    sources,
    taxonomy,
    webhooks,
)
from initiatives.access import SYSTEM, Role, ScopedSessions, Viewer
from initiatives.base import new_id
from initiatives.checks import Subject
from initiatives.credentials import LoginSession
from initiatives.dialogue import agreements as municipal
from initiatives.dialogue import entries
from initiatives.distribution import listings, runs
from initiatives.distribution import plan as shared
from initiatives.distribution.listings import Points
from initiatives.grants import agreements, amounts, components, conditions, obligations
from initiatives.indicators import measured
from initiatives.organisations import Organisation, OrganisationKind
from initiatives.suggestions import listing
from initiatives.suggestions.drafts import Kind
from initiatives.taxonomy import Dimension, editing
from retrieval import conversations, following
from retrieval.documents import Document
from retrieval.embedding import Embedder
from retrieval.gaps import KnowledgeGap
from tests import factories
from tests.access import money

Ids = Mapping[str, str]

DECIDED_ON = date(2026, 3, 9)
ANONYMOUS, REVOKED = "anonym", "spärrad"
ROLES = (Role.ADMINISTRATOR, Role.PROGRAMME_GROUP, Role.POLITICIAN, Role.READER)


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who calls: what they send to be known, and the things that are and are not theirs to see, by kind."""

    name: str
    headers: Mapping[str, str]
    viewer: Viewer | None = None
    own: Ids = field(default_factory=dict)
    foreign: Ids = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Side:
    """What one municipality has been shown, by kind, and the word that stands in all of it."""

    canary: str
    ids: Ids


class InProcess(Sandbox):
    """Reads files here instead of in a child, for the tests' own harmless ones."""

    async def parse(self, source: Source, data: bytes, on_stage: OnStage) -> Parsed:
        """Return the file as the child would."""
        return parse(source, data, lambda _: None)


class Canaries:
    """Words that stand nowhere else and that no search takes apart: `kanarie0001x`, and so on."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(self) -> str:
        """Return a word that nobody has had."""
        self._count += 1
        return f"kanarie{self._count:05d}x"


@dataclass(frozen=True, slots=True)
class World:
    """All of it. `sides` are what is shared with either municipality alone."""

    region: Organisation
    sides: tuple[Side, Side]
    actors: Mapping[str, Actor]


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes things in a database, each in a transaction of its own."""

    sessions: ScopedSessions
    embedder: Embedder

    async def organisation(self, name: str, kind: OrganisationKind = OrganisationKind.MUNICIPALITY) -> Organisation:
        """Add an organisation."""
        async with self.sessions(SYSTEM) as session:
            return await factories.organisation(session, name, kind)

    async def person(self, name: str, role: Role, organisation: Organisation, *, revoked: bool = False) -> Actor:
        """Add a person who is signed in, or, if it is `revoked`, comes with a key that no longer opens anything."""
        async with self.sessions(SYSTEM) as session:
            email = f"{new_id()}@test.example"
            added = await factories.person(
                session, role, organisation_id=organisation.id, name=name, email=email, password=None
            )
            headers = await factories.signed_in(session, added)
            if revoked:
                key, secret = await factories.key(session, role, organisation_id=organisation.id)
                await keys.revoke_key(session, SYSTEM, key.id)
                headers = {"authorization": f"Bearer {secret}"}
            return Actor(name, headers, await factories.acting_as(session, added))

    async def key(self, organisation: Organisation, word: str) -> UUID:
        """Give an organisation a key with the word in its name."""
        async with self.sessions(SYSTEM) as session:
            made, _ = await factories.key(session, Role.READER, organisation_id=organisation.id, name=f"Nyckel {word}")
            return made.id

    async def session_of(self, person: Viewer) -> UUID | None:
        """Return the session in which somebody is signed in."""
        async with self.sessions(SYSTEM) as session:
            return await session.scalar(select(LoginSession.id).where(LoginSession.person_id == person.person_id))

    async def initiative(
        self,
        lead: Organisation,
        word: str,
        *,
        responsible: UUID | None = None,
        shared_with: tuple[UUID, ...] = (),
        title: str = "",
    ) -> UUID:
        """Add an initiative whose title and summary hold the word."""
        async with self.sessions(SYSTEM) as session:
            made = await initiatives.create(
                session,
                SYSTEM,
                title=title or f"Insats {word}",
                summary=title or f"Handlar om {word} och annat.",
                lead_organisation_id=lead.id,
                responsible_id=responsible,
                shared_with=shared_with,
            )
            return made.id

    async def money(self, owner: Organisation, initiative_id: UUID, word: str) -> tuple[UUID, UUID]:
        """Add a fund with the word in its name, and a link from the initiative; return both identifiers."""
        async with self.sessions(SYSTEM) as session:
            fund = await funds.create_fund(
                session, SYSTEM, name=f"Anslag {word}", organisation_id=owner.id, year=2026, frame_kronor=9_000_000
            )
            await session.flush()
            link = await funds.link(session, SYSTEM, initiative_id, fund_id=fund.id, amount_kronor=1_000_000, year=2026)
            return fund.id, link.id

    async def distribution(self, word: str) -> tuple[UUID, UUID]:
        """Carry out a distribution to a unit with the word in its name, and keep its numbers; return both."""
        stage = shared.Stage(name=f"Steg {word}", basis="listade", share="1/1")
        unit = shared.Unit(name=f"Vårdcentralen {word}", weights={"listade": Decimal(7)})
        plan = shared.Plan(total_kronor=1_000, units=(unit,), stages=(stage,))
        async with self.sessions(SYSTEM) as session:
            run = await runs.carry_out(
                session, SYSTEM, title=f"Fördelning {word}", plan=plan, decision_reference=f"Beslut {word}"
            )
            rows = (Points(f"Vårdcentralen {word}", Decimal(7)),)
            snapshot = await listings.add_snapshot(
                session, SYSTEM, basis=f"listade {word}", taken_on=date(2026, 10, 31), rows=rows
            )
            return run.id, snapshot.id

    async def grant(self, owner: Organisation, word: str) -> dict[str, UUID]:
        """Add a state grant with one of each that belongs to it, and the word in all; return their identifiers."""
        async with self.sessions(SYSTEM) as session:
            grant = await agreements.create(
                session, SYSTEM, organisation_id=owner.id, name=f"Statsbidrag {word}", from_year=2026
            )
            part = await components.create(session, SYSTEM, grant.id, name=f"Del {word}", own_kronor=[1_000_000])
            demand = await obligations.create(session, SYSTEM, grant.id, kind="redovisning", recipient=word)
            condition = await conditions.create(session, SYSTEM, grant.id, text=f"Villkor {word}")
            amount = await amounts.create(
                session, SYSTEM, grant_id=grant.id, year=2026, kind="utfall", kronor=500_000, note=word
            )
            return {
                "grant": grant.id,
                "grant component": part.id,
                "grant obligation": demand.id,
                "grant condition": condition.id,
                "grant amount": amount.id,
            }

    async def dialogue(self, town: Organisation, word: str) -> tuple[UUID, UUID]:
        """Write down a conversation and an agreement with a town, with the word in them; return both."""
        async with self.sessions(SYSTEM) as session:
            entry = await entries.create(
                session,
                SYSTEM,
                held_on=date(2026, 11, 18),
                level=entries.Level.OFFICIAL,
                title=f"Samtal om {word}",
                outcome=f"Vi talade om {word}.",
                next_step=f"Göra {word}",
                party_ids=[town.id],
            )
            agreement = await municipal.create(
                session, SYSTEM, title=f"Avtal om {word}", starts_on=date(2026, 1, 1), party_ids=[town.id]
            )
            return entry.id, agreement.id

    async def document(
        self, word: str, *, visibility: str = "internal", shared_with: tuple[UUID, ...] = (), name: str = ""
    ) -> tuple[UUID, UUID]:
        """Bring in a document whose title and text hold the word; return its identifier and its version's."""
        ingestion_id = await self.file(
            name or f"{word}.md", text_about(word), visibility=visibility, shared_with=shared_with
        )
        await pipeline.run(Pipeline(self.sessions, self.embedder, InProcess()), ingestion_id)
        async with self.sessions(SYSTEM) as session:
            ingestion = await session.get_one(Ingestion, ingestion_id)
            if ingestion.document_id is None:
                raise AssertionError(ingestion.reason)
            document = await session.get_one(Document, ingestion.document_id)
            if document.current_version_id is None:
                raise AssertionError("a published document has a version")
            return document.id, document.current_version_id

    async def finding(self, initiative_id: UUID, word: str) -> UUID:
        """Write that something is wrong with an initiative."""
        async with self.sessions(SYSTEM) as session:
            subject = Subject("initiative", initiative_id)
            return (await findings.add(session, SYSTEM, title=f"Fel i {word}", subject=subject)).id

    async def calendar(self, person: Viewer) -> UUID:
        """Give somebody a calendar."""
        async with self.sessions(person) as session:
            return (await calendar_feeds.create(session, person))[0].id

    async def source(self, initiative_id: UUID, document_id: UUID, word: str) -> UUID:
        """Let an initiative rest on the words of a document."""
        async with self.sessions(SYSTEM) as session:
            made = await sources.attach(
                session, SYSTEM, "initiative", initiative_id, document_id=document_id, quote=f"Beslut om {word}"
            )
            return made.id

    async def suggestion(self, document_id: UUID) -> UUID:
        """Return the att-sats that was read out of a document."""
        async with self.sessions(SYSTEM) as session:
            filters = listing.Filters(document_id=document_id, kinds=(Kind.CLAUSE,))
            rows, _ = await listing.list_suggestions(session, SYSTEM, filters)
            return rows[0].id

    async def item(self, node_id: UUID) -> tuple[UUID, UUID]:
        """Give a node of the taxonomy an example; return the taxonomy and the example."""
        async with self.sessions(SYSTEM) as session:
            node = await taxonomy.get_node(session, node_id)
            made = await editing.add_item(session, SYSTEM, node_id, kind="exempel", text=f"Exempel på {node.name}")
            return node.taxonomy_id, made.id

    async def indicator(self, owner: Organisation, word: str) -> tuple[UUID, UUID]:
        """Add an indicator with the word in its name, and a value of it; return both identifiers."""
        async with self.sessions(SYSTEM) as session:
            made = await factories.indicator(session, name=f"Antal {word}", organisation_id=owner.id)
            said = {"value": None, "status": "slutlig", "reason": f"Saknas för {word}"}
            value = await measured.add(session, SYSTEM, made.id, organisation_id=owner.id, period="2020", **said)
            return made.id, value.id

    async def decided(self, initiative_id: UUID, word: str) -> dict[str, UUID]:
        """Register a matter with a decision about an initiative, the word in all of it."""
        async with self.sessions(SYSTEM) as session:
            matter = await matters.create(session, SYSTEM, title=f"Ärende {word}", organ=f"Nämnden {word}")
            decision = await decisions.create(session, SYSTEM, matter.id, outcome="beslutat", decided_on=DECIDED_ON)
            clause = await clauses.create(session, SYSTEM, decision.id, text=f"att avsätta 2 mnkr till {word}")
            assignment = await assignments.create(
                session, SYSTEM, clause_id=clause.id, title=f"Dela ut {word}", receiver=word
            )
            reservation = await remarks.add_reservation(session, SYSTEM, decision.id, party=word, text=word)
            note = await remarks.add_authority_note(session, SYSTEM, decision.id, organ=word, note=word)
            await decision_links.link(session, SYSTEM, decision.id, initiative_id=initiative_id, clause_id=clause.id)
            return {
                "matter": matter.id,
                "decision": decision.id,
                "clause": clause.id,
                "assignment": assignment.id,
                "reservation": reservation.id,
                "authority note": note.id,
            }

    async def around(self, initiative_id: UUID, town: Organisation, word: str) -> dict[str, object]:
        """Put the word in everything that stands around an initiative; return the identifiers by kind."""
        async with self.sessions(SYSTEM) as session:
            told = await reports.report(
                session, SYSTEM, initiative_id, health="risk", done=f"Gjort {word}", obstacles=word
            )
            stone = await milestones.add(
                session, SYSTEM, initiative_id, title=f"Klart {word}", due_on=date(2027, 1, 31)
            )
            effect = await effects.add(session, SYSTEM, initiative_id, description=f"Fler {word}")
            said = await comments.comment(
                session, SYSTEM, initiative_id, body=f"Hur går {word}?", organisation_id=town.id
            )
            return {"report": told.id, "milestone": stone.id, "effect": effect.id, "comment": said.id}

    async def dependency(self, initiative_id: UUID, lead: Organisation, word: str, *, title: str = "") -> UUID:
        """Let an initiative wait for a new one, with the word in its title, which nobody else sees."""
        first = await self.initiative(lead, word, title=title)
        async with self.sessions(SYSTEM) as session:
            await dependencies.depend(session, SYSTEM, initiative_id, first)
        return first

    async def saved_filter(self, viewer: Viewer, word: str) -> UUID:
        """Let somebody have saved a filter with the word in its name."""
        async with self.sessions(viewer) as session:
            return (
                await saved_filters.save(session, viewer, name=f"Filter {word}", query=saved_filters.Query(q=word))
            ).id

    async def file(self, name: str, content: str, **more: Any) -> UUID:
        """Leave a file at the door; return its ingestion, which nobody has begun."""
        async with self.sessions(SYSTEM) as session:
            receipt = await intake.receive(session, SYSTEM, file_name=name, data=content.encode(), **more)
        if receipt.ingestion_id is None:
            raise AssertionError("the tests' files are all new")
        return receipt.ingestion_id

    async def failed_file(self, word: str) -> UUID:
        """Leave a file that could not be read."""
        ingestion_id = await self.file(f"{word}-trasig.md", f"# Trasig\n\n{word} går inte att läsa.\n")
        await pipeline.fail(self.sessions, ingestion_id, UnreadableFile("Gick inte.", "Försök.", stage=Stage.READING))
        return ingestion_id

    async def origin(self, word: str) -> UUID:
        """Let a document be fetched from an address with the word in it."""
        async with self.sessions(SYSTEM) as session:
            return (await origins.add(session, SYSTEM, address=f"https://{word}.example.se/regelbok.pdf")).id

    async def webhook(self, town: Organisation, word: str) -> tuple[UUID, UUID]:
        """Let a town be told of changes at an address with the word in it; return it and a delivery of it."""
        await following.catch_up(self.sessions, town.id)
        async with self.sessions(SYSTEM) as session:
            url = f"https://{word}.example.se/"
            webhook, _ = await webhooks.register(session, SYSTEM, url=url, organisation_id=town.id)
            return webhook.id, (await deliveries.test(session, SYSTEM, webhook.id)).id

    async def invitation(self, organisation: Organisation) -> UUID:
        """Invite somebody who has not answered."""
        async with self.sessions(SYSTEM) as session:
            row, _ = await invitations.invite(
                session, SYSTEM, email=f"{new_id()}@test.example", organisation_id=organisation.id, role=Role.PARTNER
            )
            return row.id

    async def conversation(self, viewer: Viewer, word: str) -> dict[str, str]:
        """Let somebody have asked a question with the word in it; return the conversation and its answer."""
        answer_id = str(new_id())
        answer = {**ANSWER, "id": answer_id, "question": word}
        async with self.sessions(viewer) as session:
            talk = await conversations.keep_turn(session, viewer, None, f"Vad är {word}?", answer)
        return {"conversation": str(talk), "answer": answer_id}

    async def shared(self, viewer: Viewer, word: str) -> str:
        """Let somebody have asked a question with the word in it, and let others read the answer."""
        talk = (await self.conversation(viewer, word))["conversation"]
        async with self.sessions(viewer) as session:
            await conversations.revise(session, viewer, UUID(talk), shared=True)
        return talk

    async def gap(self, word: str) -> UUID:
        """Let nobody have had an answer to a question with the word in it."""
        async with self.sessions(SYSTEM) as session:
            made = KnowledgeGap(question=f"Vad är {word}?", confidence=0.1)
            session.add(made)
            await session.flush()
            return made.id


def text_about(word: str) -> str:
    """Return a short decision that holds the word in its heading and in a sentence that answers a question."""
    return (
        f"# Beslut om {word}\n\nRegionstyrelsen beslutar\n\n"
        f"att avsätta 2 mnkr till {word} under 2026. Satsningen {word} leds av regionen.\n"
    )


async def build(sessions: ScopedSessions, embedder: Embedder) -> World:
    """Make the world: what is shared with one municipality is foreign to the other."""
    make, canary = Maker(sessions, embedder), Canaries()
    region = await make.organisation("Provregionen", OrganisationKind.REGION)
    towns = [await make.organisation(f"{name} kommun") for name in ("Alfa", "Beta")]
    async with sessions(SYSTEM) as session:
        loaded = await factories.nodes(session, region.id)
        nodes = [str(node.id) for node in loaded if node.dimension == Dimension.AREA]
    colleagues = [await make.person(f"Kollega {canary()}", Role.PARTNER, town) for town in towns]
    sides: list[Side] = []
    for town, colleague, node in zip(towns, colleagues, nodes, strict=False):
        sides.append(await _side(make, (region, town), colleague, node, canary()))
    actors = {ANONYMOUS: Actor(ANONYMOUS, {}, None, sides[0].ids, sides[1].ids)}
    people = [(role.value, role, region, 0) for role in ROLES[:-1]]
    people += [(ROLES[-1].value, ROLES[-1], towns[0], 0), ("partner A", Role.PARTNER, towns[0], 0)]
    people += [("partner B", Role.PARTNER, towns[1], 1), (REVOKED, Role.PROGRAMME_GROUP, region, 0)]
    other = await make.conversation(_viewer(colleagues[0]), sides[0].canary)
    others_filter = await make.saved_filter(_viewer(colleagues[0]), sides[0].canary)
    for name, role, organisation, side in people:
        actor = await make.person(name, role, organisation, revoked=name == REVOKED)
        talk = await make.conversation(_viewer(actor), canary())
        own = {**sides[side].ids, **talk, "session": str(await make.session_of(_viewer(actor)))}
        own["calendar"] = str(await make.calendar(_viewer(actor)))
        own["filter"] = str(await make.saved_filter(_viewer(actor), canary()))
        hidden = {**other, "shared conversation": other["conversation"], "filter": str(others_filter)}
        foreign = {**sides[1 - side].ids, **hidden}
        actors[name] = Actor(name, actor.headers, actor.viewer, own, foreign)
    return World(region, (sides[0], sides[1]), actors)


async def _side(make: Maker, pair: tuple[Organisation, Organisation], colleague: Actor, node: str, word: str) -> Side:
    region, town = pair
    initiative = await make.initiative(region, word, shared_with=(town.id,))
    taxonomy, item = await make.item(UUID(node))
    indicator, value = await make.indicator(region, word)
    fund, link = await make.money(region, initiative, word)
    distribution, snapshot = await make.distribution(word)
    entry, agreement = await make.dialogue(town, word)
    document, version = await make.document(word, shared_with=(town.id,))
    webhook, delivery = await make.webhook(town, word)
    source = await make.source(initiative, document, word)
    ids: dict[str, object] = {
        **await money.given(make.sessions, region, fund, word),
        **await money.invested(make.sessions, region, word),
        **await make.around(initiative, town, word),
        "other_initiative": await make.dependency(initiative, region, word),
        "filter": await make.saved_filter(_viewer(colleague), word),
        "webhook": webhook,
        "delivery": delivery,
        "source": source,
        "suggestion": await make.suggestion(document),
        "finding": await make.finding(initiative, word),
        "calendar": await make.calendar(_viewer(colleague)),
        **await make.grant(region, word),
        **await make.decided(initiative, word),
        "initiative": initiative,
        "fund": fund,
        "link": link,
        "distribution": distribution,
        "snapshot": snapshot,
        "dialogue": entry,
        "municipal agreement": agreement,
        "document": document,
        "version": version,
        "ingestion": await make.failed_file(word),
        "origin": await make.origin(word),
        "organisation": town.id,
        "person": _viewer(colleague).person_id,
        "membership": _viewer(colleague).membership_id,
        "invitation": await make.invitation(town),
        **await make.conversation(_viewer(colleague), word),
        "shared conversation": await make.shared(_viewer(colleague), "vård"),
        "gap": await make.gap(word),
        "node": node,
        "indicator": indicator,
        "value": value,
        "taxonomy": taxonomy,
        "taxonomy_item": item,
        "key": await make.key(town, word),
        "session": await make.session_of(_viewer(colleague)),
    }
    return Side(word, {kind: str(one) for kind, one in ids.items()})


def _viewer(actor: Actor) -> Viewer:
    if actor.viewer is None:
        raise AssertionError(f"{actor.name} is nobody")
    return actor.viewer


KINDS: Mapping[str, str] = {
    "allocation_id": "allocation",
    "suggestion_id": "suggestion",
    "under_id": "decision",
    "application_id": "application",
    "amount_id": "grant amount",
    "component_id": "grant component",
    "condition_id": "grant condition",
    "charged_fund_id": "equity",
    "claim_id": "claim",
    "addressee_organisation_id": "organisation",
    "assignment_id": "assignment",
    "clause": "clause",
    "clause_id": "clause",
    "clauses_from_id": "decision",
    "comment_id": "comment",
    "conversation_id": "conversation",
    "answer_id": "answer",
    "shared_id": "shared conversation",
    "gap_id": "gap",
    "decision": "decision",
    "decision_id": "decision",
    "delivery_id": "delivery",
    "annuls_id": "distribution",
    "distribution_id": "distribution",
    "dialogue_entry_id": "dialogue",
    "municipal_agreement_id": "municipal agreement",
    "next_step_organisation_id": "organisation",
    "node_id": "node",
    "party_ids": "organisation",
    "snapshot_id": "snapshot",
    "depends_on_id": "other_initiative",
    "document_id": "document",
    "feed_id": "calendar",
    "finding_id": "finding",
    "frame_id": "frame",
    "from_fund_id": "other_fund",
    "effect_id": "effect",
    "filter_id": "filter",
    "fund_id": "fund",
    "grant_id": "grant",
    "ingestion_id": "ingestion",
    "origin_id": "origin",
    "indicator_id": "indicator",
    "initiative": "initiative",
    "initiative_id": "initiative",
    "initiative_ids": "initiative",
    "key_id": "key",
    "item_id": "initiative",
    "lead_organisation_id": "organisation",
    "link_id": "link",
    "matter": "matter",
    "matter_id": "matter",
    "node": "node",
    "node_ids": "node",
    "obligation_id": "grant obligation",
    "organisation": "organisation",
    "outcome_id": "outcome",
    "organisation_id": "organisation",
    "owner_id": "person",
    "note_id": "authority note",
    "parent": "assignment",
    "parent_id": "organisation",
    "receiver_id": "organisation",
    "round_id": "round",
    "measure_id": "measure",
    "membership_id": "membership",
    "milestone_id": "milestone",
    "invitation_id": "invitation",
    "partner_ids": "organisation",
    "person_id": "person",
    "receiver_organisation_id": "organisation",
    "receiver_person_id": "person",
    "replaces_id": "decision",
    "reservation_id": "reservation",
    "report_id": "report",
    "responsible": "person",
    "responsible_id": "person",
    "session_id": "session",
    "source_id": "source",
    "shared_with": "organisation",
    "subject_id": "initiative",
    "taxonomy_id": "taxonomy",
    "taxonomy_item_id": "taxonomy_item",
    "to_fund_id": "fund",
    "transfer_id": "transfer",
    "value_id": "value",
    "version": "version",
    "version_id": "version",
    "webhook_id": "webhook",
}
"""What kind of thing the API means by each name of an identifier, in addresses, queries and bodies."""

Send = Callable[[dict[str, Any]], dict[str, Any]]

BODIES: Mapping[str, Send] = {
    "acceptSuggestion": lambda body: {"json": {**body, "fields": {"number": 7}}},
    "createDistribution": lambda body: {"json": {**body, "annuls_reason": "Underlaget var fel."}},
    "createSource": lambda body: {"json": {**body, "quote": "Regionstyrelsen beslutar"}},
    "importTable": lambda _: {"files": {"file": ("tom.csv", b"Initiativ,Milstolpe,Senast\r\n")}},
    "uploadDocument": lambda _: {"files": {"file": ("nytt.md", b"# Nytt\n\nEtt nytt beslut om bussar.\n")}},
}
"""How to send what the description has no example of."""
