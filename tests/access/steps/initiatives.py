"""Steps with initiatives, what they cost, and with whom they are shared."""

from datetime import timedelta
from typing import Any

from initiatives.keys import Scope
from initiatives.swedish import today
from tests.access.model import ECONOMY, PLAN, WRITE, Scoped
from tests.access.walk import ANY, API, Step, Walk, sees_everything, viewer_of

PERIODS = ((0, None), (0, None), (-3, None), (-3, 3), (-5, -2), (2, None))
"""The first and last days of shares, counted from today."""


async def add_initiative(walk: Walk) -> None:
    title, summary, shared = walk.canary(), walk.canary(), walk.some_towns()
    responsible = walk.random.choice([None, *walk.model.people])
    body = {
        "title": f"Insats {title}",
        "summary": f"Om {summary} i korthet.",
        "lead_organisation_id": str(walk.anywhere().id),
        "responsible_id": responsible,
        "shared_with": [str(one) for one in shared],
    }
    # The words are known before the answer comes, or the answer itself would be a leak.
    scoped = Scoped("", {title}, dict.fromkeys(shared, PLAN), details={summary}, responsible=responsible)
    answer = await walk.call(walk.writer(), "POST", f"{API}/initiatives", json=body, status={201})
    scoped.id = answer.json()["id"]
    walk.model.initiatives[scoped.id] = scoped


async def revise_initiative(walk: Walk) -> None:
    thing: Scoped = walk.thing(walk.model.initiatives)
    title, summary = walk.canary(), walk.canary()
    body: dict[str, Any] = {"title": f"Ändrad {title}", "summary": f"Nu om {summary}."}
    responsible = thing.responsible
    if walk.random.random() < 0.3:
        responsible = body["responsible_id"] = walk.random.choice([None, *walk.model.people])
    path = f"{API}/initiatives/{thing.id}"
    await walk.call(walk.writer(), "PATCH", path, json=body, headers=ANY, status={200})
    thing.former |= thing.words | thing.details
    thing.words, thing.details, thing.responsible = {title}, {summary}, responsible


async def share_initiative(walk: Walk) -> None:
    thing: Scoped = walk.thing(walk.model.initiatives)
    town = walk.random.choice(walk.towns).id
    path = f"{API}/initiatives/{thing.id}/shares/{town}"
    known = town in {*thing.shared, *thing.upcoming, *thing.ended}
    thing.shared.pop(town, None)
    thing.upcoming.discard(town)
    thing.ended.discard(town)
    if known and walk.random.random() < 0.5:
        await walk.call(walk.writer(), "DELETE", path, headers=ANY, status={204})
        return
    profile = walk.random.choice(walk.profiles)
    first, last = walk.random.choice(PERIODS)
    day = today()
    body = {
        "profile": profile,
        "from_on": str(day + timedelta(days=first)),
        "to_on": None if last is None else str(day + timedelta(days=last)),
    }
    if first > 0:
        thing.upcoming.add(town)
    elif last is not None and last < 0:
        thing.ended.add(town)
    else:
        thing.shared[town] = profile
    await walk.call(walk.writer(), "PUT", path, json=body, headers=ANY, status={200})


async def add_fund(walk: Walk) -> None:
    word = walk.canary()
    body = {
        "name": f"Anslag {word}",
        "organisation_id": str(walk.anywhere().id),
        "year": 2026,
        "frame_kronor": 5_000_000,
    }
    answer = await walk.call(walk.writer(), "POST", f"{API}/funds", json=body, status={201})
    walk.model.funds[answer.json()["id"]] = word


async def move_money(walk: Walk) -> None:
    if walk.model.links and walk.random.random() < 0.4:
        link, (initiative, _, _) = walk.random.choice(list(walk.model.links.items()))
        path = f"{API}/initiatives/{initiative}/budget-links/{link}"
        await walk.call(walk.writer(), "DELETE", path, headers=ANY, status={204})
        del walk.model.links[link]
        return
    initiative, fund = walk.thing(walk.model.initiatives).id, walk.random.choice(list(walk.model.funds))
    amount = walk.random.choice([100_000, 1_000_000])
    body = {"fund_id": fund, "amount_kronor": amount, "year": 2026}
    path = f"{API}/initiatives/{initiative}/budget-links"
    answer = await walk.call(walk.writer(), "POST", path, json=body, headers=ANY, status={201, 409})
    if answer.status_code == 201:
        walk.model.links[answer.json()["id"]] = (initiative, fund, amount)


