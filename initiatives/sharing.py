"""What is shared with an organisation: which fields, from when and until when. The rules of seeing, as queries.

A share gives an organisation a *profile*, which names the fields that its people see, between two days in Swedish time.
`PROFILES` is the one place that says which fields those are; conditions and policies are made from it. Every condition
is made twice from the same words: for queries, and (`…_SQL`) for the row-level security that stands behind them.
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    DateTime,
    ForeignKey,
    Select,
    and_,
    case,
    cast,
    func,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from initiatives.access import ORGANISATION_SQL, SEES_ALL_SQL, TODAY_SQL, Viewer, protect, sees_all
from initiatives.base import Base, text_enum, utcnow
from initiatives.kinds import KINDS, Kind
from initiatives.swedish import STOCKHOLM, today


class Field(StrEnum):
    """What there is to see of an initiative, by the names that the API shows."""

    TITLE = "title"
    STATUS = "status"
    STARTS = "starts_on"
    ENDS = "ends_on"
    LEAD = "lead_organisation"
    SUMMARY = "summary"
    RESPONSIBLE = "responsible"
    NODES = "nodes"
    PARTNERS = "partners"
    DECISION = "decision"
    OUTCOME = "outcome"
    REASON = "reason"
    NEXT_STEPS = "next_steps"
    REPORTS = "reports"
    MILESTONES = "milestones"
    EFFECTS = "effects"
    DEPENDENCIES = "dependencies"
    COMMENTS = "comments"
    BUDGET = "budget_kronor"
    SHARES = "shared_with"


class Profile(StrEnum):
    """How much of an initiative is shared."""

    OVERVIEW = "översikt"
    PLAN = "plan"
    ECONOMY = "ekonomi"


_OVERVIEW = frozenset({Field.TITLE, Field.STATUS, Field.STARTS, Field.ENDS, Field.LEAD})
_PLAN = _OVERVIEW | {
    Field.SUMMARY,
    Field.RESPONSIBLE,
    Field.NODES,
    Field.PARTNERS,
    Field.DECISION,
    Field.OUTCOME,
    Field.REASON,
    Field.NEXT_STEPS,
    Field.REPORTS,
    Field.MILESTONES,
    Field.EFFECTS,
    Field.DEPENDENCIES,
    Field.COMMENTS,
}
PROFILES: Mapping[Profile, frozenset[Field]] = {
    Profile.OVERVIEW: _OVERVIEW,
    Profile.PLAN: _PLAN,
    Profile.ECONOMY: _PLAN | {Field.BUDGET},
}
"""The fields that each profile shows. After a change here the policies need a migration."""

DEFAULT_PROFILE = Profile.PLAN
Value = TypeVar("Value")


class Period:
    """What every share has: its first and last day (inclusive; no last day is until further notice), who and when.

    `shared_at` is when the share became what it is now: sharing again on other terms is a new share.
    """

    from_on: Mapped[date]
    to_on: Mapped[date | None]
    shared_at: Mapped[datetime] = mapped_column(default=utcnow)
    shared_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))


class InitiativeShare(Period, Base):
    """An initiative is shared with an organisation, whose people see the fields of the profile while it is in force."""

    __tablename__ = "initiative_share"
    __table_args__ = (CheckConstraint("to_on >= from_on", name="period"),)

    initiative_id: Mapped[UUID] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True, index=True)
    profile: Mapped[Profile] = mapped_column(text_enum(Profile, name="profile"))


def new_share(
    person: Viewer,
    initiative_id: UUID,
    organisation_id: UUID,
    profile: Profile = DEFAULT_PROFILE,
    *,
    from_on: date | None = None,
    to_on: date | None = None,
) -> InitiativeShare:
    """Return a share that is not written yet; without a first day it holds from today."""
    return InitiativeShare(
        initiative_id=initiative_id,
        organisation_id=organisation_id,
        profile=profile,
        from_on=from_on or today(),
        to_on=to_on,
        shared_at=utcnow(),
        shared_by=person.person_id,
    )


def showing(field: Field) -> tuple[Profile, ...]:
    """Return the profiles that show a field."""
    return tuple(profile for profile in Profile if field in PROFILES[profile])


def in_force(share: type[Period]) -> ColumnElement[bool]:
    """Return the condition that a share holds today, by the database's clock and Swedish time."""
    return and_(share.from_on <= func.narplan_today(), not_ended(share))


