"""Applications in a round: what is applied for, what is awarded, and how it went (*återredovisning*)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, Select, false, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import due as dates
from initiatives import records, rounds, sources, values
from initiatives.access import SEES_ALL_SQL, Viewer, protect, require_writer, sees_all
from initiatives.base import Base, Kronor
from initiatives.errors import InUse, InvalidValue, NotFound
from initiatives.kinds import KINDS, Kind
from initiatives.organisations import Organisation
from initiatives.past import kept
from initiatives.rounds import ApplicationRound
from initiatives.swedish import format_amount, format_date

MISSING = "Ansökan finns inte."


class Verdict(StrEnum):
    """What has been decided about an application."""

    RECEIVED = "inkommen"
    AWARDED = "beviljad"
    PARTLY = "delvis beviljad"
    REFUSED = "avslagen"


class Application(records.Record, Base):
    """A unit, an organisation or as `applicant` named in words, applies for money for a project.

    `awarded_kronor` is None until it is decided and 0 when it is refused. Who is given money reports, at the latest on
    `report_due_on`, by what `method` they worked and with what `result`.
    """

    __tablename__ = "application"
    __table_args__ = (
        CheckConstraint("amount_kronor > 0 AND awarded_kronor BETWEEN 0 AND amount_kronor", name="amounts"),
        CheckConstraint("(organisation_id IS NULL) = (applicant <> '')", name="applicant"),
        CheckConstraint("reported_on IS NULL OR awarded_kronor > 0", name="report"),
        CheckConstraint("(awarded_kronor IS NULL) = (decided_on IS NULL)", name="decided"),
        Index(None, "round_id"),
        Index(None, "organisation_id"),
    )

    round_id: Mapped[UUID] = mapped_column(ForeignKey("application_round.id"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    applicant: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    amount_kronor: Mapped[int] = mapped_column(Kronor)
    received_on: Mapped[date]
    awarded_kronor: Mapped[int | None] = mapped_column(Kronor)
    decided_on: Mapped[date | None]
    decision: Mapped[str] = mapped_column(default="")
    report_due_on: Mapped[date | None]
    reported_on: Mapped[date | None]
    method: Mapped[str] = mapped_column(default="")
    result: Mapped[str] = mapped_column(default="")
    published: Mapped[bool] = mapped_column(default=False)


POLICIES: tuple[str, ...] = protect("application", read=SEES_ALL_SQL)
TRIGGERS: tuple[str, ...] = (kept("application", part_of="round_id"),)
sources.SUBJECTS["application"] = MISSING
KINDS["application"] = Kind(
    word="ansökan",
    plural="ansökningar",
    title=("title",),
    labels={
        "round_id": "Utlysning",
        "organisation_id": "Organisation",
        "applicant": "Sökande",
        "title": "Projekt",
        "description": "Beskrivning",
        "amount_kronor": "Sökt belopp",
        "received_on": "Inkom",
        "awarded_kronor": "Beviljat belopp",
        "decided_on": "Beslutsdag",
        "decision": "Motivering",
        "report_due_on": "Återredovisas senast",
        "reported_on": "Återredovisad",
        "method": "Arbetssätt",
        "result": "Resultat",
        "published": "Publicerad",
    },
    part_of="application_round",
    page="/pengar/ansokningar",
)


class ApplicationFields(TypedDict, total=False):
    """What an application says; a change names only what it changes."""

    organisation_id: UUID | None
    applicant: str
    title: str
    description: str
    amount_kronor: int
    received_on: date


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """An application as it is shown; `applicant` is the organisation's name or what was written."""

    id: UUID
    round_id: UUID
    round: str
    organisation_id: UUID | None
    applicant: str
    title: str
    description: str
    amount_kronor: int
    received_on: date
    awarded_kronor: int | None
    decided_on: date | None
    decision: str
    report_due_on: date | None
    reported_on: date | None
    method: str
    result: str
    published: bool
    created_at: datetime
    updated_at: datetime
    revision: int

    @property
    def unnamed(self) -> "ApplicationRow":
        """The same with the applicant as it was written: an organisation has no words of its own."""
        return replace(self, applicant="") if self.organisation_id else self

    @property
    def verdict(self) -> Verdict:
        """What has been decided."""
        match self.awarded_kronor:
            case None:
                return Verdict.RECEIVED
            case 0:
                return Verdict.REFUSED
            case whole if whole == self.amount_kronor:
                return Verdict.AWARDED
            case _:
                return Verdict.PARTLY


