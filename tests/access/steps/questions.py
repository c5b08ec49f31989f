"""Steps with the assistant: questions and the conversations that are kept of them."""

from typing import Any

from initiatives.keys import Scope
from tests.access.model import Scoped, Talk, words_in
from tests.access.walk import API, Step, Walk, viewer_of


async def ask(walk: Walk) -> None:
    """Ask about a document: who sees it is answered from it, anybody else is told nothing."""
    actor, thing = walk.anyone(Scope.ASK), walk.thing(walk.model.documents)
    owner, word = viewer_of(actor).person_id, walk.random.choice(sorted(thing.words))
    body: dict[str, Any] = {"question": f"Hur mycket avsätts till {word} under 2026?"}
    talks = [talk for talk in walk.model.talks.values() if talk.owner == owner and talk.id]
    if talks and walk.random.random() < 0.3:
        body["conversation_id"] = walk.random.choice(talks).id
    headers = {"accept": "text/event-stream"} if walk.random.random() < 0.2 else {}
    answer = await walk.call(actor, "POST", f"{API}/questions", json=body, headers=headers, status={200})
    told = {} if headers else answer.json()
    _keep(walk, told.get("conversation_id") or body.get("conversation_id", ""), actor.name, Talk("", owner, {word}))
    if told and thing.seen_by(viewer_of(actor)) and is_latest(thing, word):
        walk.has(answer, {word})
        walk.expect(word in words_in(str(told["passages"])), True, f"{actor.name} finds {word}")


def _keep(walk: Walk, conversation: str, name: str, said: Talk) -> None:
    """Note what has been said; of what comes in a stream the conversation is not known. Programs keep none."""
    kept = walk.model.talks.setdefault(conversation or f"stream-{name}", Talk(conversation, said.owner, set()))
    kept.words |= said.words


def is_latest(thing: Scoped, word: str) -> bool:
    """Tell whether the word stands in the document as it is now; its name holds the first."""
    return word == max(thing.words) and word not in words_in(thing.name)


async def read_talk(walk: Walk) -> None:
    """Read a conversation, which only its owner finds."""
    talks = [talk for talk in walk.model.talks.values() if talk.id]
    if talks:
        actor, talk = walk.anyone(Scope.ASK), walk.random.choice(talks)
        status = {200 if talk.owner == viewer_of(actor).person_id else 404}
        await walk.call(actor, "GET", f"{API}/conversations/{talk.id}", status=status)


async def ask_register(walk: Walk) -> None:
    """Ask how an initiative stands: who sees it is told from the register, to anybody else it is not there."""
    actor, thing = walk.anyone(Scope.ASK), walk.thing(walk.model.initiatives)
    owner, word = viewer_of(actor).person_id, walk.random.choice(sorted(thing.words))
    asked = walk.random.choice(("Hur går det med initiativet", "Vem ansvarar för initiativet", "När slutar"))
    answer = await walk.call(actor, "POST", f"{API}/questions", json={"question": f"{asked} {word}?"}, status={200})
    told = answer.json()
    _keep(walk, told["conversation_id"] or "", actor.name, Talk("", owner, {word}))
    walk.expect(told["register"] is not None, thing.seen_by(viewer_of(actor)), f"{actor.name} asks about {word}")


STEPS: dict[str, tuple[float, Step]] = {
    "ask": (0.8, ask),
    "ask_register": (0.8, ask_register),
    "read_talk": (2, read_talk),
}
