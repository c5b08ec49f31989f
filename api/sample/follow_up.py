"""The follow-up of the sample region: what its delområden can mean, its indicators and their values."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.sample.register import Entry
from initiatives import organisations
from initiatives.access import SYSTEM
from initiatives.indicators import measured, register
from initiatives.indicators.tables import ValueStatus
from initiatives.initiatives import Initiative
from initiatives.periods import PeriodKind, parse
from initiatives.taxonomy import ItemKind, editing

ORIGIN = "Uppföljning av nära vård 2025"


class SampleMeaning(Entry, frozen=True):
    """What a node of the taxonomy, by its code, can mean and when it is to begin."""

    code: str
    start_order: str = ""
    ideas: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


class SampleIndicator(Entry, frozen=True):
    """An indicator of the region with its values by period; `places` has those of others, `missing` why there is none.

    People are named by address, nodes by code, initiatives by title, `baseline` by period.
    """

    name: str
    definition: str
    unit: str
    direction: str
    responsible: str
    source_system: str
    nodes: tuple[str, ...]
    due_days: int
    period_kind: str = PeriodKind.YEAR.value
    rule: str | None = None
    target: Decimal | None = None
    target_year: int | None = None
    baseline: str | None = None
    disaggregation: str = ""
    initiatives: tuple[str, ...] = ()
    preliminary: tuple[str, ...] = ()
    values: Mapping[str, Decimal] = {}
    missing: Mapping[str, str] = {}
    places: Mapping[str, Mapping[str, Decimal]] = {}


class FollowUp(Entry, frozen=True):
    """The whole file."""

    codes: Mapping[str, str]
    nodes: tuple[SampleMeaning, ...]
    indicators: tuple[SampleIndicator, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What is there already: the region, organisations by name, people by address, nodes by code."""

    region: UUID
    places: Mapping[str, UUID]
    people: Mapping[str, UUID]
    nodes: Mapping[str, UUID]


@cache
def read() -> FollowUp:
    """Return the follow-up of the sample region; raises `msgspec.ValidationError` naming what is wrong in the file."""
    return msgspec.toml.decode(Path(__file__).with_suffix(".toml").read_bytes(), type=FollowUp)


async def load(session: AsyncSession, known: Known) -> None:
    """Put it in, beside what is known."""
    found = read()
    for name, code in found.codes.items():
        await organisations.revise_organisation(session, SYSTEM, known.places[name], code=code)
    for one in found.nodes:
        await _meaning(session, known.nodes[one.code], one)
    for indicator in found.indicators:
        await _indicator(session, indicator, known)


async def _meaning(session: AsyncSession, node_id: UUID, one: SampleMeaning) -> None:
    if one.start_order:
        await editing.revise_node(session, SYSTEM, node_id, {"start_order": one.start_order}, revision=None)
    for kind, texts in ((ItemKind.IDEA, one.ideas), (ItemKind.EXAMPLE, one.examples)):
        for text in texts:
            await editing.add_item(session, SYSTEM, node_id, kind=kind, text=text)


async def _indicator(session: AsyncSession, one: SampleIndicator, known: Known) -> None:
    kind = PeriodKind(one.period_kind)
    helping = await session.scalars(select(Initiative.id).where(Initiative.title.in_(one.initiatives)))
    said = {name: getattr(one, name) for name in ("name", "definition", "unit", "direction", "period_kind", "rule")}
    said |= {name: getattr(one, name) for name in ("target", "target_year", "due_days", "source_system")}
    said |= {
        "organisation_id": known.region,
        "level": "region",
        "disaggregation": one.disaggregation,
        "baseline_on": parse(one.baseline, kind).starts_on if one.baseline else None,
        "responsible_id": known.people[one.responsible],
        "node_ids": [known.nodes[code] for code in one.nodes],
        "initiative_ids": list(helping),
    }
    made = await register.add(session, SYSTEM, said)

    async def measure(place: UUID, period: str, **value: Any) -> None:
        status = ValueStatus.PRELIMINARY if period in one.preliminary else ValueStatus.FINAL
        given = {"value": None, "status": status, "origin": ORIGIN, **value}
        await measured.add(session, SYSTEM, made.id, organisation_id=place, period=period, **given)

    for period, number in one.values.items():
        await measure(known.region, period, value=number)
    for period, reason in one.missing.items():
        await measure(known.region, period, reason=reason)
    for name, numbers in one.places.items():
        for period, number in numbers.items():
            await measure(known.places[name], period, value=number)
