from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from initiatives.errors import InvalidValue
from initiatives.standing import WARNING_DAYS, Course, DueKind, Status, settle_due, standing

GIVEN, DUE = date(2018, 3, 26), date(2018, 5, 28)
DAYS = st.dates(date(2018, 1, 1), date(2018, 12, 31))


def course(**said: Any) -> Course:
    return Course(**{"proposed": False, "in_force": True, "due_on": DUE, "begun_on": GIVEN, **said})


@pytest.mark.parametrize(
    ("on", "status", "warning", "words"),
    [
        (GIVEN, Status.ONGOING, False, "pågår, 63 dagar kvar"),
        (date(2018, 5, 13), Status.ONGOING, False, "pågår, 15 dagar kvar"),
        (date(2018, 5, 14), Status.ONGOING, True, "pågår, 14 dagar kvar"),
        (date(2018, 5, 27), Status.ONGOING, True, "pågår, 1 dag kvar"),
        (DUE, Status.ONGOING, True, "pågår, sista dagen"),
        (date(2018, 5, 29), Status.LATE, False, "försenad 1 dag"),
        (date(2018, 5, 30), Status.LATE, False, "försenad 2 dagar"),
    ],
)
def test_what_is_not_reported_is_warned_about_then_late(on: date, status: Status, warning: bool, words: str) -> None:
    stands = standing(course(), on)
    assert (stands.status, stands.warning, stands.words) == (status, warning, words)


def test_from_monday_to_monday_there_are_sixty_three_days() -> None:
    assert (GIVEN.weekday(), DUE.weekday(), standing(course(), GIVEN).days_left) == (0, 0, 63)


def test_a_report_too_late_stays_too_late() -> None:
    stands = standing(course(reported_on=date(2018, 6, 1)), date(2018, 9, 1))
    assert (stands.status, stands.days_late, stands.words) == (Status.REPORTED, 4, "rapporterad, 4 dagar för sent")


def test_before_its_report_it_was_not_reported() -> None:
    reported = course(reported_on=DUE)
    assert standing(reported, DUE - timedelta(days=1)).status is Status.ONGOING
    assert standing(reported, DUE + timedelta(days=9)).words == "rapporterad"


@given(on=DAYS, begun=st.none() | DAYS, reported=st.none() | DAYS)
def test_only_a_decision_closes(on: date, begun: date | None, reported: date | None) -> None:
    assert standing(course(begun_on=begun, reported_on=reported), on).status is not Status.CLOSED
    assert standing(course(begun_on=begun, reported_on=reported, closed_on=on), on).status is Status.CLOSED


@given(on=DAYS, begun=st.none() | DAYS, reported=st.none() | DAYS, closed=st.none() | DAYS)
def test_what_is_proposed_or_not_in_force_is_never_late(
    on: date, begun: date | None, reported: date | None, closed: date | None
) -> None:
    days = {"begun_on": begun, "reported_on": reported, "closed_on": closed}
    for proposed, status in ((True, Status.PROPOSED), (False, Status.LAPSED)):
        stands = standing(course(proposed=proposed, in_force=False, **days), on)
        assert (stands.status, stands.warning, stands.days_late) == (status, False, 0)


@given(on=DAYS, reported=st.none() | DAYS)
def test_it_is_late_by_as_many_days_as_have_gone(on: date, reported: date | None) -> None:
    stands = standing(course(reported_on=reported), on)
    open_now = reported is None or reported > on
    assert (stands.status is Status.LATE) == (open_now and on > DUE)
    assert stands.days_late == max(0, ((on if open_now else reported or on) - DUE).days)
    assert stands.warning == (open_now and 0 <= (DUE - on).days <= WARNING_DAYS)


STANDS = {"due_kind": DueKind.DAY, "due_on": DUE}


@pytest.mark.parametrize(
    ("said", "before", "kind", "day"),
    [
        ({"due_on": DUE}, None, DueKind.DAY, DUE),
        ({"due_kind": "snarast"}, None, DueKind.SOON, None),
        ({"due_kind": "snarast"}, STANDS, DueKind.SOON, None),
        ({"due_on": None}, STANDS, DueKind.NONE, None),
        ({"due_on": None}, {"due_kind": DueKind.SOON, "due_on": None}, DueKind.SOON, None),
        ({"due_kind": "datum"}, STANDS, DueKind.DAY, DUE),
    ],
)
def test_kind_and_day_go_together(
    said: dict[str, Any], before: dict[str, Any] | None, kind: DueKind, day: date | None
) -> None:
    assert settle_due(said, before) == {"due_kind": kind, "due_on": day}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"due_kind": "datum"}, "due_on"),
        ({"due_kind": "snarast", "due_on": DUE}, "due_on"),
        ({"due_kind": "någon gång"}, "due_kind"),
        ({"due_on": date(1800, 1, 1)}, "due_on"),
    ],
)
def test_a_kind_without_its_day_is_refused(said: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        settle_due(said)
    assert refused.value.field == field


def test_what_says_nothing_of_time_is_left_alone() -> None:
    assert settle_due({"title": "A"}, STANDS) == {"title": "A"}
