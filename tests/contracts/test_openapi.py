"""The API's description of itself: complete, and changed only on purpose.

After a wanted change: `python -m tests.contracts.test_openapi` writes the new snapshot.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from api.app import create_app
from api.database import Database
from api.rest.description import ADDRESS, described

SNAPSHOT = Path(__file__).with_name("openapi.json")


async def fetch(client: httpx.AsyncClient) -> dict[str, Any]:
    response = await client.get(ADDRESS)
    assert response.status_code == 200
    description: dict[str, Any] = response.json()
    return description


def operations(description: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in description["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def has_example(content: dict[str, Any]) -> bool:
    return all(media.get("examples") or media.get("schema", {}).get("examples") for media in content.values())


async def test_the_description_is_what_it_was(anonymous: httpx.AsyncClient) -> None:
    assert await fetch(anonymous) == json.loads(SNAPSHOT.read_text())


async def test_it_is_openapi_3_1_without_addresses_elsewhere(anonymous: httpx.AsyncClient) -> None:
    description = await fetch(anonymous)
    assert description["openapi"].startswith("3.1")
    assert "http" not in json.dumps(description["servers"])
    assert "cdn" not in json.dumps(description)


async def test_every_operation_has_a_name_a_summary_a_tag_an_example_and_the_one_error(
    anonymous: httpx.AsyncClient,
) -> None:
    description = await fetch(anonymous)
    names = []
    for where, operation in operations(description):
        names.append(operation["operationId"])
        assert operation["summary"][0].isupper(), where
        assert operation["tags"], where
        assert set(operation["responses"]["default"]["content"]) == {"application/problem+json"}, where
        for code, answer in operation["responses"].items():
            assert code == "204" or has_example(answer["content"]), (where, code)
        body = operation.get("requestBody", {"content": {}})["content"]
        assert has_example({kind: media for kind, media in body.items() if kind == "application/json"}), where
    assert len(names) == len(set(names)) > 20
    assert {tag for _, operation in operations(description) for tag in operation["tags"]} <= {
        tag["name"] for tag in description["tags"]
    }


async def test_every_example_has_the_fields_that_its_schema_requires(anonymous: httpx.AsyncClient) -> None:
    description = await fetch(anonymous)
    for where, operation in operations(description):
        for answer in operation["responses"].values():
            for media in answer.get("content", {}).values():
                schema = media["schema"]
                for example in media.get("examples", {}).values():
                    assert missing(description, schema, example["value"]) == [], where


def missing(description: dict[str, Any], schema: dict[str, Any], value: Any) -> list[str]:
    """Return the fields that `schema` requires and `value` lacks, at any depth, and those it has beside them."""
    if reference := schema.get("$ref"):
        schema = description["components"]["schemas"][reference.rpartition("/")[2]]
    if isinstance(value, list) and "items" in schema:
        return [field for one in value for field in missing(description, schema["items"], one)]
    if not isinstance(value, dict) or "properties" not in schema:
        return []
    # The framework leaves out of its examples what is null.
    required = {name for name in schema.get("required", ()) if '"null"' not in json.dumps(schema["properties"][name])}
    wrong = [*required - set(value), *set(value) - set(schema["properties"])]
    return wrong + [
        f"{name}.{field}"
        for name, inner in schema["properties"].items()
        if name in value
        for field in missing(description, inner, value[name])
    ]


def main() -> None:
    """Write the snapshot anew."""
    application = create_app(Database("postgresql://nowhere").scoped, None)
    description = described(application.openapi_schema.to_schema())
    SNAPSHOT.write_text(json.dumps(description, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
