"""The operations of the API as its own description tells of them, and real requests to each of them."""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.access.world import BODIES, KINDS, Ids

DESCRIPTION: dict[str, Any] = json.loads((Path(__file__).parents[1] / "contracts" / "openapi.json").read_text())
"""The snapshot, which is held to the running application by the tests of contracts."""
METHODS = ("get", "put", "post", "patch", "delete")
NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: `path_ids` are the identifiers in its address, `loose_ids` those in its query and body."""

    name: str
    method: str
    path: str
    said: Mapping[str, Any]
    path_ids: tuple[str, ...]
    query_ids: tuple[str, ...]
    body_ids: tuple[str, ...]

    @property
    def varied(self) -> tuple[str, ...]:
        """Return the identifiers that are varied one by one, or `-` alone when there are none in the address."""
        return (*(self.path_ids or (NOTHING,)), *self.query_ids, *self.body_ids)


def operations(description: Mapping[str, Any] = DESCRIPTION) -> Iterator[Operation]:
    """Return every operation of the description."""
    for path, item in description["paths"].items():
        for method in METHODS:
            if said := item.get(method):
                parameters = [*item.get("parameters", ()), *said.get("parameters", ())]
                yield Operation(
                    said["operationId"],
                    method.upper(),
                    path,
                    said,
                    _named(parameters, "path", description),
                    _named(parameters, "query", description),
                    tuple(name for name, schema in _properties(said, description).items() if _is_id(schema)),
                )


def request(operation: Operation, own: Ids, varied: str = NOTHING, value: str = "") -> dict[str, Any]:
    """Return the arguments of a request to the operation with one's own things, and `value` for the one varied."""
    ids = {name: value if name == varied else own[kind(name)] for name in operation.path_ids}
    made: dict[str, Any] = {"method": operation.method, "url": operation.path.format(**path_words(operation), **ids)}
    if asked := {**_required(operation, own), **({varied: value} if varied in operation.query_ids else {})}:
        made["params"] = asked
    made |= _body(operation, own, varied, value)
    if any(one["name"] == "If-Match" for one in operation.said.get("parameters", ())):
        made["headers"] = {"If-Match": "*"}
    return made


def path_words(operation: Operation) -> dict[str, str]:
    """Return the description's own examples of what stands in the address besides identifiers."""
    parameters = [one for one in operation.said.get("parameters", ()) if one["in"] == "path"]
    return {one["name"]: _first_example(one) for one in parameters if one["name"] not in operation.path_ids}


def kind(name: str) -> str:
    """Return what kind of thing the identifier called `name` is of."""
    if name not in KINDS:
        raise AssertionError(f"Say in KINDS in tests/access/world.py what kind of thing {name} names.")
    return KINDS[name]


def example(operation: Operation) -> Any:
    """Return the description's own example of a body in JSON, or None when there is no such body."""
    content = operation.said.get("requestBody", {}).get("content", {}).get("application/json", {})
    examples = [one["value"] for one in content.get("examples", {}).values()]
    examples += content.get("schema", {}).get("examples", ())
    return deepcopy(examples[0]) if examples else None


def _required(operation: Operation, own: Ids) -> dict[str, str]:
    """Return what the query must have: one's own things, and of the rest the description's own examples."""
    needed = [one for one in operation.said.get("parameters", ()) if one["in"] == "query" and one.get("required")]
    return {
        one["name"]: own[kind(one["name"])] if one["name"] in operation.query_ids else _first_example(one)
        for one in needed
    }


def _first_example(parameter: Mapping[str, Any]) -> str:
    return str(next(iter(parameter["examples"].values()))["value"])


def _body(operation: Operation, own: Ids, varied: str, value: str) -> dict[str, Any]:
    made = BODIES.get(operation.name, lambda body: {} if body is None else {"json": body})(example(operation))
    properties, body = _properties(operation.said, DESCRIPTION), made.get("json")
    if not isinstance(body, dict):
        return made
    for name in operation.body_ids:
        if name == varied or name in body:
            one = value if name == varied else own[kind(name)]
            body[name] = [one] if _is_list(properties[name]) else one
    return made


def _properties(said: Mapping[str, Any], description: Mapping[str, Any]) -> Mapping[str, Any]:
    content = said.get("requestBody", {}).get("content", {}).get("application/json", {})
    found: dict[str, Any] = {}
    for schema in _alternatives(content.get("schema", {}), description):
        found |= schema.get("properties", {})
    return found


def resolved(schema: Mapping[str, Any], description: Mapping[str, Any] = DESCRIPTION) -> Mapping[str, Any]:
    """Return the schema itself instead of a reference to it."""
    while reference := schema.get("$ref"):
        schema = description["components"]["schemas"][reference.rpartition("/")[2]]
    return schema


def _named(parameters: list[dict[str, Any]], where: str, description: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(one["name"] for one in parameters if one["in"] == where and _is_id(one.get("schema", {}), description))


def _alternatives(schema: Mapping[str, Any], description: Mapping[str, Any] = DESCRIPTION) -> Iterator[Any]:
    schema = resolved(schema, description)
    yield schema
    for one in (*schema.get("oneOf", ()), *schema.get("anyOf", ()), *schema.get("allOf", ())):
        yield from _alternatives(one, description)


def _is_id(schema: Mapping[str, Any], description: Mapping[str, Any] = DESCRIPTION) -> bool:
    return any(
        one.get("format") == "uuid" or one.get("items", {}).get("format") == "uuid"
        for one in _alternatives(schema, description)
    )


def _is_list(schema: Mapping[str, Any]) -> bool:
    return any("items" in one for one in _alternatives(schema))
