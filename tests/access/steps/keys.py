"""Steps with keys: made for an organisation, used by its programs, and worth nothing once they are revoked."""

from uuid import UUID

from initiatives.access import Role, Viewer
from initiatives.keys import WRITERS, Scope
from initiatives.roles import HELD
from tests.access.model import Key
from tests.access.walk import API, Step, Walk, by_key, viewer_of

MOST = 8
"""How many keys may open something at a time."""
TRIED = ("initiatives", "api-info", "session", "changes", "webhooks")


async def make_key(walk: Walk) -> None:
    """Make a key for an organisation that has members."""
    if sum(walk.model.opens(key) for key in walk.model.keys.values()) >= MOST:
        return await revoke_key(walk)
    place, word = walk.anywhere(), walk.canary()
    role = walk.random.choice(sorted(HELD[place.kind, None] - {Role.ADMINISTRATOR}))
    scopes = _scopes(walk, role)
    body = {"organisation_id": str(place.id), "name": word, "role": role, "scopes": sorted(scopes)}
    peopled = place.id in {one.organisation_id for one in walk.model.places.values() if not one.left}
    status = {201 if peopled else 422}
    answer = await walk.call(walk.administrator(), "POST", f"{API}/api-keys", json=body, status=status)
    if answer.status_code == 201:
        made = answer.json()
        viewer = Viewer(None, place.id, role, word, key_id=UUID(made["id"]))
        headers = {"authorization": f"Bearer {made['key']}"}
        walk.model.keys[made["id"]] = Key(made["id"], word, viewer, scopes, headers)
    return None


async def revoke_key(walk: Walk) -> None:
    """Revoke a key, which opens nothing at the next request."""
    open_ones = [key for key in walk.model.keys.values() if walk.model.opens(key)]
    if open_ones:
        key = walk.random.choice(open_ones)
        await walk.call(walk.administrator(), "DELETE", f"{API}/api-keys/{key.id}", status={204})
        key.revoked = True
        await _opens_nothing(walk, key)


async def try_dead_key(walk: Walk) -> None:
    """Come with a key that was revoked, or whose organisation everybody has left."""
    dead = [key for key in walk.model.keys.values() if not walk.model.opens(key)]
    if dead:
        await _opens_nothing(walk, walk.random.choice(dead[-10:]))


async def _opens_nothing(walk: Walk, key: Key) -> None:
    path = walk.random.choice((*(f"{API}/{name}" for name in TRIED), "/v1/models"))
    answer = await walk.client.get(path, headers=key.headers)
    walk.expect(answer.status_code, 401, f"{key.word}, which opens nothing, at {path}")


async def try_beyond_scope(walk: Walk) -> None:
    """Use a key for what it was not made for."""
    programs = [key for key in walk.model.keys.values() if walk.model.opens(key)]
    if programs:
        key = walk.random.choice(programs)
        tries = {
            Scope.READ: ("GET", "/initiatives"),
            Scope.ASK: ("GET", "/conversations"),
            Scope.FOLLOW: ("GET", "/changes"),
            Scope.WRITE: ("POST", "/funds"),
        }
        for scope, (method, path) in tries.items():
            if scope not in key.scopes:
                await walk.call(by_key(key), method, f"{API}{path}", json={}, status={403})


async def read_keys(walk: Walk) -> None:
    """List the keys, which only administrators can."""
    actor = walk.anyone(Scope.READ)
    allowed = viewer_of(actor).role is Role.ADMINISTRATOR
    answer = await walk.call(actor, "GET", f"{API}/api-keys", status={200 if allowed else 403})
    if allowed:
        walk.expect(answer.json()["total"], len(walk.model.keys), "keys")


def _scopes(walk: Walk, role: Role) -> frozenset[Scope]:
    possible = [scope for scope in Scope if scope is not Scope.WRITE or role in WRITERS]
    if walk.random.random() < 0.5:
        return frozenset(possible)
    return frozenset(walk.random.sample(possible, walk.random.randint(1, len(possible))))


STEPS: dict[str, tuple[float, Step]] = {
    "make_key": (1.5, make_key),
    "revoke_key": (0.7, revoke_key),
    "try_dead_key": (1, try_dead_key),
    "try_beyond_scope": (1, try_beyond_scope),
    "read_keys": (1, read_keys),
}
