"""What shall be shared, among whom, in which stages and on what conditions: the whole input of a distribution."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from initiatives import values
from initiatives.errors import InvalidValue

MOST_UNITS, MOST_STAGES, MOST_STEPS = 2_000, 24, 50
LARGEST_WEIGHT, MOST_DECIMALS = Decimal(10) ** 15, 9
_SHARE = re.compile(r"(\d{1,9}) ?/ ?(\d{1,9})|(\d{1,3}(?:[.,]\d{1,9})?) ?%")
_MONTH = re.compile(r"(?:19|2[01])\d\d-(?:0[1-9]|1[0-2])")


class Fulfilment(StrEnum):
    """Whether a unit meets the condition of a stage; unknown is neither yes nor no."""

    YES = "ja"
    NO = "nej"
    UNKNOWN = "okänt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One who may get money; `weights` are its numbers by the names of the bases that stages use."""

    name: str
    weights: Mapping[str, Decimal]
    organisation_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of a unit and the condition of a stage, and why."""

    unit: str
    fulfilment: Fulfilment
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of a ladder: who reaches `at_least` gets a sum, or is counted with a share ("1/2") of its weight."""

    at_least: Decimal
    kronor: int | None = None
    share: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A part of the money, shared at one time.

    Its sum is `stated_kronor`, or else `share` of the total. `basis` names the weights; a ladder is climbed with
    `ladder_basis` and needs no other basis when its steps give sums. `month` is when it is paid and `known_from` the
    first month in which the condition can be tried, as "2022-05". Those who do not meet the condition get nothing:
    what would have been theirs is shared among the others, or with `redistribute` off by nobody. Whoever is unknown
    takes part unless `unknown_takes_part` is off. With `reduce` a ladder that gives more than there is gives all less.
    """

    name: str
    basis: str = ""
    stated_kronor: int | None = None
    share: str | None = None
    month: str | None = None
    condition: str = ""
    known_from: str | None = None
    standings: tuple[Standing, ...] = ()
    unknown_takes_part: bool = True
    redistribute: bool = True
    least_kronor: int = 0
    most_kronor: int | None = None
    ladder: tuple[Step, ...] = ()
    ladder_basis: str = ""
    reduce: bool = False

    def standings_of(self, units: Iterable[Unit]) -> Mapping[str, Standing]:
        """Return what is known of each unit: where nothing is said, yes if there is no condition, otherwise unknown."""
        silent = Fulfilment.UNKNOWN if self.condition else Fulfilment.YES
        said = {one.unit: one for one in self.standings}
        return {unit.name: said.get(unit.name, Standing(unit=unit.name, fulfilment=silent)) for unit in units}

    @property
    def gives_sums(self) -> bool:
        """Tell whether the stage is a ladder whose steps give sums of money."""
        return any(step.kronor is not None for step in self.ladder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that decides who gets what."""

    total_kronor: int
    units: tuple[Unit, ...]
    stages: tuple[Stage, ...]


def fraction(text: str, *, field: str) -> Fraction:
    """Return a share written as "2/3" or "66,6 %", between nothing and the whole."""
    match = _SHARE.fullmatch(text.strip())
    whole = int(match[2]) if match and match[2] else 1
    if match is None or whole == 0:
        raise InvalidValue("Skriv andelen som 2/3 eller 50 %.", field=field)
    found = Fraction(int(match[1]), whole) if match[1] else Fraction(match[3].replace(",", ".")) / 100
    if found > 1:
        raise InvalidValue("Andelen kan inte vara större än det hela. Skriv till exempel 2/3.", field=field)
    return found


def weight(number: Decimal, *, field: str) -> Decimal:
    """Return a weight: zero or more, with at most nine decimals."""
    try:
        fits = number.is_finite() and 0 <= number <= LARGEST_WEIGHT and number == round(number, MOST_DECIMALS)
    except InvalidOperation:
        fits = False
    if not fits:
        raise InvalidValue(f"Ange ett tal från 0 och uppåt, med högst {MOST_DECIMALS} decimaler.", field=field)
    return number


def checked(plan: Plan) -> Plan:
    """Return the plan with its texts tidied, or raise `InvalidValue` naming the first thing that cannot be used."""
    values.kronor(plan.total_kronor, field="total_kronor")
    _count(plan.units, MOST_UNITS, field="units", what="en enhet")
    _count(plan.stages, MOST_STAGES, field="stages", what="ett steg")
    units = tuple(_unit(unit, f"units[{place}]") for place, unit in enumerate(plan.units))
    _unique((unit.name for unit in units), field="units", what="Enheten")
    stages = tuple(_stage(stage, units, f"stages[{place}]") for place, stage in enumerate(plan.stages))
    _unique((stage.name for stage in stages), field="stages", what="Steget")
    return replace(plan, units=units, stages=stages)


