"""The statements that lists of initiatives are asked by: written once for each kind of reader and of question."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from initiatives import activity, reports, revisions, values
from initiatives.access import Viewer, sees_all
from initiatives.base import Kronor
from initiatives.funds import BudgetLink
from initiatives.initiatives import Initiative, InitiativeNode, InitiativePartner
from initiatives.organisations import Organisation
from initiatives.people import Person
from initiatives.quick import Statement, given, statement
from initiatives.reports import Health
from initiatives.sharing import Field, InitiativeShare, in_force, mine, not_ended, share_seen, shown
from initiatives.swedish import sort_key_sql
from initiatives.taxonomy import Taxonomy, TaxonomyNode, within
from initiatives.workflow import Status

_MOST_KEPT = 250
"""Statements that are kept at once."""


class Sort(StrEnum):
    """In which order initiatives are listed; a minus sign turns it around. Missing dates come last."""

    TITLE = "title"
    TITLE_DOWN = "-title"
    STATUS = "status"
    STATUS_DOWN = "-status"
    STARTS = "starts_on"
    STARTS_DOWN = "-starts_on"
    ENDS = "ends_on"
    ENDS_DOWN = "-ends_on"
    UPDATED = "updated_at"
    UPDATED_DOWN = "-updated_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What to list; an empty filter lets everything through.

    `q` is words that must all stand in title or summary, `statuses` any of which, `node_ids` all of which (an
    initiative under a node below, or under one that was replaced, stands under it too), `health` what the newest report
    says, `organisation_id` who leads, `responsible_id` who answers, `year` a year that the initiative's dates touch,
    `shared_with` an organisation that it is shared with.
    """

    q: str = ""
    statuses: tuple[Status, ...] = ()
    node_ids: tuple[UUID, ...] = ()
    health: Health | None = None
    organisation_id: UUID | None = None
    responsible_id: UUID | None = None
    year: int | None = None
    shared_with: UUID | None = None


EVERYTHING = Filters()


def reader_of(person: Viewer) -> Viewer:
    """Return what of the person the statements depend on, so that those who see the same ask with the same words."""
    return Viewer(None, None if sees_all(person) else person.organisation_id, person.role, "")


def shape_of(filters: Filters) -> tuple[Filters, dict[str, Any]]:
    """Return the filters as one statement serves them all, and the values for its places; words are patterns of LIKE.

    What people write differs each time: it is no part of the statement, which then need not be planned anew.
    """
    words = values.line(filters.q, field="q").split() if filters.q.strip() else []
    literally = ("".join(f"/{letter}" if letter in "/%_" else letter for letter in word) for word in words)
    given_now: dict[str, Any] = {f"word{place}": f"%{word}%" for place, word in enumerate(literally)}
    given_now |= {f"node{place}": node_id for place, node_id in enumerate(filters.node_ids)}
    given_now |= {name: value for name in _PLACES if (value := getattr(filters, name)) is not None}
    shape = replace(
        filters,
        q=" ".join("?" * len(words)),
        node_ids=(_ANY,) * len(filters.node_ids),
        organisation_id=filters.organisation_id and _ANY,
        responsible_id=filters.responsible_id and _ANY,
        shared_with=filters.shared_with and _ANY,
    )
    return shape, given_now


_PLACES = ("organisation_id", "responsible_id", "shared_with")
_ANY = UUID(int=0)


@lru_cache(maxsize=_MOST_KEPT)
def listing(reader: Viewer, filters: Filters, sort: Sort, limit: int) -> Statement:
    """Return the statement for a page; what stands around an initiative is read for those on the page alone.

    The planner is told the length of the page, and that of the place in the list it cannot know anything beforehand:
    else it would plan each page anew, which behind row-level security takes longer than to read it.
    """
    order = _order(reader, sort)
    ids = visible(reader, Initiative.id).where(*_conditions(reader, filters)).order_by(*order)
    ids = ids.limit(limit).offset(select(given("offset", Integer)).scalar_subquery())
    page = Initiative.id == any_(func.array(ids.scalar_subquery()))
    head = activity.head() if sees_all(reader) else null()
    return statement(_rows(reader).add_columns(head.label("head")).where(page).order_by(*order))


@lru_cache(maxsize=_MOST_KEPT)
def counting(reader: Viewer, filters: Filters) -> Statement:
    """Return the statement for how many there are."""
    return statement(visible(reader, func.count().label("total")).where(*_conditions(reader, filters)))


