"""How the initiatives of the sample region go, as it is written in `plan.toml`, put into an installation."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.sample.register import Entry
from initiatives import comments, dependencies, effects, initiatives, milestones, people, reports
from initiatives.access import SYSTEM, Viewer
from initiatives.initiatives import Initiative

HERE = Path(__file__).parent


class SampleReport(Entry, frozen=True):
    """A progress report; initiatives are referred to by title, people by e-mail address."""

    initiative: str
    by: str
    on: date
    health: str
    done: str
    next: str
    obstacles: str = ""


class SampleMilestone(Entry, frozen=True):
    """A milestone."""

    initiative: str
    title: str
    due_on: date
    done_on: date | None = None
    responsible: str | None = None


class SampleEffect(Entry, frozen=True):
    """An expected effect."""

    initiative: str
    description: str


class SamplePartners(Entry, frozen=True):
    """The organisations that take part in an initiative."""

    initiative: str
    organisations: tuple[str, ...]


class SampleDependency(Entry, frozen=True):
    """An initiative waits for another."""

    initiative: str
    waits_for: str


class SampleSteps(Entry, frozen=True):
    """The next steps of an initiative."""

    initiative: str
    text: str


class SampleComment(Entry, frozen=True):
    """A comment, between the region and an organisation, or without one within the region."""

    initiative: str
    by: str
    text: str
    organisation: str | None = None


class Plan(Entry, frozen=True):
    """The whole file."""

    reports: tuple[SampleReport, ...]
    milestones: tuple[SampleMilestone, ...]
    effects: tuple[SampleEffect, ...]
    partners: tuple[SamplePartners, ...]
    dependencies: tuple[SampleDependency, ...]
    steps: tuple[SampleSteps, ...]
    comments: tuple[SampleComment, ...]


def read() -> Plan:
    """Return the file; raises `msgspec.ValidationError` naming what is wrong in it."""
    return msgspec.toml.decode((HERE / "plan.toml").read_bytes(), type=Plan)


async def load(session: AsyncSession, organisations: Mapping[str, UUID], persons: Mapping[str, UUID]) -> None:
    """Write all of it around the initiatives that are there; names and addresses are those of the register."""
    plan, known = read(), await _titles(session)
    for partner in plan.partners:
        members = [organisations[name] for name in partner.organisations]
        await initiatives.revise(session, SYSTEM, known[partner.initiative], partner_ids=members)
    for steps in plan.steps:
        await initiatives.revise(session, SYSTEM, known[steps.initiative], next_steps=steps.text)
    for told in plan.reports:
        await _report(session, await _writer(session, persons[told.by]), known[told.initiative], told)
    for stone in plan.milestones:
        responsible = persons[stone.responsible] if stone.responsible else None
        await milestones.add(
            session,
            SYSTEM,
            known[stone.initiative],
            title=stone.title,
            due_on=stone.due_on,
            done_on=stone.done_on,
            responsible_id=responsible,
        )
    for effect in plan.effects:
        await effects.add(session, SYSTEM, known[effect.initiative], description=effect.description)
    for pair in plan.dependencies:
        await dependencies.depend(session, SYSTEM, known[pair.initiative], known[pair.waits_for])
    for said in plan.comments:
        writer = await _writer(session, persons[said.by])
        to = organisations[said.organisation] if said.organisation else None
        await comments.comment(session, writer, known[said.initiative], body=said.text, organisation_id=to)


async def _report(session: AsyncSession, writer: Viewer, initiative_id: UUID, told: SampleReport) -> None:
    await reports.report(
        session,
        writer,
        initiative_id,
        reported_on=told.on,
        health=told.health,
        done=told.done,
        next=told.next,
        obstacles=told.obstacles,
    )


async def _titles(session: AsyncSession) -> dict[str, UUID]:
    return dict((await session.execute(select(Initiative.title, Initiative.id))).all())


async def _writer(session: AsyncSession, person_id: UUID) -> Viewer:
    """Return the person, who writes here in the scope of the system."""
    return (await people.viewers_of(session, person_id))[0]
