"""What does not add up in the dates, receivers and people of a state grant: each rule a pure function."""

import re
from collections.abc import Iterator, Sequence
from uuid import UUID

from initiatives.checks import Check, Rule, Severity, Subject
from initiatives.grants.facts import Component, Grant, Obligation, ObligationKind
from initiatives.swedish import MONTHS, format_date, format_month

OURS = frozenset(ObligationKind) - {ObligationKind.PAYMENT}
"""What we have to do ourselves; a payment is done by others."""
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_SOME_DAY = re.compile("|".join((r"\d", *MONTHS, *(rf"\b{month[:3]}\b" for month in MONTHS))))
"""What a text holds that means some day, and not "for each treatment"."""

PERIOD = Rule("grant-two-periods", Severity.MEDIUM, "Två uppgifter om perioden")
NOBODY = Rule("grant-nobody-responsible", Severity.LOW, "Krav utan ansvarig")
DATES = Rule("grant-two-dates", Severity.HIGH, "Två datum för samma krav")
RECIPIENTS = Rule("grant-two-recipients", Severity.MEDIUM, "Två mottagare av samma sak")
NO_DATE = Rule("grant-no-date", Severity.MEDIUM, "Datum saknas")
NO_YEAR = Rule("grant-no-year", Severity.LOW, "Datum utan år")
NO_DAY = Rule("grant-no-day", Severity.LOW, "Månad utan dag")
NOTHING = Rule("grant-no-obligation", Severity.MEDIUM, "Varken handlingsplan eller redovisning")


def examine(grant: Grant, parts: Sequence[Component]) -> list[Check]:
    """Return what the rules find in an agreement and those of its parts that are of the year."""
    names = {one.id: one.name for one in grant.components}
    checks = [*_period(grant), *_nobody(grant)]
    for one in grant.obligations:
        name = f"{grant.name}, {names[one.component_id]}" if one.component_id in names else grant.name
        title = f"{name}. {one.kind.value.capitalize()}:"
        checks += [*_two_dates(one, title), *_two_recipients(one, title), *_unclear(one, title)]
    for part in parts:
        checks += _nothing(grant, part)
    return checks


def when(one: Obligation) -> str:
    """Return in words when something is due: a day, a month, what the source says, or that nothing is said."""
    if one.due_on is None:
        return one.due_text or ("klart" if one.is_done else "inget datum")
    return format_month(one.due_on) if one.whole_month else format_date(one.due_on)


def stands_in(elsewhere: str) -> str:
    """Return the sentence that tells where another statement stands, after a space; empty if that is not known."""
    return f" Den andra uppgiften står i {elsewhere}." if elsewhere else ""


def _period(grant: Grant) -> Iterator[Check]:
    if grant.to_year_elsewhere not in (None, grant.to_year):
        yield PERIOD.broken(
            f"{grant.name}. Perioden slutar {grant.to_year} på ett ställe och {grant.to_year_elsewhere} på ett annat."
            f"{stands_in(grant.elsewhere)} Kontrollera mot överenskommelsen.",
            Subject("grant_agreement", grant.id),
        )


def _nobody(grant: Grant) -> Iterator[Check]:
    count = sum(1 for one in grant.obligations if one.kind in OURS and not one.is_done and one.responsible_id is None)
    if count:
        yield NOBODY.broken(
            f"{grant.name}. {count} krav saknar ansvarig person. Utse någon för varje.",
            Subject("grant_agreement", grant.id),
        )


def _two_dates(one: Obligation, title: str) -> Iterator[Check]:
    other = one.due_on_elsewhere
    if other is None or one.due_on is None:
        return
    same = one.due_on.replace(day=1) == other.replace(day=1) if one.whole_month else one.due_on == other
    if not same:
        yield DATES.broken(
            f"{title} {when(one)} på ett ställe, {format_date(other)} på ett annat.{stands_in(one.elsewhere)} "
            "Det kan vara två steg eller ett fel. Kontrollera vilket.",
            _subject(one),
        )


def _two_recipients(one: Obligation, title: str) -> Iterator[Check]:
    if one.recipient_elsewhere and one.recipient_elsewhere.lower() != one.recipient.lower():
        yield RECIPIENTS.broken(
            f"{title} till {one.recipient or 'ingen'} på ett ställe, till {one.recipient_elsewhere} på ett annat."
            f"{stands_in(one.elsewhere)} Fråga vem som ska ha den.",
            _subject(one),
        )


def _unclear(one: Obligation, title: str) -> Iterator[Check]:
    """Yield what is not said of a day: all of it, the year, or the day of the month."""
    if one.is_done:
        return
    if one.due_on is None and not one.due_text:
        yield NO_DATE.broken(f"{title} det står inte när. Ta reda på datumet.", _subject(one))
    elif _SOME_DAY.search(one.due_text.lower()) and not _YEAR.search(one.due_text):
        text = f"{title} källan säger bara ”{one.due_text}”, utan år. Kontrollera att {when(one)} är rätt."
        yield NO_YEAR.broken(text, _subject(one))
    elif one.whole_month and one.kind in OURS:
        yield NO_DAY.broken(f"{title} källan säger bara {when(one)}. Ta reda på vilken dag.", _subject(one))


def _nothing(grant: Grant, part: Component) -> Iterator[Check]:
    """Yield for a part that gives money of our own without anything being demanded for it."""
    if part.own_kronor and not part.passes_on_to and not _demanded(grant, part.id, common=part.common_obligations):
        yield NOTHING.broken(
            f"{grant.name}, {part.name}. Här står inget om handlingsplan eller redovisning. Ta reda på vad som gäller.",
            Subject("grant_component", part.id),
        )


def _demanded(grant: Grant, component_id: UUID, *, common: bool) -> bool:
    return any(
        one.kind in OURS and (one.component_id == component_id or (common and one.component_id is None))
        for one in grant.obligations
    )


def _subject(one: Obligation) -> Subject:
    return Subject("grant_obligation", one.id)
