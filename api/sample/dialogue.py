"""The dialogue of the sample region, as it is written in `dialogue.toml`."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from api.sample.register import HERE, Entry
from initiatives import people
from initiatives.access import SYSTEM, acting_as
from initiatives.dialogue import agreements, answering, entries, follow_up


class SampleAnswer(Entry, frozen=True):
    """An answer to a conversation, by somebody's e-mail address."""

    by: str
    text: str


class SampleEntry(Entry, frozen=True):
    """A conversation; organisations stand by name and delområden by code."""

    held_on: date
    level: str
    title: str
    topics: str
    outcome: str
    parties: tuple[str, ...]
    nodes: tuple[str, ...]
    next_step: str = ""
    next_step_on: date | None = None
    next_step_by: str | None = None
    next_step_done_on: date | None = None
    answers: tuple[SampleAnswer, ...] = ()


class SampleAgreement(Entry, frozen=True):
    """An agreement with municipalities."""

    title: str
    subject: str
    starts_on: date
    parties: tuple[str, ...]
    nodes: tuple[str, ...]
    ends_on: date | None = None
    notice: str = ""
    notice_on: date | None = None


class SampleCell(Entry, frozen=True):
    """What has been said of a delområde and a municipality."""

    node: str
    organisation: str
    state: str | None = None
    note: str = ""


class Dialogue(Entry, frozen=True):
    """The whole file."""

    agreements: tuple[SampleAgreement, ...]
    entries: tuple[SampleEntry, ...]
    cells: tuple[SampleCell, ...]


@cache
def read() -> Dialogue:
    """Return the dialogue; raises `msgspec.ValidationError` naming what is wrong in the file."""
    return msgspec.toml.decode((HERE / "dialogue.toml").read_bytes(), type=Dialogue)


async def load(
    session: AsyncSession, organisations: Mapping[str, UUID], persons: Mapping[str, UUID], nodes: Mapping[str, UUID]
) -> None:
    """Write all of it; the mappings say what names, e-mail addresses and codes have become."""
    dialogue = read()
    for agreed in dialogue.agreements:
        await agreements.create(
            session,
            SYSTEM,
            title=agreed.title,
            subject=agreed.subject,
            starts_on=agreed.starts_on,
            ends_on=agreed.ends_on,
            notice=agreed.notice,
            notice_on=agreed.notice_on,
            party_ids=[organisations[name] for name in agreed.parties],
            node_ids=[nodes[code] for code in agreed.nodes],
        )
    for one in dialogue.entries:
        await _entry(session, one, organisations, persons, nodes)
    for cell in dialogue.cells:
        town = organisations[cell.organisation]
        await follow_up.say(session, SYSTEM, nodes[cell.node], town, state=cell.state, note=cell.note)


async def _entry(
    session: AsyncSession,
    one: SampleEntry,
    organisations: Mapping[str, UUID],
    persons: Mapping[str, UUID],
    nodes: Mapping[str, UUID],
) -> None:
    made = await entries.create(
        session,
        SYSTEM,
        held_on=one.held_on,
        level=one.level,
        title=one.title,
        topics=one.topics,
        outcome=one.outcome,
        next_step=one.next_step,
        next_step_on=one.next_step_on,
        next_step_organisation_id=organisations[one.next_step_by] if one.next_step_by else None,
        next_step_done_on=one.next_step_done_on,
        party_ids=[organisations[name] for name in one.parties],
        node_ids=[nodes[code] for code in one.nodes],
    )
    for said in one.answers:
        partner = (await people.viewers_of(session, persons[said.by]))[0]
        async with acting_as(session, partner, then=SYSTEM):
            await answering.answer(session, partner, made.id, text=said.text)
