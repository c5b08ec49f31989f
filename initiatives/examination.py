"""An examination runs every rule over the register and keeps what they find in the register of findings."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import decision_rules, funds, gaps, portfolio, records, source_versions
from initiatives.access import Viewer, require_writer
from initiatives.base import utcnow
from initiatives.checks import Check
from initiatives.distribution import runs
from initiatives.findings import Finding, State
from initiatives.grants import years as grants

Room = Callable[[AsyncSession, Viewer], Awaitable[Sequence[Check]]]
ROOMS: tuple[Room, ...] = (
    gaps.check,
    decision_rules.check,
    grants.check,
    funds.check,
    portfolio.check,
    runs.check,
    source_versions.check,
)
"""The rooms that have rules; each returns what its rules find in what the person sees."""
_ONE_AT_A_TIME = 7_306_042
"""The advisory lock that lets one examination run at a time."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What an examination came to: findings that are new or open again, those that stand, and those that ceased."""

    new: int
    standing: int
    ceased: int


async def examine(session: AsyncSession, person: Viewer) -> Examined:
    """Run every rule over the register and keep what they find; for the programme group and the system."""
    require_writer(person)
    await session.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
    made = {mark(check): check for room in ROOMS for check in await room(session, person)}
    known = {one.mark: one for one in await session.scalars(select(Finding).where(Finding.mark.is_not(None)))}
    new = sum([await _keep(session, person, known.get(key), key, check) for key, check in made.items()])
    gone = [one for key, one in known.items() if key not in made and one.state is not State.CEASED]
    for one in gone:
        await records.change(session, person, one, {"state": State.CEASED}, read=None, action="upphörde")
    return Examined(new, len(made) - new, len(gone))


def mark(check: Check) -> str:
    """Return what tells a finding of a rule from its others: rule, thing and what is wrong, whatever the figures."""
    thing = f"{check.subject.kind} {check.subject.id}" if check.subject else ""
    return hashlib.sha256(f"{check.rule}\n{thing}\n{check.title}".encode()).hexdigest()


async def _keep(session: AsyncSession, person: Viewer, known: Finding | None, key: str, check: Check) -> bool:
    """Write what a rule found, and tell whether it is new or back."""
    said = {"severity": check.severity, "title": check.title, "detail": check.detail}
    if known is not None:
        back = known.state in {State.CEASED, State.SOLVED}
        await records.change(session, person, known, {**said, **({"state": State.OPEN} if back else {})}, read=None)
        return back
    subject = check.subject
    finding = Finding(
        rule=check.rule,
        mark=key,
        subject_type=subject.kind if subject else None,
        subject_id=subject.id if subject else None,
        state=State.OPEN,
        owner_id=None,
        resolution="",
        found_at=utcnow(),
        **said,
    )
    await records.add(session, person, finding, action="hittade")
    return True
