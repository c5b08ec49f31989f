"""Steps with webhooks: registered by administrators or programs, told of what their organisation sees, and removed."""

import json
from typing import Any
from uuid import uuid4

from ingest import outbox
from ingest.outbox import Outbox
from initiatives.access import Role, Viewer
from initiatives.keys import Scope
from tests.access.model import SEE_ALL, Hook, words_in
from tests.access.walk import API, Difference, Step, Walk, viewer_of
from tests.receiver import Received

MOST = 4
"""How many webhooks there may be at a time."""
OUTBOX = Outbox("https://narplan.example", local=True)


async def register_webhook(walk: Walk) -> None:
    """Register a webhook: an administrator for any organisation, a program for its own."""
    if len(walk.model.hooks) >= MOST:
        return await remove_webhook(walk)
    actor = walk.random.choice([walk.administrator(), *walk.programs(Scope.FOLLOW)])
    viewer, word = viewer_of(actor), walk.canary()
    owner = walk.anywhere().id if viewer.key_id is None else viewer.organisation_id
    if owner is None:
        raise AssertionError(f"{actor.name} is nowhere")
    body = {"url": f"http://127.0.0.1:{walk.receiver.port}/{word}", "organisation_id": str(owner)}
    answer = await walk.call(actor, "POST", f"{API}/webhooks", json=body, status={201})
    own = viewer.role in SEE_ALL and owner == viewer.organisation_id
    follower = Viewer(None, owner, Role.POLITICIAN if own else Role.PARTNER, "Följare")
    made = answer.json()["id"]
    walk.model.hooks[made] = Hook(made, word, owner, follower, _there(walk, follower))
    return None


async def remove_webhook(walk: Walk) -> None:
    """Take a webhook away, which then is not told of anything more; who does not handle it does not find it."""
    if not walk.model.hooks:
        return
    hook = walk.random.choice(list(walk.model.hooks.values()))
    actor = walk.random.choice([walk.administrator(), walk.anyone(Scope.FOLLOW)])
    status = _status(walk, viewer_of(actor), hook, 204)
    await walk.call(actor, "DELETE", f"{API}/webhooks/{hook.id}", status={status})
    if status == 204:
        del walk.model.hooks[hook.id]


async def read_webhooks(walk: Walk) -> None:
    """List the webhooks that somebody handles."""
    actor = walk.random.choice([walk.anyone(Scope.FOLLOW), walk.administrator(), *walk.programs(Scope.FOLLOW)])
    viewer = viewer_of(actor)
    status = 200 if viewer.role is Role.ADMINISTRATOR or viewer.key_id else 403
    answer = await walk.call(actor, "GET", f"{API}/webhooks", status={status})
    if status == 200:
        mine = {hook.id for hook in walk.model.hooks.values() if walk.model.handles(viewer, hook)}
        walk.expect({one["id"] for one in answer.json()["items"]}, mine, f"webhooks of {actor.name}")


async def read_deliveries(walk: Walk) -> None:
    """Look at a webhook and how its deliveries went, which only those can who handle it."""
    if walk.model.hooks:
        hook = walk.random.choice(list(walk.model.hooks.values()))
        actor = walk.random.choice([walk.anyone(Scope.FOLLOW), walk.administrator()])
        status = _status(walk, viewer_of(actor), hook, 200)
        place = walk.random.choice(("", "/deliveries"))
        await walk.call(actor, "GET", f"{API}/webhooks/{hook.id}{place}", status={status})


async def announce(walk: Walk) -> None:
    """Let the worker tell all webhooks what is new: each then knows of what its organisation sees, and of no more."""
    await outbox.notice(walk.sessions)
    walk.receiver.requests.clear()
    while await outbox.deliver(walk.sessions, uuid4(), OUTBOX):
        pass
    by_word = {hook.word: hook for hook in walk.model.hooks.values()}
    for got in walk.receiver.requests:
        _hear(walk, by_word.get(got.target.rpartition("/")[2]), got)
    for hook in walk.model.hooks.values():
        walk.expect(hook.told, _there(walk, hook.follower), f"what {hook.word} knows of")


def _hear(walk: Walk, hook: Hook | None, got: Received) -> None:
    """Hold one message against the oracle, and note what its receiver knows after it."""
    said = json.loads(got.body)
    if hook is None or words_in(got.body.decode()):
        raise Difference(walk.told(f"sent to {got.target}: {said}"))
    told: dict[str, Any] = said["data"]
    if said["type"].endswith(".unshared"):
        hook.told.discard(told["id"])
        return
    if told["id"] not in _there(walk, hook.follower):
        raise Difference(walk.told(f"{hook.word} was told of what it may not see: {said}"))
    hook.told.add(told["id"])


def _there(walk: Walk, follower: Viewer) -> set[str]:
    things = (*walk.model.initiatives.values(), *walk.model.documents.values())
    return {thing.id for thing in things if thing.seen_by(follower)}


def _status(walk: Walk, viewer: Viewer, hook: Hook, found: int) -> int:
    """Return what somebody gets who asks for a webhook: only administrators and programs can have any."""
    if viewer.role is not Role.ADMINISTRATOR and viewer.key_id is None:
        return 403
    return found if walk.model.handles(viewer, hook) else 404


STEPS: dict[str, tuple[float, Step]] = {
    "register_webhook": (0.6, register_webhook),
    "remove_webhook": (0.3, remove_webhook),
    "read_webhooks": (1, read_webhooks),
    "read_deliveries": (2, read_deliveries),
    "announce": (1, announce),
}
