from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import activity
from initiatives.access import SYSTEM, Role, set_scope
from initiatives.base import new_id
from initiatives.errors import AlreadyExists, InvalidRows, InvalidValue, NotAllowed, NotFound
from initiatives.indicators import importing, measured, register, standing
from initiatives.indicators.importing import KoladaRow, KoladaValue
from initiatives.indicators.standing import Filters
from initiatives.indicators.targets import Verdict
from initiatives.organisations import OrganisationKind
from initiatives.periods import PeriodKind
from tests import factories

INCREASE: dict[str, Any] = {"rule": "ökar", "baseline_on": date(2021, 1, 1)}


async def value(
    session: AsyncSession, indicator_id: UUID, organisation_id: UUID, period: str, number: str | None, **more: Any
) -> UUID:
    given = {"value": None if number is None else Decimal(number), "status": "slutlig", **more}
    row = await measured.add(session, SYSTEM, indicator_id, organisation_id=organisation_id, period=period, **given)
    return row.id


@pytest.mark.parametrize("role", [Role.PARTNER, Role.READER])
async def test_who_sees_a_part_finds_no_indicator(session: AsyncSession, role: Role) -> None:
    one = await factories.indicator(session)
    found = await value(session, one.id, one.organisation_id, "2025", "1")
    someone = await factories.viewer(session, role)
    await set_scope(session, someone)
    assert await standing.list_indicators(session, someone) == ((), 0)
    assert (await session.execute(standing.due(someone))).all() == []
    for reading in (
        standing.get_indicator(session, someone, one.id),
        measured.list_values(session, someone, one.id),
        measured.get_value(session, someone, found),
        measured.list_earlier(session, someone, found),
        register.revise(session, someone, one.id, {}, revision=None),
        measured.remove(session, someone, found),
    ):
        with pytest.raises(NotFound):
            await reading


async def test_a_politician_reads_and_does_not_write(session: AsyncSession) -> None:
    one = await factories.indicator(session)
    someone = await factories.viewer(session, Role.POLITICIAN)
    assert (await standing.get_indicator(session, someone, one.id)).id == one.id
    for writing in (
        register.add(session, someone, {}),
        register.revise(session, someone, one.id, {}, revision=None),
        register.remove(session, someone, one.id),
        measured.add(session, someone, one.id, organisation_id=one.organisation_id, period="2025", value=None),
        importing.bring_in_csv(session, someone, ""),
        importing.bring_in_kolada(session, someone, []),
    ):
        with pytest.raises(NotAllowed):
            await writing


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("name", {"name": " "}),
        ("unit", {"unit": ""}),
        ("direction", {"direction": "åt sidan"}),
        ("period_kind", {"period_kind": "vecka"}),
        ("rule", {"target": Decimal(5)}),
        ("rule", {"target_year": 2027}),
        ("target", {"rule": "minst"}),
        ("target", {**INCREASE, "target": Decimal(5)}),
        ("target", {"rule": "minst", "target": Decimal("NaN")}),
        ("target", {"rule": "minst", "target": Decimal("1e30")}),
        ("baseline_on", {"rule": "ökar"}),
        ("baseline_on", {"baseline": Decimal(5)}),
        ("baseline_on", {"baseline_on": date(2021, 3, 1)}),
        ("target_year", {"rule": "minst", "target": Decimal(5), "target_year": 27}),
        ("due_days", {"due_days": -1}),
        ("responsible_id", {"responsible_id": new_id()}),
        ("organisation_id", {"organisation_id": new_id()}),
        ("node_ids", {"node_ids": [new_id()]}),
        ("initiative_ids", {"initiative_ids": [new_id()]}),
    ],
)
async def test_a_wrong_value_is_refused_by_name(session: AsyncSession, field: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue) as refused:
        await factories.indicator(session, **wrong)
    assert refused.value.field == field


