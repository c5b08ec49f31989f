"""Dependencies (beroenden) between initiatives: one cannot begin until the other is finished; never in a ring."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Select, and_, or_, select, text, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased, mapped_column

from initiatives import activity, initiatives
from initiatives.access import SEES_ALL_SQL, Viewer, protect, sees_all
from initiatives.base import Base, utcnow
from initiatives.errors import InvalidValue, NarplanError, NotFound
from initiatives.initiatives import Initiative
from initiatives.kinds import KINDS, Kind
from initiatives.past import kept
from initiatives.sharing import SEEN_SQL, Field, seen, seen_sql
from initiatives.swedish import sort_key_sql
from initiatives.workflow import OVER, Status


class CircularDependency(NarplanError):
    """The initiative would wait for itself, by way of others."""

    title: ClassVar[str] = "Beroendet går i ring"


class Dependency(Base):
    """An initiative waits until another one is finished."""

    __tablename__ = "initiative_dependency"
    __table_args__ = (CheckConstraint("initiative_id <> depends_on_id", name="itself"),)

    initiative_id: Mapped[UUID] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"), primary_key=True)
    depends_on_id: Mapped[UUID] = mapped_column(
        ForeignKey("initiative.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


_BOTH_SQL = " OR ".join(
    f"({one} IN ({seen_sql(Field.DEPENDENCIES)}) AND {other} IN ({SEEN_SQL}))"
    for one, other in (("initiative_id", "depends_on_id"), ("depends_on_id", "initiative_id"))
)
POLICIES: tuple[str, ...] = protect("initiative_dependency", read=f"{SEES_ALL_SQL} OR {_BOTH_SQL}")
"""Whoever sees that one waits for the other sees both."""
TRIGGERS: tuple[str, ...] = (kept("initiative_dependency", "initiative_id", "depends_on_id", part_of="initiative_id"),)

KINDS["initiative_dependency"] = Kind(
    word="beroende",
    plural="väntar på",
    title=("depends_on_id",),
    labels={"initiative_id": "Initiativ", "depends_on_id": "Väntar på"},
    part_of="initiative",
)

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('narplan initiative dependencies', 0))")
_WAY = text("""
    WITH RECURSIVE way (id, ids) AS (
        SELECT CAST(:start AS uuid), ARRAY[CAST(:start AS uuid)]
        UNION ALL
        SELECT next.depends_on_id, way.ids || next.depends_on_id
        FROM way JOIN initiative_dependency AS next ON next.initiative_id = way.id
        WHERE way.id <> :goal AND NOT next.depends_on_id = ANY (way.ids)
    )
    SELECT ids FROM way WHERE id = :goal ORDER BY cardinality(ids) LIMIT 1
""")
"""The shortest way from one initiative to another over what each waits for."""


@dataclass(frozen=True, slots=True)
class DependencyRow:
    """One initiative waits for another.

    `clash` tells that the one that waits is to start, or has started, before the other is finished.
    """

    initiative_id: UUID
    initiative: str
    status: Status
    starts_on: date | None
    depends_on_id: UUID
    depends_on: str
    depends_on_status: Status
    depends_on_ends_on: date | None

    @property
    def clash(self) -> bool:
        """Whether the dates or statuses of the two say otherwise than that one follows the other."""
        if self.depends_on_status in OVER or self.status in OVER:
            return False
        early = bool(self.starts_on and self.depends_on_ends_on and self.starts_on <= self.depends_on_ends_on)
        return early or self.status is Status.ONGOING


async def depend(session: AsyncSession, person: Viewer, initiative_id: UUID, depends_on_id: UUID) -> Dependency:
    """Let an initiative wait for another one; the same again changes nothing.

    Raises `NotFound`, `NotAllowed`, `InvalidValue` for the other one, or `CircularDependency` that names the way.
    """
    await session.execute(_ONE_AT_A_TIME)
    await initiatives.lock(session, person, initiative_id)
    if await session.get(Initiative, depends_on_id) is None:
        raise InvalidValue("Initiativet som du vill vänta på finns inte.", field="depends_on_id")
    if (old := await session.get(Dependency, (initiative_id, depends_on_id))) is not None:
        return old
    if way := await session.scalar(_WAY, {"start": depends_on_id, "goal": initiative_id}):
        raise CircularDependency(await _told(session, [initiative_id, *way]), field="depends_on_id")
    made = Dependency(initiative_id=initiative_id, depends_on_id=depends_on_id, created_at=utcnow())
    session.add(made)
    after = {"depends_on_id": depends_on_id}
    activity.record(session, person, "lade till beroende", "initiative", initiative_id, after=after)
    activity.note_written(session, "initiative", depends_on_id)
    await session.flush()
    return made


async def stop_depending(session: AsyncSession, person: Viewer, initiative_id: UUID, depends_on_id: UUID) -> None:
    """Let an initiative no longer wait for another one; raise `NotFound` if it does not."""
    await initiatives.lock(session, person, initiative_id)
    found = await session.get(Dependency, (initiative_id, depends_on_id))
    if found is None:
        raise NotFound("Initiativet har inget sådant beroende.")
    before = {"depends_on_id": depends_on_id}
    activity.record(session, person, "tog bort beroende", "initiative", initiative_id, before=before)
    activity.note_written(session, "initiative", depends_on_id)
    await session.delete(found)
    await session.flush()


async def list_dependencies(session: AsyncSession, person: Viewer, *initiative_ids: UUID) -> Sequence[DependencyRow]:
    """Return the dependencies at either end of which one of these initiatives stands, by title of the other."""
    these = or_(Dependency.initiative_id.in_(initiative_ids), Dependency.depends_on_id.in_(initiative_ids))
    rows = await session.execute(_rows().where(these, visible_to(person)))
    return [DependencyRow(*row) for row in rows]


def visible_to(person: Viewer) -> ColumnElement[bool]:
    """Return the condition on `Dependency` for those that the person sees."""
    if sees_all(person):
        return true()
    shows, both = seen(person, Field.DEPENDENCIES), seen(person)
    return or_(
        and_(Dependency.initiative_id.in_(shows), Dependency.depends_on_id.in_(both)),
        and_(Dependency.depends_on_id.in_(shows), Dependency.initiative_id.in_(both)),
    )


def _rows() -> Select[*tuple[Any, ...]]:
    first = aliased(Initiative)
    return (
        select(
            Dependency.initiative_id,
            Initiative.title,
            Initiative.status,
            Initiative.starts_on,
            Dependency.depends_on_id,
            first.title,
            first.status,
            first.ends_on,
        )
        .join(Initiative, Initiative.id == Dependency.initiative_id)
        .join(first, first.id == Dependency.depends_on_id)
        .order_by(sort_key_sql(first.title), sort_key_sql(Initiative.title), Dependency.initiative_id)
    )


async def _told(session: AsyncSession, way: Sequence[UUID]) -> str:
    """Return what is wrong: each initiative on the way waits for the next one, and the last is the first."""
    found = dict((await session.execute(select(Initiative.id, Initiative.title).where(Initiative.id.in_(way)))).all())
    named = " → ".join(f"”{found[one]}”" for one in way)
    return f"Initiativet skulle vänta på sig självt: {named}. Ta bort ett av beroendena på vägen först."
