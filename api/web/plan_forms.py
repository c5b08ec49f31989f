"""The form of a distribution: a table of units and numbers, and stages, read into a plan and written back as one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from litestar.datastructures import FormMultiDict

from api.web import forms
from initiatives import swedish
from initiatives.distribution.plan import Fulfilment, Plan, Stage, Standing, Step, Unit
from initiatives.errors import InvalidValue

MOST_STAGES = 12
HEAD = ("titel", "summa", "enheter", "beslut", "anslag", "ersatter", "orsak")
STAGE = (
    "namn", "belopp", "andel", "tal", "manad", "villkor", "provas", "uppfyller_inte", "okant", "ovriga",
    "okanda_deltar", "deras_del", "minst", "hogst", "trappa", "trappa_tal", "racker_inte",
)  # fmt: skip
KEPT, WITHOUT, LESS = "kvar", "nej", "mindre"
FIELDS = {
    "total_kronor": "summa",
    "units": "enheter",
    "title": "titel",
    "decision_reference": "beslut",
    "fund_id": "anslag",
    "annuls_reason": "orsak",
    "annuls_id": "ersatter",
}
STAGE_FIELDS = {
    "name": "namn", "stated_kronor": "belopp", "share": "andel", "basis": "tal", "month": "manad",
    "condition": "villkor", "known_from": "provas", "standings": "uppfyller_inte", "least_kronor": "minst",
    "most_kronor": "hogst", "ladder": "trappa", "ladder_basis": "trappa_tal",
}  # fmt: skip
"""The fields of a plan, and what they are called in the form."""

Written = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the form: its head, and each of its stages."""

    head: Written
    stages: Sequence[Written]

    def with_another(self) -> "Draft":
        """Return the form with one more empty stage."""
        more = [_empty(len(self.stages) + 1)] if len(self.stages) < MOST_STAGES else []
        return Draft(self.head, [*self.stages, *more])


def blank() -> Draft:
    """Return the empty form, with one stage that shares everything."""
    return Draft(dict.fromkeys(HEAD, ""), [{**_empty(1), "andel": "1/1"}])


def sent(form: FormMultiDict) -> Draft:
    """Return what stands in the form that a browser sends."""
    count = min(forms.number(forms.text(form, "antal_steg"), largest=MOST_STAGES) or 1, MOST_STAGES)
    stages = [{name: forms.text(form, f"{name}_{n}") for name in STAGE} for n in range(1, count + 1)]
    return Draft({name: forms.text(form, name) for name in HEAD}, stages)


def of(plan: Plan, title: str = "") -> Draft:
    """Return the form with a plan in it."""
    bases = list(dict.fromkeys(basis for unit in plan.units for basis in unit.weights))
    lines = [";".join(["Enhet", *bases])]
    lines += [";".join([unit.name, *(_number(unit.weights.get(basis)) for basis in bases)]) for unit in plan.units]
    head = {**dict.fromkeys(HEAD, ""), "titel": title, "summa": swedish.format_kronor(plan.total_kronor)}
    return Draft({**head, "enheter": "\n".join(lines)}, [_of_stage(stage, plan.units) for stage in plan.stages])


def plan(draft: Draft) -> Plan:
    """Return the plan that the form says; raise `InvalidValue` with the name of the input."""
    units = tuple(_units(draft.head["enheter"]))
    bases = list(units[0].weights)
    stages = tuple(_stage(stage, n, units, bases) for n, stage in enumerate(draft.stages, start=1))
    return Plan(total_kronor=swedish.parse_amount(draft.head["summa"], field="summa"), units=units, stages=stages)


def input_of(field: str | None) -> str:
    """Return which input a field of the plan stands in: "stages[1].share" stands in "andel_2"."""
    name = field or ""
    place, _, rest = name.removeprefix("stages[").partition("].")
    if name.startswith("stages[") and place.isdecimal():
        return f"{STAGE_FIELDS.get(rest, 'namn')}_{int(place) + 1}"
    return FIELDS.get(name.partition("[")[0], name)


def _empty(number: int) -> Written:
    return {**dict.fromkeys(STAGE, ""), "namn": f"Steg {number}", "ovriga": Fulfilment.YES.value}


def _units(table: str) -> Iterator[Unit]:
    """Yield the units of a table whose first line says what the numbers are called."""
    separator = "\t" if "\t" in table else ";"
    lines = [[cell.strip() for cell in line.split(separator)] for line in table.splitlines() if line.strip()]
    if len(lines) < 2 or len(lines[0]) < 2:  # noqa: PLR2004 (a heading and a unit; a name and a number)
        raise InvalidValue(
            "Skriv först en rad med rubriker, till exempel Enhet;listade 75+, och sedan en rad för varje enhet.",
            field="enheter",
        )
    bases = lines[0][1:]
    for number, cells in enumerate(lines[1:], start=2):
        if len(cells) != len(lines[0]):
            raise InvalidValue(
                f"Rad {number} har {len(cells)} kolumner, men rubriken har {len(lines[0])}. Rätta raden.",
                field="enheter",
            )
        numbers = {basis: _parsed(cell, number) for basis, cell in zip(bases, cells[1:], strict=True)}
        yield Unit(name=cells[0], weights=numbers)