async def test_a_name_is_given_once_in_an_organisation(session: AsyncSession) -> None:
    one = await factories.indicator(session, name="SIP")
    other = await factories.indicator(session, name="Fall", organisation_id=one.organisation_id)
    with pytest.raises(AlreadyExists):
        await factories.indicator(session, name="SIP", organisation_id=one.organisation_id)
    with pytest.raises(AlreadyExists):
        await register.revise(session, SYSTEM, other.id, {"name": "SIP"}, revision=1)
    assert (await factories.indicator(session, name="SIP")).name == "SIP"


async def test_what_it_belongs_to_is_changed_with_it_and_noted(session: AsyncSession) -> None:
    nodes, initiative = await factories.nodes(session), await factories.initiative(session)
    one = await factories.indicator(session, node_ids=[nodes[1].id])
    changes = {"node_ids": [nodes[1].id, nodes[2].id], "initiative_ids": [initiative.id], "due_days": 30}
    await register.revise(session, SYSTEM, one.id, changes, revision=1)
    shown = await standing.get_indicator(session, SYSTEM, one.id)
    assert [node.name for node in shown.nodes] == ["Samverkan", "Äldres behov"]
    assert [named.id for named in shown.initiatives] == [initiative.id]
    assert (shown.due_days, shown.revision) == (30, 2)
    done, _ = await activity.list_activity(session, SYSTEM, subject_id=one.id)
    assert [row.action for row in done] == ["ändrade", "ändrade", "ändrade", "skapade"]
    for filters, count in (
        (Filters(node_id=nodes[2].id), 1),
        (Filters(node_id=nodes[3].id), 0),
        (Filters(initiative_id=initiative.id), 1),
        (Filters(q="planer sip"), 0),
        (Filters(q="PLANER"), 1),
        (Filters(organisation_id=one.organisation_id), 1),
        (Filters(organisation_id=new_id()), 0),
    ):
        assert (await standing.list_indicators(session, SYSTEM, filters))[1] == count, filters
    await register.remove(session, SYSTEM, one.id)
    with pytest.raises(NotFound):
        await standing.get_indicator(session, SYSTEM, one.id)


async def test_a_period_has_one_value_and_keeps_its_length(session: AsyncSession) -> None:
    one = await factories.indicator(session)
    await value(session, one.id, one.organisation_id, "2025", "3")
    with pytest.raises(AlreadyExists):
        await value(session, one.id, one.organisation_id, "2025", "4")
    await value(session, one.id, one.organisation_id, "2025", "2", part="kvinnor")
    for wrong, field in (
        ({"period": "2025-H1"}, "period"),
        ({"status": "gissad"}, "status"),
        ({"count": -1}, "count"),
        ({"reason": "Systembyte"}, "reason"),
        ({"organisation_id": new_id()}, "organisation_id"),
    ):
        right = {"organisation_id": one.organisation_id, "period": "2026", "value": Decimal(1), "status": "slutlig"}
        with pytest.raises(InvalidValue) as refused:
            await measured.add(session, SYSTEM, one.id, **{**right, **wrong})  # type: ignore[arg-type]
        assert refused.value.field == field
    with pytest.raises(InvalidValue) as refused:
        await register.revise(session, SYSTEM, one.id, {"period_kind": PeriodKind.MONTH}, revision=None)
    assert refused.value.field == "period_kind"


async def test_a_corrected_value_keeps_what_it_was(session: AsyncSession) -> None:
    one = await factories.indicator(session)
    found = await value(session, one.id, one.organisation_id, "2025", "451.50", status="preliminär")
    assert await measured.list_earlier(session, SYSTEM, found) == []
    wanted = {"value": Decimal(455), "status": "slutlig"}
    await measured.revise(session, SYSTEM, found, wanted, revision=1)
    await measured.revise(session, SYSTEM, found, {"value": None, "reason": "Fel i underlaget"}, revision=2)
    earlier = await measured.list_earlier(session, SYSTEM, found)
    assert [(row.value, row.status.value) for row in earlier] == [
        (Decimal(455), "slutlig"),
        (Decimal("451.5"), "preliminär"),
    ]
    assert earlier[1].until == earlier[0].since
    shown = await measured.get_value(session, SYSTEM, found)
    assert (shown.value, shown.reason, shown.revision) == (None, "Fel i underlaget", 3)