async def apply(
    session: AsyncSession,
    person: Viewer,
    round_id: UUID,
    *,
    title: str,
    amount_kronor: int,
    received_on: date,
    organisation_id: UUID | None = None,
    applicant: str = "",
    description: str = "",
) -> Application:
    """Register an application that came in on a day when the round was open.

    Raises `NotAllowed`, or `InvalidValue` for a round that is not there or was not open that day.
    """
    require_writer(person)
    of_round = await session.get(ApplicationRound, round_id)
    if of_round is None:
        raise InvalidValue(rounds.MISSING, field="round_id")
    fields = ApplicationFields(
        organisation_id=organisation_id,
        applicant=applicant,
        title=title,
        description=description,
        amount_kronor=amount_kronor,
        received_on=received_on,
    )
    row = Application(round_id=round_id, **await _checked(session, of_round, fields))
    _require_one_applicant(row.organisation_id, row.applicant)
    await records.add(session, person, row)
    return row


async def revise(
    session: AsyncSession,
    person: Viewer,
    application_id: UUID,
    *,
    revision: int | None = None,
    **fields: Unpack[ApplicationFields],
) -> Application:
    """Change what an application says; `revision` is the one that the person read.

    Raises as `apply` and `records.change`; the amount cannot be less than what is awarded.
    """
    row = await records.lock_to_write(session, person, Application, application_id, missing=MISSING)
    wanted = await _checked(session, await session.get_one(ApplicationRound, row.round_id), fields)
    _require_one_applicant(*(wanted.get(name, getattr(row, name)) for name in ("organisation_id", "applicant")))
    if wanted.get("amount_kronor", row.amount_kronor) < (row.awarded_kronor or 0):
        raise InvalidValue(
            f"{format_amount(row.awarded_kronor or 0)} är redan beviljat. Ändra beslutet först.", field="amount_kronor"
        )
    await records.change(session, person, row, wanted, read=revision)
    return row


async def decide(
    session: AsyncSession,
    person: Viewer,
    application_id: UUID,
    *,
    awarded_kronor: int,
    decided_on: date,
    decision: str = "",
    report_due_on: date | None = None,
    revision: int | None = None,
) -> Application:
    """Award all of what is applied for, part of it or, with 0, nothing; the round is locked first.

    `report_due_on` is when the money shall be reported on, the round's day unless it is given. Raises `FundOverdrawn`
    if more would be awarded than there is in the round, and `InvalidValue`.
    """
    row = await records.lock_to_write(session, person, Application, application_id, missing=MISSING)
    of_round = await rounds.lock(session, row.round_id)
    report_due_on = (report_due_on or of_round.report_due_on) if awarded_kronor else None
    _require_award(row, of_round, awarded_kronor)
    values.period(row.received_on, decided_on, field="decided_on")
    if awarded_kronor and report_due_on is None:
        raise InvalidValue("Ange när pengarna ska återredovisas.", field="report_due_on")
    values.period(decided_on, report_due_on, field="report_due_on")
    wanted = {
        "awarded_kronor": awarded_kronor,
        "decided_on": decided_on,
        "decision": values.paragraph(decision, field="decision", longest=1_000),
        "report_due_on": report_due_on,
    }
    await records.change(session, person, row, wanted, read=revision, action="beslutade om")
    await rounds.require_room_for_awards(session, of_round, field="awarded_kronor")
    return row


async def report(
    session: AsyncSession,
    person: Viewer,
    application_id: UUID,
    *,
    reported_on: date,
    method: str,
    result: str,
    published: bool = False,
    revision: int | None = None,
) -> Application:
    """Register how the money was used; both method and result must be told.

    Raises `InvalidValue` for an application that was given no money or a report before the decision.
    """
    row = await records.lock_to_write(session, person, Application, application_id, missing=MISSING)
    if not row.awarded_kronor:
        raise InvalidValue("Bara den som har beviljats pengar ska återredovisa dem.", field="reported_on")
    values.period(row.decided_on, reported_on, field="reported_on")
    told = {name: values.paragraph(value, field=name) for name, value in (("method", method), ("result", result))}
    for name, word in (("method", "arbetssätt"), ("result", "resultat")):
        if not told[name]:
            raise InvalidValue(f"Beskriv {word}. Båda delarna behövs för att andra ska kunna ta efter.", field=name)
    wanted = {"reported_on": reported_on, **told, "published": published}
    await records.change(session, person, row, wanted, read=revision, action="återredovisade")
    return row


async def remove(session: AsyncSession, person: Viewer, application_id: UUID) -> None:
    """Take away an application; raise `InUse` if it has been given money."""
    row = await records.lock_to_write(session, person, Application, application_id, missing=MISSING)
    if row.awarded_kronor:
        raise InUse("Ansökan har beviljats pengar och kan inte tas bort. Ändra beslutet till 0 kronor först.")
    await records.remove(session, person, row)


