"""The examples of the API description: one small region, the same in every operation."""

from typing import Any

from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example

REGION = {
    "id": "01976a10-0000-7000-8000-000000000001",
    "name": "Region Exempel",
    "short_name": "Regionen",
    "kind": "region",
    "parent_id": None,
    "code": "31",
}
MUNICIPALITY = {
    "id": "01976a10-0000-7000-8000-000000000002",
    "name": "Ekby kommun",
    "short_name": "Ekby",
    "kind": "kommun",
    "parent_id": None,
    "code": "3101",
}
MEMBERSHIP = {
    "id": "01976a10-0000-7000-8000-000000000011",
    "person_id": "01976a10-0000-7000-8000-000000000003",
    "person": "Åsa Öberg",
    "organisation_id": REGION["id"],
    "organisation": REGION["name"],
    "role": "programgrupp",
    "joined_at": "2026-01-07T09:30:00Z",
    "left_at": None,
}
PERSON = {
    "id": MEMBERSHIP["person_id"],
    "name": MEMBERSHIP["person"],
    "email": "asa.oberg@region.example",
    "active": True,
    "memberships": [MEMBERSHIP],
}
NEW_API_KEY = {
    "organisation_id": MUNICIPALITY["id"],
    "name": "Verksamhetssystemet",
    "role": "kommunpartner",
    "scopes": ["read", "follow"],
}
API_KEY = {
    **NEW_API_KEY,
    "id": "01976a10-0000-7000-8000-000000000020",
    "organisation": MUNICIPALITY["name"],
    "prefix": "np_5f1c09ab",
    "created_by": PERSON["id"],
    "created_by_name": PERSON["name"],
    "created_at": "2026-11-21T08:00:00Z",
    "expires_at": "2027-11-21T08:00:00Z",
    "revoked_at": None,
    "last_used_at": "2026-11-21T09:15:00Z",
}
NODE = {
    "id": "01976a10-0000-7000-8000-000000000004",
    "taxonomy_id": "01976a10-0000-7000-8000-000000000005",
    "dimension": "delområde",
    "code": "D7",
    "name": "Äldres behov",
    "description": "Insatser för äldre med sammansatta behov.",
    "aliases": ["äldre"],
    "prioritised": True,
    "parent_id": None,
    "start_order": "snarast",
    "revision": 1,
}
NODE_REFERENCE = {**{name: NODE[name] for name in ("id", "dimension", "code", "name")}, "valid_to": None}
INITIATIVE = {
    "id": "01976a10-0000-7000-8000-000000000006",
    "title": "Äldremottagning vid varje vårdcentral",
    "summary": "Fast läkarkontakt och återkommande läkemedelsgenomgångar för listade över 75 år.",
    "status": "pågår",
    "lead_organisation": {"id": REGION["id"], "name": REGION["name"]},
    "responsible": {"id": PERSON["id"], "name": PERSON["name"]},
    "starts_on": "2026-01-01",
    "ends_on": "2027-12-31",
    "nodes": [NODE_REFERENCE],
    "partners": [{"id": MUNICIPALITY["id"], "name": MUNICIPALITY["name"]}],
    "decision": "Regionstyrelsen 2025-12-08 § 112",
    "outcome": "",
    "reason": "",
    "next_steps": "Upphandla läkarbil. Anställ en fjärde sjuksköterska.",
    "health": "enligt plan",
    "reported_on": "2026-11-16",
    "shared_with": [
        {
            "id": MUNICIPALITY["id"],
            "name": MUNICIPALITY["name"],
            "profile": "översikt",
            "from_on": "2026-02-01",
            "to_on": "2026-12-31",
        }
    ],
    "budget_kronor": 2_500_000,
    "created_at": "2026-01-07T09:30:00Z",
    "updated_at": "2026-11-20T14:05:00Z",
    "revision": 4,
    "profile": None,
}
INITIATIVE_AS_PARTNER = INITIATIVE | {
    "summary": None,
    "responsible": None,
    "nodes": None,
    "partners": None,
    "decision": None,
    "outcome": None,
    "reason": None,
    "next_steps": None,
    "health": None,
    "reported_on": None,
    "budget_kronor": None,
    "created_at": None,
    "updated_at": "2026-03-02T10:00:00Z",
    "revision": None,
    "profile": "översikt",
}
SHARE = {
    "organisation_id": MUNICIPALITY["id"],
    "organisation": MUNICIPALITY["name"],
    "profile": "översikt",
    "from_on": "2026-02-01",
    "to_on": "2026-12-31",
    "shared_at": "2026-01-30T12:00:00Z",
    "shared_by": PERSON["name"],
}
FUND = {
    "id": "01976a10-0000-7000-8000-000000000007",
    "name": "Förfogandeanslaget",
    "kind": "förfogandeanslag",
    "organisation_id": REGION["id"],
    "organisation": REGION["name"],
    "year": 2026,
    "frame_kronor": 20_000_000,
    "decision": "Regionstyrelsen 2025-12-15 § 164",
    "transferred_kronor": -500_000,
    "available_kronor": 19_500_000,
    "allocated_kronor": 900_000,
    "linked_kronor": 2_500_000,
    "used_kronor": 3_400_000,
    "left_kronor": 16_100_000,
    "recurring_kronor": 900_000,
    "unfunded": {"from_year": 2027, "kronor_per_year": 900_000, "note": "ofinansierat från 2027: 900\u00a0tkr per år"},
    "created_at": "2025-12-16T09:00:00Z",
    "updated_at": "2026-01-07T09:30:00Z",
    "revision": 2,
}
BUDGET_LINK = {
    "id": "01976a10-0000-7000-8000-000000000008",
    "initiative_id": INITIATIVE["id"],
    "initiative": INITIATIVE["title"],
    "fund_id": FUND["id"],
    "fund": FUND["name"],
    "amount_kronor": 2_500_000,
    "year": 2026,
    "allocation_id": None,
    "allocation": None,
}
ACTIVITY = {
    "id": "01976a10-0000-7000-8000-000000000009",
    "at": "2026-11-20T14:05:00Z",
    "actor_kind": "person",
    "person_id": PERSON["id"],
    "key_id": None,
    "organisation_id": REGION["id"],
    "person_name": PERSON["name"],
    "subject_type": "initiative",
    "subject_id": INITIATIVE["id"],
    "action": "ändrade",
    "before": {"status": "beslutat"},
    "after": {"status": "pågår"},
    "erased": False,
    "sequence": 1204,
    "hash": "5f8c7c1b0f4b8f5f0f9e2a54a8d6e86c1c1a7d8e9b0c3d2f4a5b6c7d8e9f0a1b",
}
CHANGE = {
    "kind": "changed",
    "type": "initiative",
    "id": INITIATIVE["id"],
    "fields": ["status"],
    "withdrawn": [],
    "at": "2026-11-20T14:05:00Z",
    "link": f"/api/v1/initiatives/{INITIATIVE['id']}",
}
AUDIT_HEAD = {"sequence": ACTIVITY["sequence"], "hash": ACTIVITY["hash"]}
AUDIT_VERDICT = {"intact": True, "rows": 1204, "erased": 3, "head": AUDIT_HEAD, "fault": None}
WEBHOOK = {
    "id": "01976a10-0000-7000-8000-000000000011",
    "organisation_id": MUNICIPALITY["id"],
    "url": "https://ekby.example.se/narplan",
    "events": ["initiative.shared", "initiative.changed"],
    "enabled": True,
    "disabled_reason": None,
    "disabled_at": None,
    "failing_since": None,
    "created_at": "2026-11-20T14:05:00Z",
}
WEBHOOK_ONCE = {**WEBHOOK, "secret": "whsec_…"}
DELIVERY = {
    "id": "01976a10-0000-7000-8000-000000000012",
    "event": "initiative.changed",
    "state": "delivered",
    "created_at": "2026-11-20T14:05:00Z",
    "next_try_at": None,
    "attempts": [
        {
            "number": 1,
            "at": "2026-11-20T14:05:01Z",
            "status": 204,
            "milliseconds": 38,
            "answer": "",
            "problem": None,
        }
    ],
}
SEEN = {
    "id": "01976a10-0000-7000-8000-000000000011",
    "at": "2026-11-20T14:05:00Z",
    "day": "2026-11-20",
    "person_id": PERSON["id"],
    "key_id": None,
    "organisation_id": MUNICIPALITY["id"],
    "name": PERSON["name"],
    "organisation": MUNICIPALITY["name"],
    "item_type": "initiative",
    "item_id": INITIATIVE["id"],
    "title": INITIATIVE["title"],
}
ASKED = {
    "id": "01976a10-0000-7000-8000-000000000012",
    "at": "2026-11-20T14:05:00Z",
    "person_id": PERSON["id"],
    "key_id": None,
    "organisation_id": MUNICIPALITY["id"],
    "name": PERSON["name"],
    "organisation": MUNICIPALITY["name"],
    "question": "Hur många platser har äldremottagningen i Ekby?",
    "conversation_id": "01976a10-0000-7000-8000-000000000013",
    "turn_id": "01976a10-0000-7000-8000-000000000014",
}
KNOWLEDGE_GAP = {
    "id": "01976a10-0000-7000-8000-000000000010",
    "question": "Hur många platser har äldremottagningen i Ekby?",
    "confidence": 0.12,
    "created_at": "2026-11-20T14:05:00Z",
    "cause": "obesvarad",
    "reason": "",
    "finding_id": None,
}
PROBLEM = {
    "type": "urn:narplan:problem:invalid-value",
    "title": "Ogiltigt värde",
    "status": 422,
    "detail": "Slutdatum 2025-12-31 ligger före startdatum 2026-01-01. Ändra ett av dem.",
    "instance": "/api/v1/initiatives",
    "field": "ends_on",
}


def page_of(item: dict[str, Any]) -> dict[str, Any]:
    """Return the example of a list that holds one item."""
    return {"items": [item], "page": 1, "limit": 20, "total": 1}


def shows(
    kind: Any, example: object, *, status: int = 200, description: str = "Svaret", media_type: str = "application/json"
) -> dict[int, ResponseSpec]:
    """Return `responses=` for a handler: the type of a successful answer and an example of it."""
    examples = [Example(summary="Exempel", value=example)]
    spec = ResponseSpec(
        kind, generate_examples=False, description=description, media_type=media_type, examples=examples
    )
    return {status: spec}