async def test_the_whole_may_be_met_while_a_unit_is_not(session: AsyncSession) -> None:
    one = await factories.indicator(session, **INCREASE)
    units = [await factories.organisation(session, f"VC {name}", OrganisationKind.UNIT) for name in "ABC"]
    for period, numbers in {"2021": ("412", "20", "18", "9"), "2022": ("455", "31", "15", None)}.items():
        owners = [one.organisation_id, *(unit.id for unit in units)]
        for owner, number in zip(owners, numbers, strict=True):
            await value(session, one.id, owner, period, number, reason="" if number else "Systembyte")
    found = (await standing.get_indicator(session, SYSTEM, one.id)).standing
    assert found.verdict is Verdict.MET
    assert [(note.organisation, note.verdict, note.text) for note in found.notes] == [
        ("VC B", Verdict.NOT_MET, "VC B minskade 18 → 15"),
        ("VC C", Verdict.MISSING, "VC C: värde saknas för 2022 (Systembyte)"),
    ]
    assert (found.met, found.judged) == (1, 3)


async def test_a_number_for_the_whole_is_not_asked_of_its_parts(session: AsyncSession) -> None:
    """Five municipalities cannot each reach the region's 600 plans; what is asked of them is to move the right way."""
    one = await factories.indicator(session, rule="minst", target=Decimal(600))
    towns = [await factories.organisation(session, name) for name in ("Alby", "Ekby", "Viby", "Ödby")]
    for town, numbers in zip(towns, (("171", "190"), ("118", "110"), ("80", "80"), ("9",)), strict=True):
        for year, number in enumerate(numbers, start=2024):
            await value(session, one.id, town.id, str(year), number)
    found = (await standing.get_indicator(session, SYSTEM, one.id)).standing
    assert [note.text for note in found.notes] == ["Ekby minskade 118 → 110", "Viby är oförändrad, 80"]
    assert (found.met, found.judged) == (1, 3)


async def test_a_stated_baseline_goes_before_the_value_of_its_period(session: AsyncSession) -> None:
    one = await factories.indicator(session, **INCREASE)
    await value(session, one.id, one.organisation_id, "2022", "455")
    assert (await standing.get_indicator(session, SYSTEM, one.id)).standing.verdict is Verdict.MISSING
    await register.revise(session, SYSTEM, one.id, {"baseline": Decimal(460)}, revision=1)
    found = (await standing.get_indicator(session, SYSTEM, one.id)).standing
    assert (found.verdict, found.baseline) == (Verdict.NOT_MET, Decimal(460))


async def test_where_each_municipality_is_judged_the_whole_waits_for_the_last(session: AsyncSession) -> None:
    one = await factories.indicator(session, level="kommun", rule="minst", target=Decimal(55), unit="procent")
    towns = [await factories.organisation(session, name) for name in ("Ekby", "Alby", "Viby")]
    for town, numbers in zip(towns, (("60",), ("40", "50"), ()), strict=True):
        for year, number in enumerate(numbers, start=2024):
            await value(session, one.id, town.id, str(year), number)
    found = (await standing.get_indicator(session, SYSTEM, one.id)).standing
    assert (found.verdict, found.newest, found.met, found.judged) == (Verdict.TOWARDS, None, 1, 2)
    assert [note.text.replace("\N{NO-BREAK SPACE}", " ") for note in found.notes] == [
        "Alby har 50 procent, under 55 procent"
    ]
    await value(session, one.id, towns[1].id, "2026", "55")
    assert (await standing.get_indicator(session, SYSTEM, one.id)).standing.verdict is Verdict.MET


