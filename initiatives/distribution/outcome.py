"""From a plan to who gets what, stage by stage, with everything that is needed to count it over by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from initiatives.distribution import quotas
from initiatives.distribution.plan import Fulfilment, Plan, Stage, Standing, Step, Unit, checked, fraction
from initiatives.distribution.quotas import Part
from initiatives.errors import InvalidValue
from initiatives.swedish import format_kronor

ENGINE = 1
"""The version of the rules here; it grows when the same plan would give another outcome."""

_DECIMALS = 6
_NOTHING = Part(Fraction(0), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a unit gets in a stage.

    `number` is the unit's own, `counted` the weight that was counted, `step` where its step of the ladder begins. The
    `quota` is cut after six decimals.
    """

    unit: str
    number: Decimal
    counted: Decimal
    fulfilment: Fulfilment
    reason: str
    takes_part: bool
    step: Decimal | None
    quota: Decimal
    rounded_up: bool
    kronor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StageOutcome:
    """A stage with its rows.

    `kronor` was to be shared: as stated, or else as `computed_kronor`, the share of the total. `left_kronor` is what
    nobody got of it.
    """

    name: str
    stated_kronor: int | None
    computed_kronor: int | None
    kronor: int
    shared_kronor: int
    left_kronor: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitTotal:
    """What a unit gets in all."""

    unit: str
    kronor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The whole result; what is shared and what is left are together the total."""

    total_kronor: int
    shared_kronor: int
    left_kronor: int
    stages: tuple[StageOutcome, ...]
    units: tuple[UnitTotal, ...]


def compute(plan: Plan) -> Outcome:
    """Return who gets what; the same plan always gives the same, in whatever order its units stand.

    Raises `InvalidValue` for a plan that cannot be carried out, naming the field and what to do.
    """
    plan = checked(plan)
    sums = stage_sums(plan)
    stages = tuple(
        _stage(plan.stages[place], plan.units, sums[place], f"stages[{place}]") for place in range(len(sums))
    )
    if (over := sum(stage.kronor for stage in stages) - plan.total_kronor) > 0:
        raise InvalidValue(
            f"Stegen är tillsammans {format_kronor(over)} mer än det som ska fördelas. Minska ett steg.", field="stages"
        )
    got = {unit.name: 0 for unit in plan.units}
    for stage in stages:
        for row in stage.rows:
            got[row.unit] += row.kronor
    shared = sum(got.values())
    return Outcome(
        total_kronor=plan.total_kronor,
        shared_kronor=shared,
        left_kronor=plan.total_kronor - shared,
        stages=stages,
        units=tuple(UnitTotal(unit=name, kronor=kronor) for name, kronor in got.items()),
    )


def stage_sums(plan: Plan) -> Sequence[int | None]:
    """Return what each stage's share of the total is in whole kronor, together exact; None where no share is given."""
    shares = {str(n): fraction(one.share, field="stages") for n, one in enumerate(plan.stages) if one.share is not None}
    if sum(shares.values()) > 1:
        raise InvalidValue("Stegens andelar är tillsammans mer än det hela. Ändra en av dem.", field="stages")
    parts = quotas.rounded({name: plan.total_kronor * one for name, one in shares.items()}, shares)
    return [parts[str(n)].kronor if str(n) in parts else None for n in range(len(plan.stages))]


def _stage(stage: Stage, units: Sequence[Unit], computed: int | None, at: str) -> StageOutcome:
    kronor = (computed or 0) if stage.stated_kronor is None else stage.stated_kronor
    standings = stage.standings_of(units)
    among = [unit for unit in units if _takes_part(stage, standings[unit.name])]
    counted = {unit.name: _counted(stage, unit) for unit in among}
    parts = _climbed(stage, kronor, counted, at) if stage.gives_sums else _shared(stage, kronor, counted, units, at)
    rows = tuple(_row(stage, unit, standings[unit.name], parts.get(unit.name, _NOTHING)) for unit in units)
    shared = sum(row.kronor for row in rows)
    return StageOutcome(
        name=stage.name,
        stated_kronor=stage.stated_kronor,
        computed_kronor=computed,
        kronor=kronor,
        shared_kronor=shared,
        left_kronor=kronor - shared,
        rows=rows,
    )


def _takes_part(stage: Stage, standing: Standing) -> bool:
    if standing.fulfilment is Fulfilment.UNKNOWN:
        return stage.unknown_takes_part
    return standing.fulfilment is Fulfilment.YES


def _step(stage: Stage, unit: Unit) -> Step | None:
    """Return the highest step that the unit reaches, if it reaches any."""
    reached = [step for step in stage.ladder if unit.weights[stage.ladder_basis] >= step.at_least]
    return max(reached, key=lambda step: step.at_least, default=None)


def _counted(stage: Stage, unit: Unit) -> Fraction:
    """Return what is counted of the unit: the sum of its step, or its weight, of which a ladder may give it a share."""
    step = _step(stage, unit)
    if stage.gives_sums:
        return Fraction(step.kronor or 0) if step else Fraction(0)
    whole = Fraction(unit.weights[stage.basis])
    if not stage.ladder:
        return whole
    return whole * fraction(step.share, field="ladder") if step and step.share else Fraction(0)


def _climbed(stage: Stage, kronor: int, sums: Mapping[str, Fraction], at: str) -> Mapping[str, Part]:
    over = int(sum(sums.values())) - kronor
    if over <= 0:
        return {name: Part(one, int(one)) for name, one in sums.items()}
    if not stage.reduce:
        raise InvalidValue(
            f"Trappan ger tillsammans {format_kronor(over)} mer än steget. Minska trappans belopp, eller ange att alla "
            "ska få lika stor del mindre.",
            field=f"{at}.ladder",
        )
    return quotas.share(kronor, sums)


def _shared(
    stage: Stage, kronor: int, counted: Mapping[str, Fraction], units: Sequence[Unit], at: str
) -> Mapping[str, Part]:
    if not any(counted.values()):
        return {}
    total = Fraction(kronor)
    if not stage.redistribute:
        total *= sum(counted.values(), Fraction(0)) / sum(Fraction(unit.weights[stage.basis]) for unit in units)
    if stage.least_kronor * len(counted) > total:
        raise InvalidValue(
            f"Pengarna räcker inte till {format_kronor(stage.least_kronor)} åt alla {len(counted)} enheter. "
            "Sänk det lägsta beloppet.",
            field=f"{at}.least_kronor",
        )
    return quotas.share(total, counted, least=stage.least_kronor, most=stage.most_kronor)


def _row(stage: Stage, unit: Unit, standing: Standing, part: Part) -> Row:
    takes_part, step = _takes_part(stage, standing), _step(stage, unit)
    return Row(
        unit=unit.name,
        number=unit.weights[stage.ladder_basis or stage.basis],
        counted=_decimal(_counted(stage, unit)) if takes_part else Decimal(0),
        fulfilment=standing.fulfilment,
        reason=standing.reason,
        takes_part=takes_part,
        step=step.at_least if step else None,
        quota=_decimal(part.quota),
        rounded_up=part.rounded_up,
        kronor=part.kronor,
    )


def _decimal(number: Fraction) -> Decimal:
    """Return the number cut after six decimals, without zeros at the end."""
    whole, rest = divmod(number.numerator * 10**_DECIMALS // number.denominator, 10**_DECIMALS)
    return Decimal(f"{whole}.{rest:0{_DECIMALS}d}".rstrip("0").rstrip("."))
