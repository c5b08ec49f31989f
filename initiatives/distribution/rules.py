"""What is contradictory or open in a plan: found by arithmetic and by the order of time, and told, never corrected."""

from collections.abc import Iterator

from initiatives.checks import Check, Severity
from initiatives.distribution.outcome import Outcome, StageOutcome
from initiatives.distribution.plan import Fulfilment, Plan, Stage
from initiatives.swedish import MONTHS, format_kronor


def check(plan: Plan, outcome: Outcome) -> tuple[Check, ...]:
    """Return what should be looked at before the money is paid."""
    return tuple(_checks(plan, outcome))


def month_words(month: str) -> str:
    """Return a month in words: "2022-05" gives "maj 2022"."""
    year, number = month.split("-")
    return f"{MONTHS[int(number) - 1]} {year}"


def _checks(plan: Plan, outcome: Outcome) -> Iterator[Check]:
    for stage, result in zip(plan.stages, outcome.stages, strict=True):
        yield from _ratio(plan, stage, result)
        yield from _time(stage)
        yield from _unknown(stage, result)
        if result.left_kronor:
            yield _found(
                "distribution-money-left",
                Severity.MEDIUM,
                f"{stage.name}: allt är inte fördelat",
                f"{format_kronor(result.left_kronor)} av {format_kronor(result.kronor)} går inte till någon enhet. "
                "Beslut behövs om vad som ska hända med pengarna.",
            )
    if rest := plan.total_kronor - sum(stage.kronor for stage in outcome.stages):
        yield _found(
            "distribution-without-step",
            Severity.MEDIUM,
            "Stegen är mindre än summan",
            f"{format_kronor(rest)} av {format_kronor(plan.total_kronor)} hör inte till något steg.",
        )


def _ratio(plan: Plan, stage: Stage, result: StageOutcome) -> Iterator[Check]:
    stated, computed = result.stated_kronor, result.computed_kronor
    if stated is None or computed is None or stated == computed:
        return
    more = "mer" if stated > computed else "mindre"
    yield _found(
        "distribution-share-differs",
        Severity.MEDIUM,
        f"{stage.name}: andelen och beloppet stämmer inte",
        f"{stage.share} av {format_kronor(plan.total_kronor)} är {format_kronor(computed)}, men angivet är "
        f"{format_kronor(stated)}, {format_kronor(abs(stated - computed))} {more}. Det angivna beloppet fördelas.",
    )


def _time(stage: Stage) -> Iterator[Check]:
    if stage.month is None or stage.known_from is None or stage.month > stage.known_from:
        return
    paid, known = month_words(stage.month), month_words(stage.known_from)
    if stage.month == stage.known_from:
        severity, said = Severity.LOW, f"Villkoret prövas samma månad som steget betalas, {paid}."
    else:
        severity, said = Severity.HIGH, f"Steget betalas i {paid} men villkoret kan prövas först i {known}."
    detail = f"{said} Vilka som uppfyller det är då inte säkert känt vid utbetalningen."
    yield _found("distribution-paid-before-known", severity, f"{stage.name}: betalas innan villkoret är prövat", detail)


def _unknown(stage: Stage, result: StageOutcome) -> Iterator[Check]:
    unknown = sum(row.fulfilment is Fulfilment.UNKNOWN for row in result.rows)
    if unknown and stage.condition:
        are = "räknas med" if stage.unknown_takes_part else "räknas inte med"
        yield _found(
            "distribution-condition-unknown",
            Severity.MEDIUM,
            f"{stage.name}: okänt om villkoret är uppfyllt",
            f"För {unknown} av {len(result.rows)} enheter är det okänt om de uppfyller villkoret. De {are}.",
        )


def _found(rule: str, severity: Severity, title: str, detail: str) -> Check:
    return Check(rule=rule, severity=severity, title=title, detail=detail, subject=None)
