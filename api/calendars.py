"""Dates as a calendar file (iCalendar, RFC 5545), for calendar programs to fetch again and again."""

from collections.abc import Sequence
from datetime import timedelta

from icalendar import Alarm, Calendar, Event

from initiatives import kinds
from initiatives.base import utcnow
from initiatives.deadlines import Deadline, State

MEDIA_TYPE = "text/calendar"
FETCH_AGAIN = timedelta(hours=4)
_DAY = timedelta(days=1)


def write(name: str, rows: Sequence[Deadline], *, base: str, days_before: Sequence[int] = ()) -> bytes:
    """Return a calendar called `name` with an all-day event for each date, and reminders that many days before.

    `base` is the address of Närplan without a slash at the end, for links back. What is due some time in a month stands
    on its last day; what is done keeps its place, without reminders.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Närplan//SV")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", FETCH_AGAIN, parameters={"value": "DURATION"})
    for row in rows:
        calendar.add_component(_event(row, base, days_before))
    written: bytes = calendar.to_ical()
    return written


def _event(row: Deadline, base: str, days_before: Sequence[int]) -> Event:
    event = Event()
    done = row.state is State.DONE
    event.add("uid", f"{row.item_id}-{row.kind}@narplan")
    event.add("dtstamp", utcnow())
    event.add("dtstart", row.last_day)
    event.add("dtend", row.last_day + _DAY)
    event.add("summary", f"{'Klar: ' if done else ''}{row.kind.capitalize()}: {row.title}")
    event.add("description", "\n".join(_lines(row)))
    event.add("transp", "TRANSPARENT")
    if place := kinds.address(row.subject_type, row.subject_id):
        event.add("url", f"{base}{place}")
    for days in () if done else days_before:
        event.add_component(_alarm(row, days))
    return event


def _lines(row: Deadline) -> list[str]:
    who = " · ".join(name for name in (row.organisation, row.person) if name)
    month = "Ingen dag är angiven, bara månaden." if row.whole_month else ""
    return [line for line in (who, month, row.warning or "") if line]


def _alarm(row: Deadline, days: int) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"{row.kind.capitalize()}: {row.title}")
    alarm.add("trigger", timedelta(hours=8) - days * _DAY)
    return alarm
