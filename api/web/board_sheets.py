"""The report to the board as sheets of a workbook, one for each part; every line leads to what it is about."""

from collections.abc import Callable, Iterable, Sequence

from initiatives import kinds
from initiatives.board_report import BoardReport
from initiatives.board_report.lines import Dated, FundLine, FundYear, GrantLine, GrantYear
from initiatives.swedish import STOCKHOLM
from initiatives.workbooks import As, Column, Sheet

Address = Callable[[str, object], str]
"""Returns the whole address of a thing, empty for one without a page."""
_LINK = Column("Länk", As.LINK, 8)
_TITLE = Column("Rubrik", width=50)


def sheets(report: BoardReport, base: str) -> list[Sheet]:
    """Return the sheets of a report; `base` stands before the paths of pages."""

    def at(kind: str, key: object) -> str:
        path = kinds.address(kind, key)
        return f"{base}{path}" if path else ""

    made = [
        _about(report),
        _dated("Klart", "Klart den", report.done, at),
        _ongoing(report, at),
        _dated("Försenat", "Sista dag", report.late, at),
        _dated("Härnäst", "Sista dag", report.coming, at),
        _funds(report, at),
    ]
    made += [] if report.node else [_grants(report, at), _measures(report, at)]
    return [*made, _decisions(report, at), _indicators(report, at), _findings(report, at)]


def _about(report: BoardReport) -> Sheet:
    rows = [
        ("Period från och med", report.from_on.isoformat()),
        ("Period till och med", report.to_on.isoformat()),
        ("Läget den", report.on.isoformat()),
        ("Delområde", report.node.name if report.node else "Alla"),
        ("Klart i perioden", str(len(report.done))),
        ("Pågående initiativ", str(len(report.ongoing))),
        ("Försenat", str(len(report.late))),
        ("Beslut i perioden", str(len(report.decisions))),
        ("Öppna granskningspunkter av hög vikt", str(len(report.findings))),
    ]
    return Sheet("Om rapporten", (Column("Uppgift", width=40), Column("Värde", width=30)), rows)


def _dated(name: str, day: str, rows: Iterable[Dated], at: Address) -> Sheet:
    columns = (
        Column("Vad"),
        _TITLE,
        Column(day, As.DAY, 12),
        Column("Vem", width=30),
        Column("Anteckning", width=50),
        _LINK,
    )
    return Sheet(
        name,
        columns,
        [(one.what, one.title, one.on, one.whose, one.note, at(one.subject_type, one.subject_id)) for one in rows],
    )


def _ongoing(report: BoardReport, at: Address) -> Sheet:
    columns = (
        _TITLE,
        Column("Leds av", width=30),
        Column("Ansvarig", width=24),
        Column("Startdatum", As.DAY, 12),
        Column("Slutdatum", As.DAY, 12),
        Column("Hur det går"),
        Column("Rapporterat", As.DAY, 12),
        Column("Använder (kr)", As.KRONOR),
        _LINK,
    )
    rows = [
        (
            one.title,
            one.organisation,
            one.responsible,
            one.starts_on,
            one.ends_on,
            one.health.value if one.health else "",
            one.reported_on,
            one.linked_kronor,
            at("initiative", one.id),
        )
        for one in report.ongoing
    ]
    return Sheet("Pågår", columns, rows)


def _funds(report: BoardReport, at: Address) -> Sheet:
    heads = ["Ram (kr)", "Överfört (kr)", "Tilldelat (kr)", "Initiativ (kr)", "Kvar (kr)"]
    heads += ["Delområdets initiativ (kr)"] if report.node else []
    columns = (Column("År", As.YEAR, 8), Column("Anslag", width=40), Column("Organisation", width=30))

    def money(one: FundLine | FundYear) -> list[object]:
        all_of_it = (one.frame_kronor, one.transferred_kronor, one.allocated_kronor, one.linked_kronor)
        return [*all_of_it, one.left_kronor, *([one.node_kronor] if report.node else [])]

    rows: list[Sequence[object]] = []
    sums: set[int] = set()
    for year in report.funds:
        rows += [[year.year, one.name, one.organisation, *money(one), at("fund", one.id)] for one in year.lines]
        sums.add(len(rows))
        rows.append([year.year, "Summa", "", *money(year), ""])
    return Sheet("Anslag", (*columns, *(Column(head, As.KRONOR) for head in heads), _LINK), rows, frozenset(sums))