async def list_applications(
    session: AsyncSession, person: Viewer, *, round_id: UUID | None = None, limit: int = 20, offset: int = 0
) -> tuple[Sequence[ApplicationRow], int]:
    """Return applications in the order that they came in, and how many there are in all; none to a partner."""
    if not sees_all(person):
        return (), 0
    where: list[ColumnElement[bool]] = [] if round_id is None else [Application.round_id == round_id]
    total = await session.scalar(select(func.count()).select_from(Application).where(*where))
    order = (Application.received_on, Application.id)
    rows = await session.execute(_rows().where(*where).order_by(*order).limit(limit).offset(offset))
    return [ApplicationRow(*row) for row in rows], total or 0


async def get_application(session: AsyncSession, person: Viewer, application_id: UUID) -> ApplicationRow:
    """Return one application, or raise `NotFound`."""
    query = _rows().where(Application.id == application_id)
    if sees_all(person) and (row := (await session.execute(query)).one_or_none()):
        return ApplicationRow(*row)
    raise NotFound(MISSING)


def due(person: Viewer) -> Select[*tuple[Any, ...]]:
    """Return when money that has been awarded shall be reported on, for the calendar."""
    query = dates.rows(
        "återredovisning",
        subject_type="application_round",
        subject_id=Application.round_id,
        item_id=Application.id,
        title=Application.title,
        on=Application.report_due_on,
        organisation_id=Application.organisation_id,
        done=Application.reported_on.is_not(None),
    )
    return query if sees_all(person) else query.where(false())


def _require_award(row: Application, of_round: ApplicationRound, awarded_kronor: int) -> None:
    values.kronor(awarded_kronor, field="awarded_kronor")
    if awarded_kronor > row.amount_kronor:
        raise InvalidValue(
            f"Mer än de sökta {format_amount(row.amount_kronor)} kan inte beviljas. Minska beloppet.",
            field="awarded_kronor",
        )
    if of_round.most_kronor is not None and awarded_kronor > of_round.most_kronor:
        raise InvalidValue(
            f"Högst {format_amount(of_round.most_kronor)} kan beviljas för en ansökan. Minska beloppet.",
            field="awarded_kronor",
        )
    if row.reported_on and not awarded_kronor:
        raise InvalidValue("Ansökan är redan återredovisad och kan inte avslås.", field="awarded_kronor")


async def _checked(session: AsyncSession, of_round: ApplicationRound, fields: ApplicationFields) -> dict[str, Any]:
    checked: dict[str, Any] = dict(fields)
    if (organisation_id := fields.get("organisation_id")) and await session.get(Organisation, organisation_id) is None:
        raise InvalidValue("Organisationen finns inte.", field="organisation_id")
    if "applicant" in fields:
        checked["applicant"] = " ".join(values.paragraph(fields["applicant"], field="applicant", longest=200).split())
    if "title" in fields:
        checked["title"] = values.line(fields["title"], field="title")
    if "description" in fields:
        checked["description"] = values.paragraph(fields["description"], field="description")
    if "amount_kronor" in fields and values.kronor(fields["amount_kronor"], field="amount_kronor") == 0:
        raise InvalidValue("Beloppet ska vara större än noll.", field="amount_kronor")
    if "received_on" in fields and not of_round.opens_on <= fields["received_on"] <= of_round.closes_on:
        raise InvalidValue(
            f"Utlysningen är öppen från {format_date(of_round.opens_on)} till {format_date(of_round.closes_on)}. "
            "Ändra dagen, eller utlysningens sista dag om ansökan ändå ska prövas.",
            field="received_on",
        )
    if checked.get("organisation_id"):
        checked.setdefault("applicant", "")
    elif checked.get("applicant"):
        checked.setdefault("organisation_id", None)
    return checked


def _require_one_applicant(organisation_id: UUID | None, applicant: str) -> None:
    if (organisation_id is None) == (not applicant):
        raise InvalidValue(
            "Ange vem som söker: antingen en organisation eller en egen text, inte båda.", field="applicant"
        )


def _rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Application.id,
            Application.round_id,
            ApplicationRound.title,
            Application.organisation_id,
            func.coalesce(Organisation.name, Application.applicant),
            Application.title,
            Application.description,
            Application.amount_kronor,
            Application.received_on,
            Application.awarded_kronor,
            Application.decided_on,
            Application.decision,
            Application.report_due_on,
            Application.reported_on,
            Application.method,
            Application.result,
            Application.published,
            Application.created_at,
            Application.updated_at,
            Application.revision,
        )
        .join(ApplicationRound, ApplicationRound.id == Application.round_id)
        .outerjoin(Organisation, Organisation.id == Application.organisation_id)
    )