async def test_a_list_shows_the_newest_twelve_and_judges_by_the_baseline_before_them(session: AsyncSession) -> None:
    one = await factories.indicator(session, rule="ökar", baseline_on=date(2000, 1, 1))
    for year in range(2000, 2016):
        await value(session, one.id, one.organisation_id, str(year), str(year))
    [row], total = await standing.list_indicators(session, SYSTEM)
    assert total == 1
    assert [each.starts_on.year for each in row.standing.series] == list(range(2004, 2016))
    assert (row.standing.baseline, row.standing.verdict) == (Decimal(2000), Verdict.MET)


@pytest.mark.parametrize(
    ("kind", "period", "due_on"),
    [
        ("år", "2025", date(2027, 2, 14)),
        ("halvår", "2025-H2", date(2026, 8, 14)),
        ("kvartal", "2026-K1", date(2026, 8, 14)),
        ("månad", "2026-01", date(2026, 4, 14)),
    ],
)
async def test_the_next_value_is_due_some_days_after_its_period(
    session: AsyncSession, kind: str, period: str, due_on: date
) -> None:
    someone = await factories.person(session)
    one = await factories.indicator(session, period_kind=kind, due_days=45, responsible_id=someone.id)
    assert (await standing.get_indicator(session, SYSTEM, one.id)).due_on is None
    await value(session, one.id, one.organisation_id, period, None)
    shown = await standing.get_indicator(session, SYSTEM, one.id)
    assert shown.due_on == due_on
    [row] = (await session.execute(standing.due(SYSTEM))).all()
    assert (row.kind, row.subject_id, row.title, row.due_on, row.person_id) == (
        "mätning",
        one.id,
        one.name,
        due_on,
        someone.id,
    )
    await register.revise(session, SYSTEM, one.id, {"due_days": None}, revision=None)
    assert (await session.execute(standing.due(SYSTEM))).all() == []


HEADS = "indikator;organisation;period;värde;antal;status;del;orsak;källa\n"


async def known(session: AsyncSession) -> Any:
    owner = await factories.organisation(session, "Region Prov", OrganisationKind.REGION)
    await factories.organisation(session, "Ekby kommun")
    return await factories.indicator(session, name="Planer", organisation_id=owner.id, kolada_id="n00945")


async def test_a_table_is_taken_in_once_and_missing_stays_missing(session: AsyncSession) -> None:
    one = await known(session)
    table = HEADS + (
        "Planer;Region Prov;2024;1 455,5;12;;;;Rapport\n"
        "n00945;ekby kommun;2024;;;preliminär;;Systembyte;\n"
        "planer;Ekby kommun;2024;7;;slutlig;Kvinnor;;\n"
        "planer;Ekby kommun;2025;saknas;;;;;\n"
    )
    tried = await importing.bring_in_csv(session, SYSTEM, table, dry_run=True)
    assert (tried.added, await measured.list_values(session, SYSTEM, one.id)) == (4, ([], 0))
    done = await importing.bring_in_csv(session, SYSTEM, table)
    assert (done.added, done.changed, done.unchanged) == (4, 0, 0)
    rows, _ = await measured.list_values(session, SYSTEM, one.id)
    assert [(row.organisation, row.period_code, row.part, row.value, row.reason) for row in rows] == [
        ("Ekby kommun", "2025", "", None, ""),
        ("Ekby kommun", "2024", "", None, "Systembyte"),
        ("Ekby kommun", "2024", "kvinnor", Decimal(7), ""),
        ("Region Prov", "2024", "", Decimal("1455.5"), ""),
    ]
    again = await importing.bring_in_csv(session, SYSTEM, table.replace("1 455,5", "1 456"))
    assert (again.added, again.changed, again.unchanged) == (0, 1, 3)
    [changed] = [row for row in (await measured.list_values(session, SYSTEM, one.id))[0] if row.count == 12]
    assert (changed.value, changed.revision) == (Decimal(1456), 2)
    assert len(await measured.list_earlier(session, SYSTEM, changed.id)) == 1
    done_to_it, _ = await activity.list_activity(session, SYSTEM, subject_id=one.id)
    assert [(row.action, row.after) for row in done_to_it[:2]] == [
        ("läste in värden", {"added": 0, "changed": 1}),
        ("läste in värden", {"added": 4, "changed": 0}),
    ]