@lru_cache(maxsize=_MOST_KEPT)
def one(reader: Viewer) -> Statement:
    """Return the statement for one, `wanted`."""
    return statement(_rows(reader).where(Initiative.id == given("wanted", Uuid)))


def visible(person: Viewer, *columns: Any) -> Select[*tuple[Any, ...]]:
    """Start a query from the initiatives that the person sees, each with the person's own share beside it."""
    query = select(*columns).select_from(Initiative)
    if sees_all(person):
        return query
    return query.join(InitiativeShare, and_(InitiativeShare.initiative_id == Initiative.id, mine(person)))


def _conditions(person: Viewer, shape: Filters) -> list[ColumnElement[bool]]:
    """Return what the filters ask for, with places for the values that `shape_of` names."""
    conditions = [_mentions(person, given(f"word{place}", Text)) for place in range(len(shape.q.split()))]
    if shape.statuses:
        conditions.append(shown(person, Field.STATUS, Initiative.status).in_(shape.statuses))
    for place in range(len(shape.node_ids)):
        members = within(select(cast(given(f"node{place}", Uuid), Uuid))).subquery()
        placed = select(InitiativeNode.initiative_id).where(InitiativeNode.node_id.in_(select(members.c.member)))
        conditions.append(shown(person, Field.NODES, Initiative.id).in_(placed))
    if shape.health is not None:
        conditions.append(shown(person, Field.REPORTS, reports.latest_health()) == shape.health)
    if shape.organisation_id is not None:
        lead = shown(person, Field.LEAD, Initiative.lead_organisation_id)
        conditions.append(lead == given("organisation_id", Uuid))
    if shape.responsible_id is not None:
        responsible = shown(person, Field.RESPONSIBLE, Initiative.responsible_id)
        conditions.append(responsible == given("responsible_id", Uuid))
    if shape.year is not None:
        conditions.append(_touches(person, values.year(shape.year, field="year")))
    if shape.shared_with is not None:
        conditions.append(_shared_with(person))
    return conditions


def _mentions(person: Viewer, pattern: ColumnElement[str]) -> ColumnElement[bool]:
    if sees_all(person):
        return Initiative.searched.like(func.lower(pattern), escape="/")
    title, summary = shown(person, Field.TITLE, Initiative.title), shown(person, Field.SUMMARY, Initiative.summary)
    return or_(*(func.lower(shown_text).like(func.lower(pattern), escape="/") for shown_text in (title, summary)))


def _touches(person: Viewer, year: int) -> ColumnElement[bool]:
    starts, ends = shown(person, Field.STARTS, Initiative.starts_on), shown(person, Field.ENDS, Initiative.ends_on)
    first, last = date(year, 1, 1), date(year, 12, 31)
    return and_(
        or_(starts.is_not(None), ends.is_not(None)),
        func.coalesce(starts, first) <= last,
        func.coalesce(ends, last) >= first,
    )


def _shared_with(person: Viewer) -> ColumnElement[bool]:
    query = select(InitiativeShare.initiative_id).where(InitiativeShare.organisation_id == given("shared_with", Uuid))
    return Initiative.id.in_(query.where(in_force(InitiativeShare), share_seen(person)))


def _order(person: Viewer, sort: Sort) -> tuple[ColumnElement[Any], ...]:
    status = shown(person, Field.STATUS, Initiative.status)
    columns: dict[str, ColumnElement[Any]] = {
        "title": Initiative.sort_key.expression,  # Every profile shows the title.
        "status": case({status: place for place, status in enumerate(Status)}, value=status),
        "starts_on": shown(person, Field.STARTS, Initiative.starts_on),
        "ends_on": shown(person, Field.ENDS, Initiative.ends_on),
        "updated_at": _updated_at(person),
    }
    column = columns[sort.removeprefix("-")]
    ordered = column.desc() if sort.startswith("-") else column.asc()
    ordered = ordered.nulls_last() if sort in _WITHOUT else ordered
    return ordered, Initiative.sort_key.expression, Initiative.id.expression


_WITHOUT = frozenset({Sort.STARTS, Sort.STARTS_DOWN, Sort.ENDS, Sort.ENDS_DOWN})
"""The orders in which something may be missing."""