def _grants(report: BoardReport, at: Address) -> Sheet:
    heads = ("Budget (kr)", "Väntat (kr)", "Mottaget (kr)", "Skillnad mot budget (kr)")

    def money(one: GrantLine | GrantYear) -> tuple[object, ...]:
        return one.budget_kronor, one.expected_kronor, one.received_kronor, one.difference_kronor

    rows: list[Sequence[object]] = []
    sums: set[int] = set()
    for year in report.grants:
        rows += [[year.year, one.name, *money(one), at("grant_agreement", one.id)] for one in year.lines]
        sums.add(len(rows))
        rows.append([year.year, "Alla statsbidrag", *money(year), ""])
    columns = (Column("År", As.YEAR, 8), Column("Statsbidrag", width=50), *(Column(head, As.KRONOR) for head in heads))
    return Sheet("Statsbidrag", (*columns, _LINK), rows, frozenset(sums))


def _measures(report: BoardReport, at: Address) -> Sheet:
    columns = (
        Column("Åtgärd", width=50),
        Column("Förvaltning", width=30),
        Column("Ram", width=30),
        Column("Läge"),
        Column("Kostnad (kr)", As.KRONOR),
        Column("Väntat resultat per år (kr)", As.KRONOR),
        Column("Betalt efter (år)", As.NUMBER),
        _LINK,
    )
    found = report.measures
    if found is None:
        return Sheet("Åtgärder", columns, ())
    rows: list[Sequence[object]] = [
        (
            one.title,
            one.organisation,
            one.frame,
            one.status.value,
            one.cost_kronor,
            one.yearly_kronor,
            one.payback_years,
            at("measure", one.id),
        )
        for one in found.lines
    ]
    rows.append(("Summa utan avbrutna", "", "", "", found.cost_kronor, found.yearly_kronor, "", ""))
    return Sheet("Åtgärder", columns, rows, frozenset({len(rows) - 1}))


def _decisions(report: BoardReport, at: Address) -> Sheet:
    columns = (
        Column("Beslutat", As.DAY, 12),
        Column("Organ", width=24),
        Column("Paragraf"),
        Column("Ärende", width=40),
        Column("Diarienummer"),
        Column("Beslut"),
        Column("Att-sats", As.YEAR, 8),
        Column("Text", width=60),
        Column("Mottagare", width=24),
        Column("Senast", As.DAY, 12),
        Column("Belopp (kr)", As.KRONOR),
        Column("Läge", width=24),
        _LINK,
    )
    rows: list[Sequence[object]] = []
    for one in report.decisions:
        outcome = one.outcome.value if one.in_force else f"{one.outcome.value}, gäller inte längre"
        head = (one.decided_on, one.organ, one.paragraph, one.matter, one.diary_number, outcome)
        rows += [
            (
                *head,
                each.number,
                each.text,
                each.to_whom,
                each.due_on,
                each.amount_kronor,
                each.standing,
                at("clause", each.id),
            )
            for each in one.clauses
        ] or [(*head, "", "", "", "", "", "", at("matter", one.matter_id))]
    return Sheet("Beslut", columns, rows)


def _indicators(report: BoardReport, at: Address) -> Sheet:
    columns = (
        Column("Indikator", width=50),
        Column("Uppfylld?"),
        Column("Värde", As.NUMBER, 12),
        Column("Enhet"),
        Column("Period"),
        Column("Mål", width=40),
        _LINK,
    )
    rows = [
        (one.name, one.verdict.value, one.value, one.unit, one.period, one.goal, at("indicator", one.id))
        for one in report.indicators
    ]
    return Sheet("Indikatorer", columns, rows)


def _findings(report: BoardReport, at: Address) -> Sheet:
    columns = (
        _TITLE,
        Column("Beskrivning", width=80),
        Column("Har hand om", width=24),
        Column("Hittad", As.DAY, 12),
        _LINK,
    )
    rows = [
        (one.title, one.detail, one.owner, one.found_at.astimezone(STOCKHOLM).date(), at("finding", one.id))
        for one in report.findings
    ]
    return Sheet("Granskning", columns, rows)
