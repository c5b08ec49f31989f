"""Puts the sample region into an installation: once, and all of it or nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from api.sample import decisions, dialogue, distributions, follow_up, grants, money, plan
from api.sample.register import DOCUMENTS, Register, SampleDocument, SampleInitiative, SamplePerson, read
from ingest import intake
from initiatives import (
    credentials,
    examination,
    funds,
    initiatives,
    memberships,
    organisations,
    passwords,
    people,
    taxonomy,
)
from initiatives.access import SYSTEM, ScopedSessions
from initiatives.organisations import Organisation
from initiatives.people import Person
from initiatives.taxonomy import NodeData, TaxonomyData, TaxonomyNode

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('narplan sample region', 0))")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the installation holds of the sample region after a load.

    `created` is False when it was there before. `people` are those who can sign in with the shared password, in the
    order to show them. `ingestions` are the files put in the queue now: the worker reads them, nobody waits here.
    """

    created: bool
    people: tuple[SamplePerson, ...]
    ingestions: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class _Ids:
    """What names, addresses and codes in the file have become in the database."""

    organisations: Mapping[str, UUID]
    people: Mapping[str, UUID]
    nodes: Mapping[str, UUID]
    funds: Mapping[tuple[str, int], UUID]
    allocations: Mapping[str, UUID]


async def load(sessions: ScopedSessions, *, password: str) -> Loaded:
    """Put the sample region in, with its documents queued for reading, in one transaction.

    Where it is already, what people have made of it since is left alone; only `password` is given to the sample
    people again if it is another one than before. Raises `InvalidValue` for a password that is too short.
    """
    register = read()
    files = {document.file: (DOCUMENTS / document.file).read_bytes() for document in register.documents}
    async with sessions(SYSTEM) as session:
        await session.execute(_ONE_AT_A_TIME)
        if await session.scalar(select(Organisation.id).where(Organisation.name == register.region)):
            await _renew_password(session, register.people, password)
            return Loaded(created=False, people=register.people, ingestions=())
        ids = await _frame(session, register, password)
        for initiative in register.initiatives:
            await _initiative(session, initiative, ids)
        await _rooms(session, register, ids)
        ingestions = [await _document(session, one, files[one.file], ids.organisations) for one in register.documents]
        await examination.examine(session, SYSTEM)
    return Loaded(created=True, people=register.people, ingestions=tuple(id for id in ingestions if id is not None))


async def _rooms(session: AsyncSession, register: Register, ids: _Ids) -> None:
    """Put in what the other rooms of the register have, each from a file of its own."""
    region = ids.organisations[register.region]
    await decisions.load(session)
    await money.load(session, ids.organisations)
    await plan.load(session, ids.organisations, ids.people)
    await dialogue.load(session, ids.organisations, ids.people, ids.nodes)
    await distributions.load(session, ids.funds)
    await follow_up.load(session, follow_up.Known(region, ids.organisations, ids.people, ids.nodes))
    await grants.load(session)


async def _frame(session: AsyncSession, register: Register, password: str) -> _Ids:
    organisations = await _organisations(session, register)
    region = organisations[register.region]
    people = await _people(session, register, organisations, password)
    nodes, made = await _taxonomy(session, register, region), await _funds(session, register, region)
    given = await money.give(session, region, made, organisations, nodes)
    return _Ids(organisations=organisations, people=people, nodes=nodes, funds=made, allocations=given)


async def _organisations(session: AsyncSession, register: Register) -> dict[str, UUID]:
    made: dict[str, UUID] = {}
    for one in register.organisations:
        added = await organisations.create_organisation(
            session,
            SYSTEM,
            name=one.name,
            short_name=one.short_name,
            kind=one.kind,
            parent_id=made[one.parent] if one.parent else None,
        )
        made[one.name] = added.id
    return made


async def _people(
    session: AsyncSession, register: Register, organisations: Mapping[str, UUID], password: str
) -> dict[str, UUID]:
    shared_hash = await passwords.hash_password(password)
    created = [
        await people.create_person(
            session,
            SYSTEM,
            name=one.name,
            email=one.email,
            organisation_id=organisations[one.organisation],
            role=one.role,
        )
        for one in register.people
    ]
    for person, one in zip(created, register.people, strict=True):
        person.password_hash = shared_hash
        for other in one.also:
            home = organisations[other.organisation]
            await memberships.add(session, SYSTEM, person_id=person.id, organisation_id=home, role=other.role)
    return {person.email: person.id for person in created}


async def _renew_password(session: AsyncSession, sample: Iterable[SamplePerson], password: str) -> None:
    query = select(Person).where(Person.email.in_([one.email for one in sample]), Person.active).order_by(Person.id)
    found = (await session.scalars(query)).all()
    if found and not await passwords.matches(password, found[0].password_hash):
        for person in found:
            await credentials.set_password(session, SYSTEM, person.email, password)


async def _taxonomy(session: AsyncSession, register: Register, region: UUID) -> dict[str, UUID]:
    nodes = tuple(
        NodeData(
            dimension=node.dimension,
            code=node.code,
            name=node.name,
            description=node.description,
            aliases=node.aliases,
            prioritised=node.prioritised,
        )
        for node in register.taxonomy.nodes
    )
    data = TaxonomyData(name=register.taxonomy.name, nodes=nodes, valid_from=register.taxonomy.valid_from)
    loaded = await taxonomy.load(session, SYSTEM, region, data)
    rows = await session.scalars(select(TaxonomyNode).where(TaxonomyNode.taxonomy_id == loaded.id))
    return {node.code: node.id for node in rows}


async def _funds(session: AsyncSession, register: Register, region: UUID) -> dict[tuple[str, int], UUID]:
    return {
        (one.name, one.year): (
            await funds.create_fund(
                session,
                SYSTEM,
                name=one.name,
                organisation_id=region,
                year=one.year,
                frame_kronor=one.frame_kronor,
            )
        ).id
        for one in register.funds
    }


async def _initiative(session: AsyncSession, one: SampleInitiative, ids: _Ids) -> None:
    created = await initiatives.create(
        session,
        SYSTEM,
        title=one.title,
        summary=one.summary,
        status=one.status,
        lead_organisation_id=ids.organisations[one.lead],
        responsible_id=ids.people[one.responsible],
        decision=one.decision,
        outcome=one.outcome,
        reason=one.reason,
        starts_on=one.starts_on,
        ends_on=one.ends_on,
        node_ids=[ids.nodes[code] for code in one.nodes],
        shared_with=[ids.organisations[name] for name in one.shared_with],
    )
    for line in one.budget:
        await funds.link(
            session,
            SYSTEM,
            created.id,
            fund_id=ids.funds[line.fund, line.year],
            allocation_id=ids.allocations.get(money.allocation_of(one.title, line.fund, line.year)),
            amount_kronor=line.amount_kronor,
            year=line.year,
        )


async def _document(
    session: AsyncSession, one: SampleDocument, data: bytes, organisations: Mapping[str, UUID]
) -> UUID | None:
    receipt = await intake.receive(
        session,
        SYSTEM,
        file_name=one.file,
        data=data,
        title=one.title,
        visibility=one.visibility,
        shared_with=[organisations[name] for name in one.shared_with],
    )
    return receipt.ingestion_id
