"""The example of a report to the board, for the description of the API."""

from api.rest.examples import INITIATIVE, REGION

_SUMS = {
    "frame_kronor": 20_000_000,
    "transferred_kronor": 0,
    "allocated_kronor": 15_100_000,
    "linked_kronor": 2_500_000,
    "left_kronor": 2_400_000,
    "node_kronor": None,
}
_GRANT = {
    "budget_kronor": 3_900_000,
    "expected_kronor": 4_300_000,
    "received_kronor": None,
    "difference_kronor": 400_000,
}
_MILESTONE = {
    "what": "milstolpe",
    "subject_type": "initiative",
    "subject_id": INITIATIVE["id"],
    "title": "Första mottagningen öppnar",
    "on": "2026-09-01",
    "whose": "Åsa Öberg",
    "note": "",
}
_ID = "01976a10-0000-7000-8000-0000000001"
REPORT = {
    "from_on": "2026-01-01",
    "to_on": "2026-11-30",
    "on": "2026-11-30",
    "coming_to": "2027-02-28",
    "node": None,
    "done": [_MILESTONE],
    "ongoing": [
        {
            "id": INITIATIVE["id"],
            "title": INITIATIVE["title"],
            "organisation": REGION["name"],
            "responsible": "Åsa Öberg",
            "starts_on": "2026-01-01",
            "ends_on": "2026-12-31",
            "health": "enligt plan",
            "reported_on": "2026-11-02",
            "linked_kronor": 2_500_000,
        }
    ],
    "late": [],
    "coming": [{**_MILESTONE, "title": "Alla mottagningar öppna", "on": "2026-12-31"}],
    "funds": [
        {
            "year": 2026,
            "lines": [{"id": f"{_ID}01", "name": "Förfogandeanslaget", "organisation": REGION["name"], **_SUMS}],
            **_SUMS,
        }
    ],
    "grants": [{"year": 2026, "lines": [{"id": f"{_ID}02", "name": "God och nära vård", **_GRANT}], **_GRANT}],
    "measures": {
        "lines": [
            {
                "id": f"{_ID}03",
                "title": "Läkarbil i öster",
                "organisation": REGION["name"],
                "frame": "Omställning 2026–2027",
                "status": "pågår",
                "cost_kronor": 3_200_000,
                "yearly_kronor": -1_400_000,
                "payback_years": "2.3",
            }
        ],
        "cost_kronor": 3_200_000,
        "yearly_kronor": -1_400_000,
    },
    "decisions": [
        {
            "id": f"{_ID}04",
            "matter_id": f"{_ID}05",
            "matter": "Handlingsplan för äldres behov",
            "diary_number": "RS 2026-0114",
            "outcome": "beslutat",
            "organ": "Regionstyrelsen",
            "decided_on": "2026-03-09",
            "paragraph": "§ 33",
            "in_force": True,
            "set_aside_kronor": 2_000_000,
            "clauses": [
                {
                    "id": f"{_ID}06",
                    "number": 1,
                    "text": "att uppdra åt regiondirektören att öppna en äldremottagning vid varje vårdcentral",
                    "to_whom": "regiondirektören",
                    "due_on": "2026-12-31",
                    "amount_kronor": 2_000_000,
                    "standing": "pågår",
                    "late": False,
                }
            ],
        }
    ],
    "indicators": [
        {
            "id": f"{_ID}07",
            "name": "Samordnade individuella planer",
            "unit": "antal",
            "period": "2025",
            "value": "455",
            "goal": "ökar",
            "verdict": "uppfyllt",
        }
    ],
    "findings": [
        {
            "id": f"{_ID}08",
            "title": "Åtgärderna ryms inte i ramen",
            "detail": "Åtgärderna kostar 3,2 mnkr tillsammans, och ramen överskrids med 200 tkr.",
            "owner": "",
            "found_at": "2026-11-20T07:00:00Z",
        }
    ],
}
