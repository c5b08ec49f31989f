"""What does not add up in the money of a year's state grants: each rule a pure function.

`examine` puts them together with the rules on dates. Each finding says with which figures, and what to do.
"""

from collections.abc import Iterator, Sequence

from initiatives.checks import Check, Rule, Severity, Subject, worst_first
from initiatives.grants import date_rules
from initiatives.grants.facts import Amount, Component, Grant
from initiatives.grants.reconciliation import Reconciliation, is_repeated, of_year, percent, reconcile
from initiatives.grants.shares import Share, shares
from initiatives.swedish import format_amount, format_percent

CLOSE = 100
"""An unexplained rest is near another amount when it differs from it by at most a hundredth."""

BUDGET = Rule("grants-expected-differs-from-budget", Severity.HIGH, "Väntade statsbidrag skiljer sig från budget")
STATED = Rule("grants-expected-differs-from-stated", Severity.HIGH, "Summan skiljer sig från den som källan anger")
COUNTY = Rule("grants-county-money", Severity.MEDIUM, "En del av pengarna är hela länets")
ABOVE = Rule("grant-parts-exceed-total", Severity.HIGH, "Delarna är mer än totalen")
BELOW = Rule("grant-parts-below-total", Severity.MEDIUM, "En del av totalen är inte förklarad")
TEXT = Rule("grant-parts-differ-from-text", Severity.MEDIUM, "Delarna stämmer inte med källans egen summa")
RECEIVERS = Rule("grant-receivers-exceed-total", Severity.HIGH, "Mottagarnas delar är mer än totalen")
AMOUNTS = Rule("grant-two-amounts", Severity.MEDIUM, "Två uppgifter om samma belopp")
REPEATED = Rule("grant-ambiguous-instalments", Severity.LOW, "Samma belopp står flera gånger")
PASSED_ON = Rule("grant-not-own-income", Severity.MEDIUM, "Beloppet är inte egen intäkt")
OUTLIER = Rule("grant-share-stands-out", Severity.MEDIUM, "Andelen avviker från de andra")


def examine(grants: Sequence[Grant], general: Sequence[Amount], year: int) -> list[Check]:
    """Return all that the rules find in the grants of a year, the gravest first.

    `general` are the amounts that are of all grants together.
    """
    result = reconcile(grants, general, year)
    about = {one.component_id: one for one in shares(grants, year)}
    checks = [*_against_budget(result), *_against_stated(result), *_county(result)]
    for grant in grants:
        parts = [one for one in grant.components if one.year == year]
        checks += [*_sum_of_parts(grants, grant, parts, year), *_stated_parts(grant, parts, year), *_receivers(grant)]
        checks += date_rules.examine(grant, parts)
        for one in parts:
            checks += [*_two_amounts(grant, one), *_repeated(grant, one, about.get(one.id)), *_passed_on(grant, one)]
            checks += _outlier(about.get(one.id))
    return worst_first(checks)


def _against_budget(result: Reconciliation) -> Iterator[Check]:
    difference, budget = result.difference_kronor, result.budget_kronor
    if not difference or budget is None:
        return
    word = "mer" if difference > 0 else "mindre"
    share = result.difference_percent
    more = "" if share is None else f" ({format_percent(abs(share), decimals=0)})"
    yield BUDGET.broken(
        f"{result.year} väntas {format_amount(result.expected_kronor)} mot {format_amount(budget)} i budget: "
        f"{format_amount(abs(difference))} {word}{more}. Ändra budgeten, eller besluta hur skillnaden ska användas.",
        about=result.year,
    )


def _against_stated(result: Reconciliation) -> Iterator[Check]:
    stated, usual = result.stated_kronor, next(one for one in result.readings if one.usual)
    if stated is None or usual.agrees:
        return
    others = ", ".join(format_amount(one.kronor) for one in result.readings if one.agrees)
    remedy = (
        f"En annan läsning stämmer: {others}. Se vilka delar den läser på annat sätt."
        if others
        else "Ingen läsning stämmer. Kontrollera om någon del saknas."
    )
    yield STATED.broken(
        f"Delarna för {result.year} ger {format_amount(usual.kronor)}, källan anger {format_amount(stated)}. {remedy}",
        about=result.year,
    )


def _county(result: Reconciliation) -> Iterator[Check]:
    if result.county_kronor:
        yield COUNTY.broken(
            f"{format_amount(result.county_kronor)} av {format_amount(result.expected_kronor)} {result.year} är för "
            "region och kommuner i länet tillsammans. Regionens egen del är därför mindre än summan.",
            about=result.year,
        )


