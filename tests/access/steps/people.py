"""Steps of people who come, go, change what they are, and act in one membership or another."""

import re
from dataclasses import replace
from uuid import UUID

import httpx

from initiatives import people
from initiatives.access import SYSTEM, Role
from initiatives.base import new_id
from initiatives.keys import Scope
from initiatives.organisations import OrganisationKind
from initiatives.people import Person
from initiatives.roles import HELD
from tests import factories
from tests.access.model import Place
from tests.access.walk import API, Step, Walk, acting_with, place_of, viewer_of
from tests.access.world import Actor

MOST = 24
"""How many browsers there may be at a time."""
OWN_PAGE = {"sec-fetch-site": "same-origin"}


async def join(walk: Walk) -> None:
    """Make somebody a member of one more organisation; there is one membership in each."""
    human, place = walk.random.choice(list(walk.model.people)), walk.anywhere()
    role = _role(walk, place.kind)
    body = {"person_id": human, "organisation_id": str(place.id), "role": role}
    there = {(one.human, one.organisation_id) for one in walk.model.places.values() if not one.left}
    status = {409} if (human, place.id) in there else {201}
    answer = await walk.call(walk.administrator(), "POST", f"{API}/memberships", json=body, status=status)
    if answer.status_code == 201:
        made = answer.json()["id"]
        walk.model.places[made] = Place(made, human, place.id, role)


async def invite(walk: Walk) -> None:
    """Invite somebody new, who comes in by the link; it lets nobody in once more."""
    if len(walk.actors) >= MOST:
        return await leave(walk)
    word, place = walk.canary(), walk.anywhere()
    role = _role(walk, place.kind)
    body = {"email": f"{new_id()}@test.example", "organisation_id": str(place.id), "role": role}
    invited = await walk.call(walk.administrator(), "POST", f"{API}/invitations", json=body, status={201})
    token = invited.json()["link"].rpartition("/")[2]
    name = f"{role.value.title()} {word}"
    accepted = {"token": token, "name": name, "password": factories.PASSWORD}
    answer = await walk.client.post(f"{API}/invitations/accept", json=accepted)
    walk.client.cookies.clear()
    walk.expect(answer.status_code, 201, "a good link")
    me = answer.json()
    async with walk.sessions(SYSTEM) as session:
        viewer = await factories.acting_as(session, await session.get_one(Person, UUID(me["person_id"])))
    walk.settle(Actor(name, _cookie(answer), viewer), word)
    walk.expect((viewer.role, viewer.organisation_id), (role, place.id), "what the link gives")
    again = await walk.client.post(f"{API}/invitations/accept", json=accepted)
    walk.expect(again.status_code, 404, "the same link once more")
    return None


async def sign_in(walk: Walk) -> None:
    """Let somebody who is in nowhere, or in one browser more, act in one of their memberships."""
    places = [one for one in walk.model.places.values() if not one.left]
    if len(walk.actors) < MOST:
        await _enter(walk, walk.random.choice(places))


async def _enter(walk: Walk, place: Place) -> None:
    async with walk.sessions(SYSTEM) as session:
        person = await session.get_one(Person, UUID(place.human))
        headers = await factories.signed_in(session, person, UUID(place.id))
        viewers = await people.viewers_of(session, person.id)
    viewer = next(one for one in viewers if str(one.membership_id) == place.id)
    name = f"{person.name} {walk.canary()}"
    walk.actors[name] = Actor(name, headers, viewer)
    await _is_what_it_is(walk, walk.actors[name])


async def _keep_an_administrator(walk: Walk) -> None:
    """See that somebody acts as an administrator; there always is one who can."""
    if not any(viewer_of(one).role is Role.ADMINISTRATOR for one in walk.actors.values()):
        await _enter(walk, walk.model.places[min(walk.model.administrators())])


async def switch(walk: Walk) -> None:
    """Act in another of one's memberships, under a new token; nobody acts in those of others."""
    actor = walk.anyone()
    place = _any_place(walk, actor)
    own = not place.left and place.human == str(viewer_of(actor).person_id)
    path, body = f"{API}/session/membership", {"membership_id": place.id}
    answer = await walk.call(actor, "PUT", path, json=body, status={200 if own else 404})
    if own:
        viewer = viewer_of(actor)
        acts = replace(viewer, organisation_id=place.organisation_id, role=place.role, membership_id=UUID(place.id))
        walk.actors[actor.name] = replace(actor, headers=_cookie(answer), viewer=acts)
        await _is_nobody(walk, actor)
    await _is_what_it_is(walk, walk.actors[actor.name])
    await _keep_an_administrator(walk)


async def change_role(walk: Walk) -> None:
    """Give somebody another role, which holds from their next request; the last administrator keeps theirs."""
    place = walk.random.choice([one for one in walk.model.places.values() if not one.left])
    role = _role(walk, next(one.kind for one in (walk.region, *walk.towns) if one.id == place.organisation_id))
    last = walk.model.administrators() == {place.id} and role is not Role.ADMINISTRATOR
    path, status = f"{API}/memberships/{place.id}", {409 if last else 200}
    await walk.call(walk.administrator(), "PATCH", path, json={"role": role}, status=status)
    if not last:
        place.role = role
        for actor in _acting_in(walk, place):
            walk.actors[actor.name] = acting_with(actor, role)
            await _is_what_it_is(walk, walk.actors[actor.name])
        await _keep_an_administrator(walk)