def _rows(person: Viewer) -> Select[*tuple[Any, ...]]:
    lead = shown(person, Field.LEAD, Initiative.lead_organisation_id)
    responsible = shown(person, Field.RESPONSIBLE, Initiative.responsible_id)
    everything = sees_all(person)
    return (
        visible(
            person,
            Initiative.id,
            shown(person, Field.TITLE, Initiative.title).label("title"),
            shown(person, Field.SUMMARY, Initiative.summary).label("summary"),
            shown(person, Field.STATUS, Initiative.status).label("status"),
            lead.label("lead_organisation_id"),
            Organisation.name.label("lead_organisation"),
            responsible.label("responsible_id"),
            Person.name.label("responsible"),
            shown(person, Field.STARTS, Initiative.starts_on).label("starts_on"),
            shown(person, Field.ENDS, Initiative.ends_on).label("ends_on"),
            shown(person, Field.NODES, _nodes()).label("nodes"),
            shown(person, Field.PARTNERS, _partners()).label("partners"),
            shown(person, Field.DECISION, Initiative.decision).label("decision"),
            shown(person, Field.OUTCOME, Initiative.outcome).label("outcome"),
            shown(person, Field.REASON, Initiative.reason).label("reason"),
            shown(person, Field.NEXT_STEPS, Initiative.next_steps).label("next_steps"),
            shown(person, Field.REPORTS, reports.latest()).label("latest"),
            _shares(person).label("shared_with"),
            shown(person, Field.BUDGET, _budget()).label("budget_kronor"),
            (Initiative.created_at if everything else null()).label("created_at"),
            _updated_at(person).label("updated_at"),
            (Initiative.revision if everything else null()).label("revision"),
            (null() if everything else InitiativeShare.profile).label("profile"),
        )
        .join(Organisation, Organisation.id == lead)
        .outerjoin(Person, Person.id == responsible)
    )


def _updated_at(person: Viewer) -> ColumnElement[Any]:
    return Initiative.updated_at.expression if sees_all(person) else revisions.last_seen()


def _nodes() -> ColumnElement[Any]:
    named = TaxonomyNode.dimension, TaxonomyNode.code, TaxonomyNode.name
    node = _json(id=TaxonomyNode.id, **{one.key: one for one in named}, valid_to=Taxonomy.valid_to)
    nodes = (
        select(func.jsonb_agg(aggregate_order_by(node, TaxonomyNode.position)))
        .join(InitiativeNode, InitiativeNode.node_id == TaxonomyNode.id)
        .join(Taxonomy, Taxonomy.id == TaxonomyNode.taxonomy_id)
        .where(InitiativeNode.initiative_id == Initiative.id)
        .correlate(Initiative)
    )
    return _text(func.coalesce(nodes.scalar_subquery(), _NONE))


def _partners() -> ColumnElement[Any]:
    partner = _json(id=Organisation.id, name=Organisation.name)
    partners = (
        select(func.jsonb_agg(aggregate_order_by(partner, sort_key_sql(Organisation.name))))
        .join(InitiativePartner, InitiativePartner.organisation_id == Organisation.id)
        .where(InitiativePartner.initiative_id == Initiative.id)
        .correlate(Initiative)
    )
    return _text(func.coalesce(partners.scalar_subquery(), _NONE))


def _shares(person: Viewer) -> ColumnElement[Any]:
    share = aliased(InitiativeShare)
    terms = {"profile": share.profile, "from_on": share.from_on, "to_on": share.to_on}
    organisation = _json(id=Organisation.id, name=Organisation.name, **terms)
    own = true() if sees_all(person) else share.organisation_id == person.organisation_id
    shares = (
        select(func.jsonb_agg(aggregate_order_by(organisation, sort_key_sql(Organisation.name))))
        .join(share, share.organisation_id == Organisation.id)
        .where(share.initiative_id == Initiative.id, not_ended(share), own)
        .correlate(Initiative)
    )
    return _text(func.coalesce(shares.scalar_subquery(), _NONE))


def _budget() -> ColumnElement[Any]:
    amounts = select(func.coalesce(func.sum(BudgetLink.amount_kronor), literal(0)).cast(Kronor))
    return amounts.where(BudgetLink.initiative_id == Initiative.id).correlate(Initiative).scalar_subquery()


_NONE: ColumnElement[Any] = literal_column("'[]'::jsonb")


def _json(**values: Any) -> ColumnElement[Any]:
    """Return an object with these fields, as the API shows it."""
    named: Iterable[tuple[Any, Any]] = ((literal_column(f"'{name}'"), value) for name, value in values.items())
    return func.jsonb_build_object(*chain.from_iterable(named))


def _text(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return JSON as text, which is sent on as it is."""
    return cast(value, Text)
