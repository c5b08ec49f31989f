"""The smallest valid thing of each kind, in a database; a test states only what matters to it."""

import hashlib
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import credentials, funds, initiatives, keys, leaving, organisations, people, taxonomy
from initiatives.access import SYSTEM, Role, Viewer
from initiatives.base import new_id
from initiatives.funds import Fund
from initiatives.indicators import register
from initiatives.indicators.tables import Indicator
from initiatives.initiatives import Initiative
from initiatives.keys import ApiKey, Scope
from initiatives.organisations import Organisation, OrganisationKind
from initiatives.people import Person
from initiatives.taxonomy import Dimension, Node, NodeData, TaxonomyData
from initiatives.workflow import RULES, Status
from retrieval.documents import INTERNAL, PUBLIC, Document, DocumentVersion, Section, StoredFile

PASSWORD = "korrekt häst batteri"
"""What everyone made here signs in with, if they are given a password at all."""


async def organisation(
    session: AsyncSession,
    name: str = "",
    kind: OrganisationKind = OrganisationKind.MUNICIPALITY,
    *,
    code: str | None = None,
) -> Organisation:
    called = name or f"Organisation {new_id()}"
    return await organisations.create_organisation(session, SYSTEM, name=called, kind=kind, code=code)


async def person(
    session: AsyncSession,
    role: Role = Role.PROGRAMME_GROUP,
    *,
    organisation_id: UUID | None = None,
    name: str = "Åsa Öberg",
    email: str = "",
    password: str | None = None,
) -> Person:
    """Make somebody with one membership, in an organisation of the kind that holds the role unless one is given."""
    kind = OrganisationKind.MUNICIPALITY if role in {Role.PARTNER, Role.READER} else OrganisationKind.REGION
    return await people.create_person(
        session,
        SYSTEM,
        name=name,
        email=email or f"{new_id()}@region.example",
        organisation_id=organisation_id or (await organisation(session, kind=kind)).id,
        role=role,
        password=password,
    )


async def authenticate(session: AsyncSession, email: str, password: str) -> Person:
    """Return who signs in with this address and password, as the door finds them."""
    return await credentials.check(await credentials.with_address(session, email), password)


async def closed(session: AsyncSession, email: str) -> Person:
    """Close the account with this address."""
    return await leaving.close_account(session, SYSTEM, (await people.find_by_email(session, email)).id)


async def viewer(session: AsyncSession, role: Role, *, organisation_id: UUID | None = None) -> Viewer:
    return await acting_as(session, await person(session, role, organisation_id=organisation_id))


async def acting_as(session: AsyncSession, person: Person) -> Viewer:
    """Return the person in their only, or oldest, membership."""
    return (await people.viewers_of(session, person.id))[0]


async def key(
    session: AsyncSession, role: Role, *scopes: Scope, organisation_id: UUID | None = None, name: str = "Test"
) -> tuple[ApiKey, str]:
    """Make a key with all the scopes that its role can have, unless some are given; its organisation has a member."""
    if organisation_id is None:
        organisation_id = (await viewer(session, role)).organisation_id
    assert organisation_id is not None
    wanted = scopes or [scope for scope in Scope if scope is not Scope.WRITE or role in keys.WRITERS]
    return await keys.create_key(session, SYSTEM, organisation_id=organisation_id, name=name, role=role, scopes=wanted)


async def signed_in(session: AsyncSession, person: Person, membership_id: UUID | None = None) -> dict[str, str]:
    """Return the headers of a browser in which somebody is signed in and stands on one of our own pages."""
    token = await credentials.open_session(session, person, membership_id)
    return {"cookie": f"narplan={token}", "sec-fetch-site": "same-origin"}


