"""Conversations and agreements with municipalities as tables; a municipality gets those to which it is party."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import Viewer
from initiatives.dialogue import agreements, entries
from initiatives.dialogue.agreements import MunicipalAgreement
from initiatives.dialogue.entries import DialogueEntry, Level
from initiatives.dialogue.parties import visible_to
from initiatives.exchange import cells
from initiatives.exchange.columns import Column, Fields, Table
from initiatives.exchange.tables.shapes import added
from initiatives.records import shown

PARTIES = Column(
    field="party_ids",
    name="parties",
    heading="Parter",
    cell=cells.needed(cells.several("organisation", "kommuners namn")),
    required=True,
    note="Regionen är alltid part och skrivs inte.",
)
AREAS = Column(field="node_ids", heading="Delområden", cell=cells.several("taxonomy_node", "delområdens namn"))


async def _entries(session: AsyncSession, person: Viewer) -> Sequence[Fields]:
    query = select(DialogueEntry).where(visible_to(person, DialogueEntry))
    order = (DialogueEntry.held_on.desc(), DialogueEntry.id.desc())
    return [shown(row) for row in await session.scalars(query.order_by(*order))]


async def _revise_entry(
    session: AsyncSession, person: Viewer, identifier: UUID, given: dict[str, Any], revision: int | None
) -> object:
    return await entries.revise(session, person, identifier, cast("entries.Fields", given), read=revision)


async def _agreements(session: AsyncSession, person: Viewer) -> Sequence[Fields]:
    query = select(MunicipalAgreement).where(visible_to(person, MunicipalAgreement))
    order = (MunicipalAgreement.starts_on.desc(), MunicipalAgreement.id.desc())
    return [shown(row) for row in await session.scalars(query.order_by(*order))]


async def _revise_agreement(
    session: AsyncSession, person: Viewer, identifier: UUID, given: dict[str, Any], revision: int | None
) -> object:
    return await agreements.revise(session, person, identifier, cast("agreements.Fields", given), read=revision)


ENTRIES = Table(
    name="dialogue-entries",
    title="Samtal",
    one="samtal",
    many="samtal",
    page="/dialog",
    model=DialogueEntry,
    key=("title", "held_on"),
    rows=_entries,
    add=added(entries.create),
    revise=_revise_entry,
    own=(
        Column(field="held_on", heading="Dag", cell=cells.needed(cells.DAY), required=True),
        Column(field="level", heading="Nivå", cell=cells.choice(Level), required=True),
        Column(field="title", heading="Ämne", cell=cells.needed(cells.LINE), required=True),
        PARTIES,
        AREAS,
        Column(field="topics", heading="Vad ni talade om", cell=cells.TEXT),
        Column(field="outcome", heading="Vad ni kom fram till", cell=cells.TEXT),
        Column(field="next_step", heading="Nästa steg", cell=cells.LINE),
        Column(field="next_step_on", heading="Nästa steg senast", cell=cells.DAY),
        Column(
            field="next_step_organisation_id",
            heading="Vem gör nästa steg",
            cell=cells.one("organisation", "organisationens namn"),
        ),
        Column(field="next_step_done_on", heading="Nästa steg klart", cell=cells.DAY),
    ),
)
AGREEMENTS = Table(
    name="municipal-agreements",
    title="Avtal",
    one="avtal",
    many="avtal",
    page="/dialog",
    model=MunicipalAgreement,
    key=("title", "starts_on"),
    rows=_agreements,
    add=added(agreements.create),
    revise=_revise_agreement,
    own=(
        Column(field="title", heading="Titel", cell=cells.needed(cells.LINE), required=True),
        Column(field="subject", heading="Vad avtalet gäller", cell=cells.TEXT),
        PARTIES,
        AREAS,
        Column(field="starts_on", heading="Gäller från", cell=cells.needed(cells.DAY), required=True),
        Column(field="ends_on", heading="Gäller till", cell=cells.DAY),
        Column(field="notice", heading="Uppsägning", cell=cells.TEXT),
        Column(field="notice_on", heading="Sägs upp senast", cell=cells.DAY),
        Column(field="notice_settled_on", heading="Uppsägningen avgjord", cell=cells.DAY),
    ),
)