async def test_one_wrong_cell_stops_the_whole_table_and_each_is_told(session: AsyncSession) -> None:
    one = await known(session)
    table = HEADS + (
        "Planer;Region Prov;2024;3;;;;;\n"
        "Finns inte;Ingenstans;2024;3;;;;;\n"
        "Planer;Region Prov;2024-H1;tre;1,5;gissad;;;\n"
        "Planer;;;3;;;;Systembyte;\n"
        "Planer;Region Prov;2024;4;;;;;\n"
    )
    with pytest.raises(InvalidRows) as refused:
        await importing.bring_in_csv(session, SYSTEM, table)
    assert [where for where, _ in refused.value.problems] == [
        "rad 3, indikator",
        "rad 3, organisation",
        "rad 4, period",
        "rad 4, värde",
        "rad 4, antal",
        "rad 4, status",
        "rad 5, organisation",
        "rad 5, period",
        "rad 5, orsak",
        "rad 6, period",
    ]
    assert await measured.list_values(session, SYSTEM, one.id) == ([], 0)


async def test_what_kolada_answers_is_known_by_key_figure_and_code(session: AsyncSession) -> None:
    one = await known(session)
    town = await factories.organisation(session, "Viby kommun", code="3102")
    answered = [
        KoladaRow("N00945", "3102", 2024, (KoladaValue("T", Decimal("81.25")), KoladaValue("K", Decimal(80), 12))),
        KoladaRow(
            "N00945", "3102", 2025, (KoladaValue("T", None, None, "Privacy"), KoladaValue("M", None, None, None))
        ),
        KoladaRow("N00945", "3102", 2023, (KoladaValue("T", Decimal(1), isdeleted=True),)),
    ]
    done = await importing.bring_in_kolada(session, SYSTEM, answered)
    assert done.added == 4
    rows, _ = await measured.list_values(session, SYSTEM, one.id, organisation_id=town.id)
    assert [(row.period_code, row.part, row.value, row.reason) for row in rows] == [
        ("2025", "", None, "Visas inte, för att skydda enskilda"),
        ("2025", "män", None, ""),
        ("2024", "", Decimal("81.25"), ""),
        ("2024", "kvinnor", Decimal(80), ""),
    ]
    assert {row.origin for row in rows} == {"Kolada"}
    wrong = [
        KoladaRow("N1", "3102", 2024, ()),
        KoladaRow("N00945", "9999", 2024, ()),
        KoladaRow("N00945", "3102", "i fjol", ()),
        KoladaRow("N00945", "3102", 2026, (KoladaValue("X"), KoladaValue("T", Decimal("NaN")), KoladaValue("T"))),
        KoladaRow("N00945", "3102", 2026, (KoladaValue("T"),)),
    ]
    with pytest.raises(InvalidRows) as refused:
        await importing.bring_in_kolada(session, SYSTEM, wrong)
    assert [where for where, _ in refused.value.problems] == [
        "rad 1, kpi",
        "rad 2, municipality",
        "rad 3, period",
        "rad 4, gender",
        "rad 4, value",
        "rad 5, gender",
    ]


async def test_a_name_that_two_indicators_have_is_refused(session: AsyncSession) -> None:
    one = await factories.indicator(session, name="Planer")
    await factories.indicator(session, name="Planer")
    owner = (await standing.get_indicator(session, SYSTEM, one.id)).organisation.name
    with pytest.raises(InvalidRows, match="entydig indikator"):
        await importing.bring_in_csv(session, SYSTEM, f"{HEADS}Planer;{owner};2024;1;;;;;\n")