def _unit(unit: Unit, at: str) -> Unit:
    weights = {
        values.line(basis, field=f"{at}.weights"): weight(number, field=f"{at}.weights")
        for basis, number in unit.weights.items()
    }
    return replace(unit, name=values.line(unit.name, field=f"{at}.name"), weights=weights)


def _stage(stage: Stage, units: Sequence[Unit], at: str) -> Stage:
    tidy = replace(
        stage,
        name=values.line(stage.name, field=f"{at}.name"),
        basis=_optional_line(stage.basis, f"{at}.basis"),
        ladder_basis=_optional_line(stage.ladder_basis, f"{at}.ladder_basis"),
        condition=values.paragraph(stage.condition, field=f"{at}.condition", longest=2_000),
        standings=tuple(_standings(stage, units, at)),
    )
    _check_sum(tidy, at)
    _check_bounds(tidy, at)
    for name in ("month", "known_from"):
        if (month := getattr(tidy, name)) is not None and not _MONTH.fullmatch(month):
            raise InvalidValue("Skriv månaden som år och månad, till exempel 2026-05.", field=f"{at}.{name}")
    _check_ladder(tidy, at)
    for basis, named in ((tidy.basis, "basis"), (tidy.ladder_basis, "ladder_basis")):
        if lacking := [unit.name for unit in units if basis and basis not in unit.weights]:
            raise InvalidValue(
                f"{lacking[0]} har inget tal för {basis}. Lägg till det (0 om det är noll).", field=f"{at}.{named}"
            )
    return tidy


def _check_sum(stage: Stage, at: str) -> None:
    if stage.stated_kronor is None and stage.share is None:
        raise InvalidValue("Ange stegets belopp, eller dess andel av summan som 2/3.", field=f"{at}.stated_kronor")
    if stage.stated_kronor is not None:
        values.kronor(stage.stated_kronor, field=f"{at}.stated_kronor")
    if stage.share is not None:
        fraction(stage.share, field=f"{at}.share")


def _check_bounds(stage: Stage, at: str) -> None:
    values.kronor(stage.least_kronor, field=f"{at}.least_kronor")
    if stage.most_kronor is not None and values.kronor(stage.most_kronor, field=f"{at}.most_kronor") < (
        stage.least_kronor
    ):
        raise InvalidValue("Det högsta beloppet är mindre än det lägsta. Ändra ett av dem.", field=f"{at}.most_kronor")
    if stage.gives_sums and (stage.least_kronor or stage.most_kronor is not None):
        raise InvalidValue("En trappa med belopp har inget lägsta eller högsta belopp.", field=f"{at}.least_kronor")


def _check_ladder(stage: Stage, at: str) -> None:
    where = f"{at}.ladder"
    if bool(stage.ladder) != bool(stage.ladder_basis):
        raise InvalidValue(
            "En trappa behöver både steg och det tal som avgör vilket steg en enhet når.", field=f"{at}.ladder_basis"
        )
    if not stage.basis and not stage.gives_sums:
        raise InvalidValue("Ange vilket tal steget delas efter.", field=f"{at}.basis")
    if len(stage.ladder) > MOST_STEPS:
        raise InvalidValue(f"En trappa kan ha högst {MOST_STEPS} steg.", field=where)
    for step in stage.ladder:
        weight(step.at_least, field=where)
        if (step.kronor is None) == (step.share is None):
            raise InvalidValue("Ange för varje trappsteg antingen ett belopp eller en andel.", field=where)
        if step.kronor is not None:
            values.kronor(step.kronor, field=where)
        if step.share is not None:
            fraction(step.share, field=where)
    if len({step.kronor is None for step in stage.ladder}) > 1:
        raise InvalidValue("Trappstegen ska alla ge belopp, eller alla en andel.", field=where)
    if len({step.at_least for step in stage.ladder}) < len(stage.ladder):
        raise InvalidValue("Två trappsteg börjar på samma tal.", field=where)


def _standings(stage: Stage, units: Sequence[Unit], at: str) -> Iterator[Standing]:
    known, where = {unit.name for unit in units}, f"{at}.standings"
    for one in stage.standings:
        name = values.line(one.unit, field=where)
        if name not in known:
            raise InvalidValue(f"{name} finns inte bland enheterna. Skriv namnet som där.", field=where)
        yield replace(one, unit=name, reason=values.paragraph(one.reason, field=where, longest=1_000))
    _unique((" ".join(one.unit.split()) for one in stage.standings), field=where, what="Enheten")


def _optional_line(text: str, field: str) -> str:
    return values.line(text, field=field) if text.strip() else ""


def _count(things: Sequence[object], most: int, *, field: str, what: str) -> None:
    if not 1 <= len(things) <= most:
        raise InvalidValue(f"Ange minst {what} och högst {most}.", field=field)


def _unique(names: Iterable[str], *, field: str, what: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name.casefold() in seen:
            raise InvalidValue(f"{what} {name} står två gånger. Ta bort den ena.", field=field)
        seen.add(name.casefold())
