"""What is asked: one name for each way of reading that has a target, and addresses that differ as people's do."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote

from bench.api.data import Ids

DESCRIPTION = Path(__file__).parents[2] / "tests" / "contracts" / "openapi.json"
MANY = 200
API = "/api/v1"
LIST = [f"{API}/initiatives?page={page}" for page in range(1, 21)]
"""The list whose answers in a second are compared: the first pages, as they come."""


def cases(ids: Ids) -> dict[str, list[str]]:
    """Return the addresses of each way of reading that this version has; `ids` are of things there, by table."""
    chance = random.Random(1)
    pick = chance.choice

    def day() -> str:
        return str(date.today() - timedelta(days=chance.randrange(1, 600)))  # noqa: DTZ011

    made: dict[str, tuple[str, Callable[[], str]]] = {
        "list": ("/initiatives", lambda: f"/initiatives?page={chance.randrange(1, 500)}"),
        "filter: status": ("/initiatives", lambda: f"/initiatives?status={pick(['förslag', 'pågår', 'avslutat'])}"),
        "filter: node": ("/initiatives", lambda: f"/initiatives?node={pick(ids['taxonomy_node'])}"),
        "filter: organisation": ("/initiatives", lambda: f"/initiatives?organisation={pick(ids['organisation'])}"),
        "filter: words": ("/initiatives", lambda: f"/initiatives?q=område+{chance.randrange(10, 9999)}"),
        "sort: newest": ("/initiatives", lambda: f"/initiatives?sort=-updated_at&page={chance.randrange(1, 20)}"),
        "one initiative": ("/initiatives/{initiative_id}", lambda: f"/initiatives/{pick(ids['initiative'])}"),
        "decisions": ("/matters", lambda: f"/matters?page={chance.randrange(1, 20)}"),
        "coverage matrix": ("/coverage", lambda: "/coverage"),
        "calendar": ("/deadlines", lambda: f"/deadlines?page={chance.randrange(1, 20)}"),
        "diary": ("/activity", lambda: f"/activity?page={chance.randrange(1, 20)}"),
        "diary of one": (
            "/activity",
            lambda: f"/activity?subject_type=initiative&subject_id={pick(ids['initiative'])}",
        ),
        "one, on a day": (
            "/history/{kind}/{subject_id}",
            lambda: f"/history/initiative/{pick(ids['initiative'])}?on={day()}",
        ),
        "list, on a day": ("/history/{kind}", lambda: f"/history/initiative?on={day()}&page={chance.randrange(1, 50)}"),
        "list, on a day, status": ("/history/{kind}", lambda: f"/history/initiative?on={day()}&status=pågår"),
        "two days compared": (
            "/history/comparison",
            lambda: "/history/comparison?kind=initiative&from={}&to={}".format(*sorted((day(), day()))),
        ),
    }
    described = json.loads(DESCRIPTION.read_text(encoding="utf-8"))["paths"]
    there = {name: make for name, (path, make) in made.items() if f"{API}{path}" in described}
    return {name: [quote(f"{API}{make()}", safe="/?&=+") for _ in range(MANY)] for name, make in there.items()}
