"""The portfolio: measures together, their sums for each year, and those sums beside the frame."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import measure_frames, measures
from initiatives.access import Viewer
from initiatives.checks import Check, Severity, Subject
from initiatives.measure_frames import NO_CEILING, FrameRow
from initiatives.measures import MeasureRow, MeasureSort, MeasureStatus, payback_years
from initiatives.swedish import format_amount


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Measures and what they come to, in kronor; cancelled ones are among them but not in the sums.

    `payback_years` is None also where the expected result of some measure is not told. `left_kronor` is what is left of
    the ceiling, negative where it is exceeded and None where there is none; `outside_kronor` falls in years that the
    frame does not have. `verdict` says all that in words.
    """

    frame: FrameRow | None
    measures: Sequence[MeasureRow]
    by_year: Mapping[int, int]
    cost_kronor: int
    yearly_kronor: int
    payback_years: Decimal | None
    left_kronor: int | None
    outside_kronor: int

    @property
    def all_told(self) -> bool:
        """Tell whether every measure in the sums says what it is expected to give."""
        return all(row.yearly_kronor is not None for row in counted(self.measures))

    @property
    def verdict(self) -> str:
        """Say how the sums stand to the frame."""
        if self.frame is None or self.left_kronor is None:
            return NO_CEILING
        words = f"{format_amount(self.left_kronor)} kvar av ramen"
        if self.left_kronor < 0:
            words = f"ramen överskrids med {format_amount(-self.left_kronor)}"
        outside = f"; {format_amount(self.outside_kronor)} faller utanför ramens år" if self.outside_kronor else ""
        return words + outside


async def portfolio(
    session: AsyncSession, person: Viewer, *, frame_id: UUID | None = None, sort: MeasureSort = MeasureSort.TITLE
) -> Portfolio:
    """Return the measures of a frame, or all of them; raise `NotFound` for a frame that is not there for the person."""
    frame = None if frame_id is None else await measure_frames.get_frame(session, person, frame_id)
    return summed(frame, await measures.list_measures(session, person, frame_id=frame_id, sort=sort))


def summed(frame: FrameRow | None, rows: Sequence[MeasureRow]) -> Portfolio:
    """Return what measures come to beside a frame. Those that are cancelled cost nothing."""
    kept = counted(rows)
    years = sorted({year for row in kept for year in row.costs})
    by_year = {year: sum(row.costs.get(year, 0) for row in kept) for year in years}
    cost, told = sum(by_year.values()), [row.yearly_kronor for row in kept if row.yearly_kronor is not None]
    ceiling = frame.ceiling_kronor if frame else None
    return Portfolio(
        frame=frame,
        measures=rows,
        by_year=by_year,
        cost_kronor=cost,
        yearly_kronor=sum(told),
        payback_years=payback_years(cost, sum(told)) if len(told) == len(kept) else None,
        left_kronor=None if ceiling is None else ceiling - cost,
        outside_kronor=sum(kronor for year, kronor in by_year.items() if frame and not _within(frame, year)),
    )


def counted(rows: Sequence[MeasureRow]) -> list[MeasureRow]:
    """Return the measures that cost something: all but those that are cancelled."""
    return [row for row in rows if row.status is not MeasureStatus.CANCELLED]


async def check(session: AsyncSession, person: Viewer) -> list[Check]:
    """Return what the rules find in the measures: no ceiling, a ceiling exceeded, and what the action plan has already.

    Measures shall go beyond the action plan, and be charged within a frame that has been decided.
    """
    rows = await measures.list_measures(session, person)
    frames = await measure_frames.list_frames(session, person)
    found = [_in_plan(row) for row in rows if row.in_action_plan and row.status is not MeasureStatus.CANCELLED]
    for frame in frames:
        found += _of_frame(summed(frame, [row for row in rows if row.frame_id == frame.id]), frame)
    return found


def _of_frame(together: Portfolio, frame: FrameRow) -> list[Check]:
    subject = Subject("measure_frame", frame.id)
    cost = format_amount(together.cost_kronor)
    if together.left_kronor is None:
        detail = f"Åtgärderna i {frame.name} kostar {cost} tillsammans, men ingen ram är beslutad. Ange ramens tak."
        return [Check("measures-without-frame", Severity.MEDIUM, "Ram saknas för åtgärderna", detail, subject)]
    if together.left_kronor < 0:
        over = format_amount(-together.left_kronor)
        detail = (
            f"Åtgärderna i {frame.name} kostar {cost}, och ramen överskrids med {over}. Minska dem eller höj ramen."
        )
        return [Check("measures-exceed-frame", Severity.HIGH, "Åtgärderna ryms inte i ramen", detail, subject)]
    return []


def _in_plan(row: MeasureRow) -> Check:
    detail = f"”{row.title}” ingår redan i handlingsplanen. Ta bort åtgärden, eller beskriv vad den lägger till."
    title = "Åtgärden går inte utöver handlingsplanen"
    return Check("measure-already-planned", Severity.MEDIUM, title, detail, Subject("measure", row.id))


def _within(frame: FrameRow, year: int) -> bool:
    return frame.first_year <= year <= frame.last_year
