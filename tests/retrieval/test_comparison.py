from collections.abc import Sequence

import msgspec
import pytest

from retrieval.comparison import compare
from retrieval.measures import Judged, Report, report


def made(right: Sequence[bool], *, times: Sequence[float] = (), first: int = 0) -> Report:
    return report(
        [
            Judged(
                f"q{number}",
                "?",
                "",
                "",
                answerable=True,
                abstained=False,
                right=good,
                found=(0, 0, 0, 0),
                latency_ms=times[number - first] if times else None,
            )
            for number, good in enumerate(right, first)
        ],
        "2026-01-01",
        1,
        [],
    )


MANY_WRONG = [True] * 20 + [False] * 20
FEWER_WRONG = [True] * 32 + [False] * 8
ONE_BETTER = [True] * 21 + [False] * 19


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (MANY_WRONG, FEWER_WRONG, "better"),
        (FEWER_WRONG, MANY_WRONG, "worse"),
        (MANY_WRONG, ONE_BETTER, "unclear"),
        (MANY_WRONG, MANY_WRONG, "same"),
        (MANY_WRONG, MANY_WRONG[::-1], "unclear"),
    ],
)
def test_a_difference_is_safe_when_chance_could_not_make_it(
    before: list[bool], after: list[bool], verdict: str
) -> None:
    change = compare(made(before), made(after)).changes["score"]
    assert change.verdict == verdict
    assert change.low <= change.after - change.before <= change.high


def test_the_pairing_makes_a_small_even_gain_safe_that_unpaired_shares_would_not() -> None:
    better = [True] * 26 + [False] * 14
    change = compare(made(MANY_WRONG), made(better)).changes["correct"]
    assert change.verdict == "better"
    assert change.after - change.before == pytest.approx(0.15)
    assert 0 < change.low < 0.15 < change.high < 0.3


def test_less_time_is_better() -> None:
    slow, quick = ([base + number for number in range(40)] for base in (100.0, 50.0))
    changes = compare(made(MANY_WRONG, times=slow), made(MANY_WRONG, times=quick)).changes
    assert changes["latency_p50_ms"].verdict == changes["latency_p95_ms"].verdict == "better"
    assert (changes["latency_p50_ms"].low, changes["latency_p50_ms"].high) == (-50, -50)


def test_what_neither_report_measures_is_left_out() -> None:
    changes = compare(made([True]), made([False])).changes
    assert not {"refused", "verbatim", "latency_p50_ms"} & set(changes)


def test_only_questions_of_both_are_compared_and_the_rest_are_counted() -> None:
    found = compare(made([True, False, True]), made([True, True, False], first=1))
    assert (found.questions, found.apart) == (2, 2)
    assert (found.won, found.lost) == (("q1",), ())


def test_reports_on_other_questions_have_nothing_in_common() -> None:
    found = compare(made([True]), made([True], first=9))
    assert (found.questions, found.apart, found.changes) == (0, 2, {})


def test_the_same_reports_give_the_same_intervals_also_once_saved() -> None:
    before, after = made(MANY_WRONG), made(FEWER_WRONG)
    saved = msgspec.json.decode(msgspec.json.encode(before), type=Report)
    assert compare(saved, after) == compare(before, after)