async def leave(walk: Walk) -> None:
    """End a membership, one's own or as an administrator; those who acted in it are nobody at their next request."""
    actor = walk.random.choice([walk.administrator(), walk.anyone()])
    place = _any_place(walk, actor)
    own = place.id == str(viewer_of(actor).membership_id)
    if place not in walk.model.places_seen(viewer_of(actor)):
        status = 404
    elif not own and viewer_of(actor).role is not Role.ADMINISTRATOR:
        status = 403
    else:
        status = 409 if walk.model.administrators() == {place.id} else 200
    await walk.call(actor, "DELETE", f"{API}/memberships/{place.id}", status={status})
    if status == 200:
        acted = _acting_in(walk, place)
        place.left = True
        for one in acted:
            del walk.actors[one.name]
            await _is_nobody(walk, one)
        await _keep_an_administrator(walk)


async def try_to_rise(walk: Walk) -> None:
    """Let somebody who does not administer give themself or others a role, or a key."""
    actor = walk.random.choice([one for one in walk.actors.values() if viewer_of(one).role is not Role.ADMINISTRATOR])
    own = place_of(viewer_of(actor))
    role, here = Role.ADMINISTRATOR.value, str(own.organisation_id)
    tries = [
        ("PATCH", f"{API}/memberships/{own.id}", {"role": role}),
        ("POST", f"{API}/memberships", {"person_id": own.human, "organisation_id": str(walk.region.id), "role": role}),
        ("POST", f"{API}/api-keys", {"organisation_id": here, "name": "Min", "role": "läsare", "scopes": ["read"]}),
        ("POST", f"{API}/webhooks", {"url": walk.receiver.url}),
        ("GET", f"{API}/api-keys", None),
        ("GET", f"{API}/webhooks", None),
    ]
    method, path, body = walk.random.choice(tries)
    await walk.call(actor, method, path, json=body, status={403})


async def count_people(walk: Walk) -> None:
    """Count the people that somebody knows."""
    actor = walk.anyone(Scope.READ)
    known = walk.model.known(viewer_of(actor))
    answer = await walk.call(actor, "GET", f"{API}/people", params={"limit": 100}, status={200})
    walk.expect(answer.json()["total"], len(known), f"people known to {actor.name}")
    if len(known) <= 100:
        walk.expect({one["id"] for one in answer.json()["items"]}, known, f"people known to {actor.name}")


async def count_memberships(walk: Walk) -> None:
    """Count the memberships that somebody sees, all or those of one organisation."""
    actor, place = walk.anyone(Scope.READ), walk.random.choice([None, walk.anywhere()])
    seen = walk.model.places_seen(viewer_of(actor))
    params: dict[str, str | int] = {"limit": 100}
    if place is not None:
        params["organisation_id"] = str(place.id)
        seen = [one for one in seen if one.organisation_id == place.id]
    answer = await walk.call(actor, "GET", f"{API}/memberships", params=params, status={200})
    walk.expect(answer.json()["total"], len(seen), f"memberships seen by {actor.name}")
    if len(seen) <= 100:
        shown = {(one["id"], one["role"]) for one in answer.json()["items"]}
        walk.expect(shown, {(one.id, one.role.value) for one in seen}, f"memberships seen by {actor.name}")


async def _is_what_it_is(walk: Walk, actor: Actor) -> None:
    """See that the next request is made as what the oracle says."""
    answer = await walk.call(actor, "GET", f"{API}/session", status={200})
    me, viewer = answer.json(), viewer_of(actor)
    walk.expect((me["role"], me["membership_id"]), (viewer.role.value, str(viewer.membership_id)), actor.name)


async def _is_nobody(walk: Walk, actor: Actor) -> None:
    """See that the cookie opens nothing at the next request."""
    answer = await walk.client.get(f"{API}/initiatives", headers=dict(actor.headers))
    walk.expect(answer.status_code, 401, f"{actor.name} after the end of the session")


def _any_place(walk: Walk, actor: Actor) -> Place:
    """Return any membership, or one of the person's own."""
    places = list(walk.model.places.values())
    own = [one for one in places if one.human == str(viewer_of(actor).person_id)]
    return walk.random.choice(own if walk.random.random() < 0.6 else places)


def _acting_in(walk: Walk, place: Place) -> list[Actor]:
    return [one for one in walk.actors.values() if str(viewer_of(one).membership_id) == place.id]


def _role(walk: Walk, kind: OrganisationKind) -> Role:
    return walk.random.choice(sorted(HELD[kind, None]))


def _cookie(answer: httpx.Response) -> dict[str, str]:
    """Return the headers of the browser that got this answer."""
    found = re.search(r"narplan=([^;]+)", answer.headers["set-cookie"])
    if found is None:
        raise AssertionError(answer.headers["set-cookie"])
    return {"cookie": f"narplan={found[1]}", **OWN_PAGE}


STEPS: dict[str, tuple[float, Step]] = {
    "join": (1, join),
    "invite": (0.3, invite),
    "sign_in": (1, sign_in),
    "switch": (2, switch),
    "change_role": (1, change_role),
    "leave": (0.8, leave),
    "try_to_rise": (2, try_to_rise),
    "count_people": (2, count_people),
    "count_memberships": (2, count_memberships),
}