def _sum_of_parts(grants: Sequence[Grant], grant: Grant, parts: Sequence[Component], year: int) -> Iterator[Check]:
    total = grant.to_regions_kronor if grant.to_regions_kronor is not None else grant.national_kronor
    amounts = [one.national_kronor for one in parts if one.national_kronor is not None]
    if total is None or not parts or len(amounts) < len(parts):
        return
    together, subject = sum(amounts), _agreement(grant)
    figures = f"{grant.name}. Delarna är tillsammans {format_amount(together)}, totalen {format_amount(total)}"
    if together > total:
        over = format_amount(together - total)
        text = f"{figures}: {over} för mycket. Kontrollera beloppen mot överenskommelsen."
        yield ABOVE.broken(text, subject, about=year)
    elif rest := total - together:
        near = "".join(f" Resten ligger nära {one}. Kontrollera om det hör hit." for one in _near(grants, rest, year))
        text = f"{figures}: {format_amount(rest)} är inte fördelade på delar.{near}"
        yield BELOW.broken(text, subject, about=year)


def _near(grants: Sequence[Grant], rest: int, year: int) -> list[str]:
    """Return in words the parts of all grants whose national amount is about the same as an unexplained rest."""
    return [
        f"{one.name} i {grant.name} ({format_amount(one.national_kronor)})"
        for grant, one in of_year(grants, year)
        if one.national_kronor is not None and CLOSE * abs(one.national_kronor - rest) <= rest
    ]


def _stated_parts(grant: Grant, parts: Sequence[Component], year: int) -> Iterator[Check]:
    together = sum(one.national_kronor or 0 for one in parts)
    if grant.parts_kronor is None or not parts or grant.parts_kronor == together:
        return
    yield TEXT.broken(
        f"{grant.name}. Delarna är tillsammans {format_amount(together)}, källan säger "
        f"{format_amount(grant.parts_kronor)}: {format_amount(abs(grant.parts_kronor - together))} skiljer."
        f"{date_rules.stands_in(grant.elsewhere)} Kontrollera vilket som gäller.",
        _agreement(grant),
        about=year,
    )


def _receivers(grant: Grant) -> Iterator[Check]:
    given = (grant.to_regions_kronor or 0) + (grant.to_skr_kronor or 0)
    if grant.national_kronor is not None and given > grant.national_kronor:
        over = format_amount(given - grant.national_kronor)
        yield RECEIVERS.broken(
            f"{grant.name}. Regionerna och SKR får tillsammans {format_amount(given)} av "
            f"{format_amount(grant.national_kronor)}: {over} för mycket. Kontrollera beloppen mot överenskommelsen.",
            _agreement(grant),
        )


def _two_amounts(grant: Grant, one: Component) -> Iterator[Check]:
    both = (
        ("i hela landet", one.national_kronor, one.national_kronor_elsewhere),
        ("till oss", sum(one.own_kronor), one.own_kronor_elsewhere),
    )
    for place, amount, other in both:
        if amount is not None and other is not None and amount != other:
            yield AMOUNTS.broken(
                f"{grant.name}, {one.name}. {format_amount(amount)} {place} på ett ställe, {format_amount(other)} på "
                f"ett annat.{date_rules.stands_in(one.elsewhere)} Kontrollera vilket som gäller.",
                _part(one),
                about=place,
            )


def _repeated(grant: Grant, one: Component, share: Share | None) -> Iterator[Check]:
    if not is_repeated(one) or one.settled:
        return
    many, amount, help_ = len(one.own_kronor), one.own_kronor[0], ""
    if share and share.median_percent is not None:
        once = format_percent(percent(amount, share.national_kronor, 3))
        help_ = (
            f" Som {many} utbetalningar blir andelen {format_percent(share.percent)}, som en {once}; "
            f"medianen är {format_percent(share.median_percent)}."
        )
    yield REPEATED.broken(
        f"{grant.name}, {one.name}. {format_amount(amount)} står {many} gånger och läses som {many} utbetalningar."
        f"{help_} Markera delen som klarlagd när du vet.",
        _part(one),
    )


def _passed_on(grant: Grant, one: Component) -> Iterator[Check]:
    if one.passes_on_to and one.own_kronor and not one.settled:
        yield PASSED_ON.broken(
            f"{grant.name}, {one.name}. {format_amount(sum(one.own_kronor))} går vidare till {one.passes_on_to} och "
            "räknas inte med. Markera delen som klarlagd när det är bekräftat.",
            _part(one),
        )


def _outlier(share: Share | None) -> Iterator[Check]:
    if share is None or not share.outlier or share.off_percent is None or share.median_percent is None:
        return
    word = "över" if share.off_percent > 0 else "under"
    yield OUTLIER.broken(
        f"{share.grant}, {share.component}. Andelen är {format_percent(share.percent)} av det nationella beloppet, "
        f"{format_percent(abs(share.off_percent))} {word} medianen {format_percent(share.median_percent)}. Medianen "
        f"skulle ge {format_amount(share.at_median_kronor or 0)}. Kontrollera beloppen, vad de fördelas efter och vems "
        "pengarna är.",
        Subject("grant_component", share.component_id),
    )


def _agreement(grant: Grant) -> Subject:
    return Subject("grant_agreement", grant.id)


def _part(one: Component) -> Subject:
    return Subject("grant_component", one.id)
