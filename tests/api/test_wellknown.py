from datetime import UTC, datetime

import httpx
import pytest

from api import settings
from api.app import create_app
from api.readings import BadSetting
from initiatives.access import ScopedSessions
from tests.clients import connect

PATH = "/.well-known/security.txt"
CONTACT, EXPIRES = "mailto:sakerhet@region.example.se", "2027-06-30"


async def test_the_file_says_whom_to_tell_and_until_when(sessions: ScopedSessions) -> None:
    found = settings.load({"NARPLAN_SECURITY_CONTACT": CONTACT, "NARPLAN_SECURITY_EXPIRES": EXPIRES})
    async with connect(create_app(sessions, None, disclosure=found.disclosure)) as client:
        answer = await client.get(PATH)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields == {"Contact": CONTACT, "Expires": "2027-06-30T23:59:59Z", "Preferred-Languages": "sv, en"}
    assert datetime.fromisoformat(fields["Expires"]).tzinfo == UTC


async def test_without_anybody_to_tell_there_is_no_file(anonymous: httpx.AsyncClient) -> None:
    assert (await anonymous.get(PATH)).status_code == 404


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"NARPLAN_SECURITY_CONTACT": CONTACT}, "NARPLAN_SECURITY_EXPIRES"),
        ({"NARPLAN_SECURITY_EXPIRES": EXPIRES}, "NARPLAN_SECURITY_CONTACT"),
        ({"NARPLAN_SECURITY_CONTACT": "anna@x.se", "NARPLAN_SECURITY_EXPIRES": EXPIRES}, "NARPLAN_SECURITY_CONTACT"),
        ({"NARPLAN_SECURITY_CONTACT": "mailto:a@x.se\nX: y"}, "NARPLAN_SECURITY_CONTACT"),
        ({"NARPLAN_SECURITY_CONTACT": CONTACT, "NARPLAN_SECURITY_EXPIRES": "snart"}, "NARPLAN_SECURITY_EXPIRES"),
    ],
)
def test_half_of_it_or_nonsense_is_refused_by_name(environ: dict[str, str], named: str) -> None:
    with pytest.raises(BadSetting) as refusal:
        settings.load(environ)
    assert refusal.value.field == named
