"""Steps with conversations and the answers to them: who is party sees and answers, and no other municipality does."""

from collections.abc import Mapping

from initiatives.access import Role
from initiatives.keys import Scope
from tests.access.model import PLAN, WRITE, Reply, Scoped
from tests.access.walk import ANY, API, Step, Walk, viewer_of

PATH = f"{API}/dialogue-entries"


async def add_dialogue(walk: Walk) -> None:
    title, outcome = walk.canary(), walk.canary()
    parties = walk.some_towns() or [walk.random.choice(walk.towns).id]
    body = {
        "held_on": "2026-11-18",
        "level": "operativ",
        "title": f"Samtal {title}",
        "outcome": f"Vi kom fram till {outcome}.",
        "next_step": f"Göra {outcome}",
        "next_step_on": "2027-01-31",
        "party_ids": [str(one) for one in parties],
    }
    scoped = Scoped("", {title, outcome}, dict.fromkeys(parties, PLAN))
    answer = await walk.call(walk.writer(), "POST", PATH, json=body, status={201})
    scoped.id = answer.json()["id"]
    walk.model.dialogue[scoped.id] = scoped


async def revise_dialogue(walk: Walk) -> None:
    """Call a conversation something else, or let it be with others."""
    if not walk.model.dialogue:
        return
    thing: Scoped = walk.thing(walk.model.dialogue)
    title = walk.canary()
    parties = walk.some_towns() or [walk.random.choice(walk.towns).id]
    body = {"title": f"Samtal {title}", "outcome": "", "next_step": "", "next_step_on": None}
    thing.former |= thing.words
    thing.words, thing.shared = {title}, dict.fromkeys(parties, PLAN)
    sent = {**body, "party_ids": [str(one) for one in parties]}
    await walk.call(walk.writer(), "PATCH", f"{PATH}/{thing.id}", json=sent, headers=ANY, status={200})


async def answer_dialogue(walk: Walk) -> None:
    """Let somebody in a browser answer what they may see or not."""
    if not walk.model.dialogue:
        return
    actor = walk.random.choice(list(walk.actors.values()))
    viewer, thing = viewer_of(actor), walk.thing(walk.model.dialogue)
    word, writes = walk.canary(), viewer.role in WRITE
    status = 404 if not thing.seen_by(viewer) else 201 if writes or viewer.role is Role.PARTNER else 403
    reply = Reply(word, thing.id, None if writes else viewer.organisation_id)
    if status == 201:
        walk.model.replies.append(reply)
    body = {"text": f"Svar om {word}"}
    await walk.call(actor, "POST", f"{PATH}/{thing.id}/answers", json=body, status={status})


async def read_dialogue(walk: Walk) -> None:
    """Read a conversation and what has been answered, over the API and on its page."""
    if not walk.model.dialogue:
        return
    actor, thing = walk.anyone(Scope.READ), walk.thing(walk.model.dialogue)
    seen = thing.seen_by(viewer_of(actor))
    status = {200 if seen else 404}
    answer = await walk.call(actor, "GET", f"{PATH}/{thing.id}", status=status)
    replies = await walk.call(actor, "GET", f"{PATH}/{thing.id}/answers", status=status)
    if seen:
        walk.has(answer, thing.words)
        wanted = [reply.word for reply in walk.model.replies if walk.model.reads(viewer_of(actor), reply)]
        of_it = {one.word for one in walk.model.replies if one.entry == thing.id} & set(wanted)
        walk.expect(len(replies.json()), len(of_it), f"answers that {actor.name} reads")
        walk.has(replies, of_it)
        walk.expect(answer.json()["answers"], len(of_it), f"answers counted for {actor.name}")


async def open_dialogue(walk: Walk) -> None:
    """Open the pages of the dialogue as a browser would."""
    actor = walk.random.choice(list(walk.actors.values()))
    await walk.call(actor, "GET", "/dialog", headers={"accept": "text/html"}, status={200})
    if walk.model.dialogue:
        thing = walk.thing(walk.model.dialogue)
        status = {200 if thing.seen_by(viewer_of(actor)) else 404}
        page = f"/dialog/samtal/{thing.id}"
        await walk.call(actor, "GET", page, headers={"accept": "text/html"}, status=status)


async def count_dialogue(walk: Walk) -> None:
    actor = walk.anyone(Scope.READ)
    seen = walk.model.visible(walk.model.dialogue, viewer_of(actor))
    answer = await walk.call(actor, "GET", PATH, params={"limit": 2}, status={200})
    walk.expect(answer.json()["total"], len(seen), f"conversations of {actor.name}")


STEPS: Mapping[str, tuple[float, Step]] = {
    "add_dialogue": (1.5, add_dialogue),
    "revise_dialogue": (2, revise_dialogue),
    "answer_dialogue": (4, answer_dialogue),
    "read_dialogue": (6, read_dialogue),
    "open_dialogue": (2, open_dialogue),
    "count_dialogue": (3, count_dialogue),
}