def _parsed(cell: str, line: int) -> Decimal:
    try:
        return swedish.parse_number(cell)
    except InvalidValue as problem:
        raise InvalidValue(f"Rad {line}: {problem.detail}", field="enheter") from None


def _stage(written: Written, number: int, units: Sequence[Unit], bases: Sequence[str]) -> Stage:
    gives_sums = bool(written["trappa"]) and "/" not in written["trappa"] and "%" not in written["trappa"]
    basis = written["tal"] or ("" if gives_sums else bases[0])
    return Stage(
        name=written["namn"],
        basis=basis,
        stated_kronor=_amount(written["belopp"], f"belopp_{number}"),
        share=written["andel"] or None,
        month=written["manad"] or None,
        condition=written["villkor"],
        known_from=written["provas"] or None,
        standings=tuple(_standings(written, number, units)),
        unknown_takes_part=written["okanda_deltar"] != WITHOUT,
        redistribute=written["deras_del"] != KEPT,
        least_kronor=_amount(written["minst"], f"minst_{number}") or 0,
        most_kronor=_amount(written["hogst"], f"hogst_{number}"),
        ladder=tuple(_steps(written["trappa"], f"trappa_{number}")),
        ladder_basis=written["trappa_tal"] or (bases[0] if written["trappa"] else ""),
        reduce=written["racker_inte"] == LESS,
    )


def _amount(text: str, field: str) -> int | None:
    return swedish.parse_amount(text, field=field) if text else None


def _standings(written: Written, number: int, units: Sequence[Unit]) -> Iterator[Standing]:
    """Yield what is known of the units: those named as failing or unknown, and what is chosen for the others."""
    if not written["villkor"]:
        return
    said: dict[str, Standing] = {}
    for name, fulfilment in (("uppfyller_inte", Fulfilment.NO), ("okant", Fulfilment.UNKNOWN)):
        for line in filter(str.strip, written[name].splitlines()):
            unit, _, reason = (part.strip() for part in line.partition(";"))
            if unit in said or unit not in {one.name for one in units}:
                wrong = "står två gånger. Ta bort den ena." if unit in said else "finns inte bland enheterna ovan."
                raise InvalidValue(f"{unit} {wrong}", field=f"{name}_{number}")
            said[unit] = Standing(unit=unit, fulfilment=fulfilment, reason=reason)
    others = Fulfilment.UNKNOWN if written["ovriga"] == Fulfilment.UNKNOWN else Fulfilment.YES
    for one in units:
        yield said.get(one.name, Standing(unit=one.name, fulfilment=others))


def _steps(text: str, field: str) -> Iterator[Step]:
    """Yield the steps of a ladder, one on each line: "10; 20 mnkr" or "80; 1/2"."""
    for line in filter(str.strip, text.splitlines()):
        start, _, given = (part.strip() for part in line.partition(";"))
        if not given:
            raise InvalidValue("Skriv varje trappsteg som 10; 20 mnkr eller 80; 1/2.", field=field)
        at_least = swedish.parse_number(start, field=field)
        if "/" in given or "%" in given:
            yield Step(at_least=at_least, share=given)
        else:
            yield Step(at_least=at_least, kronor=swedish.parse_amount(given, field=field))


def _of_stage(stage: Stage, units: Sequence[Unit]) -> Written:
    known = stage.standings_of(units).values()
    failing, unknown = (
        [one for one in known if one.fulfilment is said] for said in (Fulfilment.NO, Fulfilment.UNKNOWN)
    )
    others = Fulfilment.YES if any(one.fulfilment is Fulfilment.YES for one in known) else Fulfilment.UNKNOWN
    return {
        "namn": stage.name,
        "belopp": "" if stage.stated_kronor is None else swedish.format_kronor(stage.stated_kronor),
        "andel": stage.share or "",
        "tal": stage.basis,
        "manad": stage.month or "",
        "villkor": stage.condition,
        "provas": stage.known_from or "",
        "uppfyller_inte": _lines(failing),
        "okant": _lines(unknown) if others is Fulfilment.YES else _lines([one for one in unknown if one.reason]),
        "ovriga": others.value,
        "okanda_deltar": "" if stage.unknown_takes_part else WITHOUT,
        "deras_del": "" if stage.redistribute else KEPT,
        "minst": swedish.format_kronor(stage.least_kronor) if stage.least_kronor else "",
        "hogst": "" if stage.most_kronor is None else swedish.format_kronor(stage.most_kronor),
        "trappa": "\n".join(_step(step) for step in stage.ladder),
        "trappa_tal": stage.ladder_basis,
        "racker_inte": LESS if stage.reduce else "",
    }


def _lines(standings: Sequence[Standing]) -> str:
    return "\n".join("; ".join(filter(None, (one.unit, one.reason))) for one in standings)


def _step(step: Step) -> str:
    given = step.share if step.kronor is None else swedish.format_amount(step.kronor)
    return f"{_number(step.at_least)}; {given}"


def _number(number: Decimal | None) -> str:
    return "" if number is None else swedish.format_number(number)