async def nodes(session: AsyncSession, organisation_id: UUID | None = None) -> list[Node]:
    """Load a taxonomy with one strategy, two delområden and one grundförutsättning."""
    data = TaxonomyData(
        name=f"Nära vård {new_id()}",
        nodes=(
            NodeData(Dimension.STRATEGY, "S1", "Närsjukvård"),
            NodeData(Dimension.AREA, "D1", "Samverkan", prioritised=True),
            NodeData(Dimension.AREA, "D7", "Äldres behov", aliases=("äldre",)),
            NodeData(Dimension.FOUNDATION, "G1", "E-hälsa"),
        ),
    )
    owner = organisation_id or (await organisation(session, kind=OrganisationKind.REGION)).id
    loaded = await taxonomy.load(session, SYSTEM, owner, data)
    return [node for node in await taxonomy.list_nodes(session) if node.taxonomy_id == loaded.id]


async def initiative(session: AsyncSession, *, title: str = "Läkarbil i öster", **fields: Any) -> Initiative:
    """Make an initiative that has what its status needs."""
    if "lead_organisation_id" not in fields:
        fields["lead_organisation_id"] = (await organisation(session)).id
    for need in RULES[Status(fields.get("status", Status.PROPOSED))].needs:
        fields.setdefault(need.field, await _filled_in(session, need.field))
    return await initiatives.create(session, SYSTEM, title=title, **fields)


async def _filled_in(session: AsyncSession, name: str) -> object:
    match name:
        case "responsible_id":
            return (await person(session)).id
        case "starts_on":
            return date(2026, 1, 1)
        case "ends_on":
            return date(2026, 12, 31)
        case _:
            return "Regionstyrelsen 2026-03-09 § 41"


async def moved(session: AsyncSession, initiative_id: UUID, *statuses: str, **fields: Any) -> Initiative:
    """Take an initiative step by step to the last of the statuses, with what each needs."""
    for status in statuses:
        needs = {need.field: await _filled_in(session, need.field) for need in RULES[Status(status)].needs}
        changed = await initiatives.revise(session, SYSTEM, initiative_id, status=status, **{**needs, **fields})
    return changed


async def fund(session: AsyncSession, frame_kronor: int = 20_000_000, *, name: str = "", year: int = 2026) -> Fund:
    owner = await organisation(session)
    return await funds.create_fund(
        session,
        SYSTEM,
        name=name or "Förfogandeanslaget",
        organisation_id=owner.id,
        year=year,
        frame_kronor=frame_kronor,
    )


async def indicator(session: AsyncSession, *, name: str = "Samordnade planer", **fields: Any) -> Indicator:
    if "organisation_id" not in fields:
        fields["organisation_id"] = (await organisation(session, kind=OrganisationKind.REGION)).id
    usual = {"unit": "antal", "direction": "upp", "level": "region", "period_kind": "år"}
    return await register.add(session, SYSTEM, {"name": name, **usual, **fields})


async def document(session: AsyncSession, *, public: bool = False, versions: int = 1) -> Document:
    """Publish a document as the reader would, without passages; each version replaces the one before."""
    made = Document(id=new_id(), title="Avtal", kind="avtal", visibility=PUBLIC if public else INTERNAL)
    session.add(made)
    await session.flush()
    for number in range(versions):
        await version(session, made, f"Version {number} av {made.id}.")
    return made


async def version(session: AsyncSession, document: Document, text: str) -> DocumentVersion:
    """Publish a version, which is then the current one."""
    data = text.encode()
    made = DocumentVersion(
        id=new_id(),
        document_id=document.id,
        sha256=hashlib.sha256(data).digest(),
        file_name=f"{document.id}.txt",
        media_type="text/plain",
        text=text,
        pages=[],
        passage_count=0,
        lexicon=b"",
    )
    session.add(StoredFile(sha256=made.sha256, size=len(data), data=data))
    await session.flush()
    session.add(made)
    await session.flush()
    session.add(Section(version_id=made.id, position=0, document_id=document.id, level=1, path=[], start=0, end=1))
    document.current_version_id = made.id
    await session.flush()
    return made
