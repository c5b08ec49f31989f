"""The money of the small world: what a fund is given to, moved from and applied for."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from initiatives import applications, claims, funds, measure_frames, measure_outcomes, measures, rounds
from initiatives.access import SYSTEM, ScopedSessions
from initiatives.organisations import Organisation


async def given(sessions: ScopedSessions, owner: Organisation, fund_id: UUID, word: str) -> Mapping[str, UUID]:
    """Give money of a fund away, with the word in all of it; return what was made, by kind."""
    async with sessions(SYSTEM) as session:
        allocation = await funds.allocate(
            session, SYSTEM, fund_id, amount_kronor=3_000_000, purpose=f"Till {word}", receiver=word
        )
        other = await funds.create_fund(
            session, SYSTEM, name=f"Reserv {word}", organisation_id=owner.id, year=2026, frame_kronor=1_000_000
        )
        moved = await funds.transfer(
            session,
            SYSTEM,
            from_fund_id=other.id,
            to_fund_id=fund_id,
            amount_kronor=1_000,
            moved_on=date(2026, 1, 2),
            decision=f"Beslut om {word}",
        )
        opened = await rounds.open_round(
            session,
            SYSTEM,
            allocation_id=allocation.id,
            title=f"Sök {word}",
            total_kronor=1_000_000,
            opens_on=date(2026, 1, 12),
            closes_on=date(2026, 2, 27),
        )
        application = await applications.apply(
            session,
            SYSTEM,
            opened.id,
            title=f"Projekt {word}",
            applicant=word,
            amount_kronor=240_000,
            received_on=date(2026, 2, 1),
        )
        await applications.decide(
            session,
            SYSTEM,
            application.id,
            awarded_kronor=240_000,
            decided_on=date(2026, 3, 1),
            report_due_on=date(2026, 12, 1),
        )
    return {
        "allocation": allocation.id,
        "other_fund": other.id,
        "transfer": moved.id,
        "round": opened.id,
        "application": application.id,
    }


async def invested(sessions: ScopedSessions, owner: Organisation, word: str) -> Mapping[str, UUID]:
    """Plan a measure with the word in all that is told of it; return what was made, by kind."""
    async with sessions(SYSTEM) as session:
        frame = await measure_frames.create(session, SYSTEM, name=f"Ram {word}", first_year=2026, last_year=2027)
        measure = await measures.create(
            session, SYSTEM, title=f"Åtgärd {word}", organisation_id=owner.id, frame_id=frame.id, baseline=word
        )
        outcome = await measure_outcomes.add(session, SYSTEM, measure.id, year=2027, outcome=f"Utfall av {word}")
        claim = await claims.add(session, SYSTEM, measure_id=measure.id, text=f"Bra med {word}", said_by=word)
        equity = await funds.create_fund(
            session,
            SYSTEM,
            name=f"Eget kapital {word}",
            kind="eget kapital",
            organisation_id=owner.id,
            year=2026,
            frame_kronor=1_000_000,
        )
    return {
        "frame": frame.id,
        "measure": measure.id,
        "outcome": outcome.id,
        "claim": claim.id,
        "equity": equity.id,
    }
