"""How much of what papers hold the rules find, kind by kind: over real papers, in a folder given as --papers FOLDER.

The figures that are expected stand here, the papers do not: each is known by the number that its name begins with.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ingest.extraction import extract
from ingest.facts import read_facts
from ingest.readers import read
from ingest.structure import outline
from initiatives.suggestions.drafts import (
    ClauseDraft,
    ComponentDraft,
    Found,
    GrantDraft,
    Kind,
    MatterDraft,
    ObligationDraft,
    kind_of,
)

LEAST = 0.95
TOLD = {Kind.AMOUNT: "amount_kronor", Kind.DEADLINE: "due_on", Kind.INITIATIVE: "title", Kind.INDICATOR: "direction"}
"""The field by which drafts of these kinds are compared."""
TKR = 1_000
Told = Mapping[str, Counter[Any]]
EXPECTED: Mapping[str, Told] = {
    "000": {
        "matter": Counter(["förslag"]),
        "amount": Counter([2_000 * TKR, 900 * TKR, 2_000 * TKR, 15_100 * TKR]),
        "clause": Counter(
            [
                (1, 2_000 * TKR, ""),
                (2, 900 * TKR, ""),
                (3, 2_000 * TKR, ""),
                (4, 15_100 * TKR, ""),
                (5, -20_000 * TKR, ""),
            ]
        ),
    },
    "001": {
        "matter": Counter(["förslag"]),
        "clause": Counter([(1, 0, ""), (2, 0, ""), (3, 0, "snarast"), (4, 0, "")]),
    },
    "002": {
        "matter": Counter(["förslag"]),
        "clause": Counter([(1, 0, ""), (2, 0, ""), (3, 0, "2018-05-28"), (4, 0, "")]),
    },
    "003": {
        "grant": Counter([(2017, 2018)] * 5 + [(2017, 2017)] * 2),
        "component": Counter(
            [
                *((655_000, (10_400,)), (330_000, (4_700,)), (407_000, (3_100, 3_100)), (250_000, (6_900,))),
                *((130_000, (2_000,)), (150_000, (2_300,)), (373_000, (5_700,)), (117_000, (1_800,))),
                *((150_000, (2_300,)), (420_000, (6_400,)), (500_000, ()), (50_000, ()), (100_000, (1_500,))),
                *((219_200, ()), (16_500, (700,)), (53_000, (800,))),
            ]
        ),
        "obligation": Counter(
            [
                *(("redovisning", "2018-03-31"), ("rekvirering", "2017-12-01"), ("utbetalning", "2017-04")),
                *(("utbetalning", "2017-11"), ("handlingsplan", "2017-03"), ("redovisning", "2017-10")),
                *(("redovisning", "2017-11-01"), ("handlingsplan", "klar"), ("redovisning", "2017-10-31")),
                *(("handlingsplan", "2017-06-01"), ("redovisning", "2018-03-31"), ("handlingsplan", "")),
                *(("redovisning", "2017-10-03"), ("redovisning", "2017-12"), ("utbetalning", "2017-02-17")),
                *(("utbetalning", "2017-05-26"), ("utbetalning", "2017-09-29"), ("utbetalning", "2017-12-15")),
                ("utbetalning", "2018-04-05"),
            ]
        ),
    },
    "004": {
        "indicator": Counter({"upp": 7}),
        "amount": Counter([9_700 * TKR, 4_865 * TKR]),
    },
}


@pytest.mark.corpus
def test_what_is_in_the_papers_is_found_and_nothing_else(
    pytestconfig: pytest.Config, capsys: pytest.CaptureFixture[str]
) -> None:
    folder: Path | None = pytestconfig.getoption("--papers")
    if folder is None:
        pytest.skip("Give a folder of papers with --papers FOLDER.")
    found: Counter[str] = Counter()
    expected: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for number, told in EXPECTED.items():
        [path] = folder.glob(f"{number}_*")
        made = _found(path)
        for kind in {*told, *made}:
            here, wanted = made.get(kind, Counter()), told.get(kind, Counter())
            found[kind] += here.total()
            expected[kind] += wanted.total()
            right[kind] += (here & wanted).total()
    with capsys.disabled():
        for kind in sorted(found | expected):
            shares = right[kind] / max(1, expected[kind]), right[kind] / max(1, found[kind])
            print(f"\n{kind:12} recall {shares[0]:.2f}  precision {shares[1]:.2f}  of {expected[kind]}", end="")  # noqa: T201
    for kind in found | expected:
        assert right[kind] >= LEAST * expected[kind], kind
        assert right[kind] >= LEAST * found[kind], kind


def _found(path: Path) -> dict[str, Counter[Any]]:
    reading = read("text/plain", path.read_bytes())
    outlined = outline(reading.text, reading.pages)
    told: dict[str, Counter[Any]] = {}
    for kind, what in _told(extract(outlined, read_facts(outlined, path.name))):
        told.setdefault(kind, Counter())[what] += 1
    return told


def _told(found: tuple[Found, ...]) -> Iterator[tuple[str, Any]]:
    """Yield the kind of each draft with the figures that are compared."""
    for one in found:
        match one.draft:
            case MatterDraft(outcome=outcome):
                yield "matter", outcome.value
            case ClauseDraft(number=number, amount_kronor=amount, due_kind=how, due_on=day):
                yield "clause", (number, amount or 0, str(day) if day else how.value.replace("ingen tid angiven", ""))
            case GrantDraft(from_year=first, to_year=last):
                yield "grant", (first, last)
            case ComponentDraft(national_kronor=national, own_kronor=own):
                yield "component", ((national or 0) // TKR, tuple(amount // TKR for amount in own))
            case ObligationDraft(kind=kind, due_on=day, whole_month=month, is_done=done):
                when = "klar" if done else "" if day is None else str(day)[:7] if month else str(day)
                yield "obligation", (kind.value, when)
            case other:
                yield kind_of(other).value, getattr(other, TOLD[kind_of(other)])