async def try_in_vain(walk: Walk) -> None:
    """Let somebody who may not write try to."""
    readers = [one for one in walk.actors.values() if viewer_of(one).role not in WRITE]
    programs = [one for one in walk.programs() if Scope.WRITE not in walk.model.keys[str(viewer_of(one).key_id)].scopes]
    actor = walk.random.choice(readers + programs)
    thing: Scoped = walk.thing(walk.model.initiatives)
    path = f"{API}/initiatives/{thing.id}"
    by_key = viewer_of(actor).key_id is not None
    status = {403} if by_key or thing.seen_by(viewer_of(actor)) else {404}
    body = {"title": "Kapad"}
    tries: list[tuple[str, str, dict[str, Any]]] = [
        ("PATCH", path, {"json": body}),
        ("PUT", f"{path}/shares/{viewer_of(actor).organisation_id}", {}),
        ("DELETE", f"{path}/shares/{walk.towns[0].id}", {}),
        ("POST", f"{path}/budget-links", {"json": _money(walk.random.choice(list(walk.model.funds)))}),
    ]
    method, where, more = walk.random.choice(tries)
    await walk.call(actor, method, where, headers=ANY, status=status, **more)


async def read_initiative(walk: Walk) -> None:
    actor, thing = walk.anyone(Scope.READ), walk.thing(walk.model.initiatives)
    seen = thing.seen_by(viewer_of(actor))
    answer = await walk.call(actor, "GET", f"{API}/initiatives/{thing.id}", status={200 if seen else 404})
    if seen:
        walk.has(answer, thing.words_for(viewer_of(actor)))
        money = walk.model.money(thing) if thing.shown_to(viewer_of(actor), ECONOMY) else None
        walk.expect(answer.json()["budget_kronor"], money, f"money shown to {actor.name}")
        shown = {one["id"] for one in answer.json()["shared_with"]}
        own = viewer_of(actor).organisation_id
        mine = {one for one in (*thing.shared, *thing.upcoming) if sees_everything(actor) or one == own}
        walk.expect(shown, {str(one) for one in mine}, "shared with")


async def count_initiatives(walk: Walk) -> None:
    actor = walk.anyone(Scope.READ)
    seen = walk.model.visible(walk.model.initiatives, viewer_of(actor))
    params: dict[str, Any] = {"limit": walk.random.choice([1, 5, 100]), "page": walk.random.choice([1, 1, 2])}
    params["sort"] = walk.random.choice(["title", "-updated_at", "status"])
    if walk.random.random() < 0.3:
        town = walk.random.choice(walk.towns).id
        params["shared_with"] = str(town)
        mine = sees_everything(actor) or town == viewer_of(actor).organisation_id
        seen = [thing for thing in seen if mine and town in thing.shared]
    elif walk.random.random() < 0.3:
        responsible = walk.random.choice(list(walk.model.people))
        params["responsible"] = responsible
        seen = [
            thing
            for thing in seen
            if thing.responsible == responsible and thing.shown_to(viewer_of(actor), PLAN, ECONOMY)
        ]
    answer = await walk.call(actor, "GET", f"{API}/initiatives", params=params, status={200})
    walk.expect(answer.json()["total"], len(seen), f"initiatives of {actor.name} with {params}")


async def search_former(walk: Walk) -> None:
    """Search for what an initiative was once called: found by nobody."""
    former = [word for thing in walk.model.initiatives.values() for word in thing.former]
    if former:
        params = {"q": walk.random.choice(sorted(former)[-40:])}
        answer = await walk.call(walk.anyone(Scope.READ), "GET", f"{API}/initiatives", params=params, status={200})
        walk.expect(answer.json()["total"], 0, f"search for {params}")


async def read_fund(walk: Walk) -> None:
    actor = walk.anyone(Scope.READ)
    status = {200 if sees_everything(actor) else 404}
    await walk.call(actor, "GET", f"{API}/funds/{walk.random.choice(list(walk.model.funds))}", status=status)
    answer = await walk.call(actor, "GET", f"{API}/funds", status={200})
    walk.expect(answer.json()["total"], len(walk.model.funds) if sees_everything(actor) else 0, "funds")


async def search_initiatives(walk: Walk) -> None:
    """Search for a word of an initiative: found once by those who see it, else not at all."""
    actor, thing = walk.anyone(Scope.READ), walk.thing(walk.model.initiatives)
    word = walk.random.choice(sorted(thing.words | thing.details))
    answer = await walk.call(actor, "GET", f"{API}/initiatives", params={"q": word}, status={200})
    walk.expect(answer.json()["total"], int(word in thing.words_for(viewer_of(actor))), f"{actor.name} searches {word}")


def _money(fund: str) -> dict[str, Any]:
    return {"fund_id": fund, "amount_kronor": 1, "year": 2026}


STEPS: dict[str, tuple[float, Step]] = {
    "add_initiative": (3, add_initiative),
    "revise_initiative": (4, revise_initiative),
    "share_initiative": (8, share_initiative),
    "add_fund": (0.5, add_fund),
    "move_money": (2, move_money),
    "try_in_vain": (5, try_in_vain),
    "read_initiative": (12, read_initiative),
    "count_initiatives": (8, count_initiatives),
    "search_initiatives": (5, search_initiatives),
    "search_former": (2, search_former),
    "read_fund": (2, read_fund),
}
