"""Steps of those who look around: any operation of the description, any page, and what has changed."""

from typing import Any

from initiatives.keys import Scope
from tests.access.calls import NOTHING, Operation, kind, operations, request
from tests.access.model import SEE_ALL, Scoped
from tests.access.walk import API, Step, Walk, viewer_of

HTML = {"accept": "text/html"}
READS = [one for one in operations() if one.method == "GET" and one.name != "getApiInfo"]
PAGES = (
    *("/", "/samtal", "/initiativ", "/dokument", "/delat", "/luckor", "/initiativ/nytt", "/om", "/finns-inte"),
    *("/personer", "/api-nycklar", "/logg", "/logg.csv", "/mina-uppgifter", "/inloggningar"),
)


async def follow(walk: Walk) -> None:
    """Ask what has changed since last time: only of what is seen now is more told than that it is gone."""
    actor = walk.anyone(Scope.FOLLOW)
    viewer = viewer_of(actor)
    place = f"{actor.name} {None if viewer.role in SEE_ALL else viewer.organisation_id}"
    params = {"since": walk.cursors[place]} if place in walk.cursors else {}
    answer = await walk.call(actor, "GET", f"{API}/changes", params={**params, "limit": 100}, status={200})
    told = answer.json()
    walk.cursors[place] = told["cursor"]
    things = (*walk.model.initiatives.values(), *walk.model.documents.values())
    seen = {thing.id for thing in things if thing.seen_by(viewer)}
    shown = {one["id"] for one in told["items"] if one["kind"] != "unshared"}
    walk.expect(shown - seen, set(), f"changes of {actor.name}")


async def look_anywhere(walk: Walk) -> None:
    """Read any operation of the description, with the identifiers of any things."""
    actor, operation = walk.anyone(walk.random.choice(list(Scope))), walk.random.choice(READS)
    arguments = _anything(walk, operation)
    await walk.call(actor, arguments.pop("method"), arguments.pop("url"), **arguments)


async def open_page(walk: Walk) -> None:
    """Open any page as a browser would; no key opens one."""
    actor = walk.anyone(Scope.READ)
    by_key = viewer_of(actor).key_id is not None
    initiative: Scoped = walk.thing(walk.model.initiatives)
    document: Scoped = walk.thing(walk.model.documents)
    word = walk.random.choice(sorted(initiative.words | initiative.details))
    things = {f"/initiativ/{initiative.id}": initiative, f"/dokument/{document.id}": document}
    others = (f"/initiativ?q={word}", f"/dokument?q={word}", f"/personer/{walk.any_id('person')}")
    path = walk.random.choice((*PAGES, *things, *things, *others))
    thing = things.get(path)
    status = set() if thing is None else {200 if thing.seen_by(viewer_of(actor)) else 404}
    if by_key:
        status = {{"/finns-inte": 404, "/om": 200}.get(path, 403)}
    answer = await walk.call(actor, "GET", path, headers=HTML, status=status)
    if path.startswith(f"/initiativ/{initiative.id}") and answer.status_code == 200:
        walk.has(answer, initiative.words_for(viewer_of(actor)))


def _anything(walk: Walk, operation: Operation) -> dict[str, Any]:
    ids = {name: walk.any_id(kind(name)) for name in operation.path_ids + operation.query_ids}
    own = {kind(name): one for name, one in ids.items()}
    varied = walk.random.choice((NOTHING, *operation.query_ids))
    return request(operation, own, varied, ids.get(varied, ""))


STEPS: dict[str, tuple[float, Step]] = {
    "follow": (3, follow),
    "look_anywhere": (14, look_anywhere),
    "open_page": (8, open_page),
}