def not_ended(share: type[Period]) -> ColumnElement[bool]:
    """Return the condition that a share holds today or will hold."""
    return func.coalesce(share.to_on, func.narplan_today()) >= func.narplan_today()


def mine(person: Viewer) -> ColumnElement[bool]:
    """Return the condition on `InitiativeShare` for those in force that the person's organisation has."""
    return and_(InitiativeShare.organisation_id == person.organisation_id, in_force(InitiativeShare))


def seen(person: Viewer, field: Field | None = None) -> Select[UUID]:
    """Return the identifiers of the initiatives shared with the person; with a field, those that show it."""
    query = select(InitiativeShare.initiative_id).where(mine(person))
    return query if field is None else query.where(InitiativeShare.profile.in_(showing(field)))


def shown(
    person: Viewer, field: Field, value: ColumnElement[Value] | InstrumentedAttribute[Value]
) -> ColumnElement[Value]:
    """Return the value where the person sees the field, else NULL; for queries joined to the person's own share.

    What is filtered, ordered or counted by such a value tells nothing of the value behind it.
    """
    if sees_all(person) or len(showing(field)) == len(Profile):
        return value.expression if isinstance(value, InstrumentedAttribute) else value
    return case((InitiativeShare.profile.in_(showing(field)), value))


def shown_with(
    person: Viewer, initiative_id: ColumnElement[UUID] | InstrumentedAttribute[UUID], field: Field
) -> ColumnElement[bool]:
    """Return the condition that the person sees what stands around an initiative as `field`."""
    return true() if sees_all(person) else initiative_id.in_(seen(person, field))


def shown_with_sql(field: Field) -> str:
    """Return the same condition in words for the policy of a table that has `initiative_id`."""
    return f"{SEES_ALL_SQL} OR initiative_id IN ({seen_sql(field)})"


def share_seen(person: Viewer) -> ColumnElement[bool]:
    """Return the condition on `InitiativeShare` for the shares that the person knows of."""
    return true() if sees_all(person) else mine(person)


def since() -> ColumnElement[Any]:
    """Return the instant from which a share has shown what it shows now."""
    first_day = func.timezone(STOCKHOLM.key, cast(InitiativeShare.from_on, DateTime()))
    return func.greatest(InitiativeShare.shared_at, first_day)


IN_FORCE_SQL = f"from_on <= {TODAY_SQL} AND COALESCE(to_on, {TODAY_SQL}) >= {TODAY_SQL}"
SHARE_SEEN_SQL = f"{SEES_ALL_SQL} OR (organisation_id = {ORGANISATION_SQL} AND {IN_FORCE_SQL})"
"""Whose share it is and when it holds; the policies of all that is shared look through those of the shares."""

SEEN_SQL = "SELECT initiative_id FROM initiative_share"


def seen_sql(field: Field) -> str:
    """Return the query for the initiatives that show a field, in words for policies."""
    profiles = ", ".join(f"'{profile}'" for profile in showing(field))
    return f"{SEEN_SQL} WHERE profile IN ({profiles})"


FUNCTIONS: dict[str, tuple[str, str]] = {
    "narplan_responsible": (
        "SETOF uuid",
        " ".join(("SELECT responsible_id FROM initiative WHERE id IN", f"({seen_sql(Field.RESPONSIBLE)})")),
    ),
}
"""What the policies ask the database for; here those who are responsible for what is shared, if the profile says so."""

RESPONSIBLE_SQL = "SELECT narplan_responsible()"

POLICIES: tuple[str, ...] = protect("initiative_share", read=SHARE_SEEN_SQL)

KINDS["initiative_share"] = Kind(
    word="delning",
    plural="delas med",
    title=("organisation_id", "profile"),
    labels={
        "initiative_id": "Initiativ",
        "organisation_id": "Delas med",
        "profile": "Hur mycket",
        "from_on": "Från och med",
        "to_on": "Till och med",
        "shared_at": "Delades",
        "shared_by": "Delades av",
    },
    part_of="initiative",
)
