"""Steps with conversations that are shared: who reads them, and that nobody else changes them."""

from initiatives.access import Viewer
from initiatives.keys import Scope
from tests.access.model import Talk
from tests.access.walk import API, Step, Walk, viewer_of


async def share_talk(walk: Walk) -> None:
    """Share a conversation or stop sharing it; nobody but its owner finds it to do so."""
    talk = _any(walk)
    if talk is not None:
        actor, shared = walk.anyone(Scope.ASK), walk.random.random() < 0.7
        own = _is_own(talk, viewer_of(actor))
        body = {"shared": shared}
        await walk.call(actor, "PATCH", f"{API}/conversations/{talk.id}", json=body, status={200 if own else 404})
        if own:
            talk.shared = shared


async def read_shared(walk: Walk) -> None:
    """Read a conversation as one that others share: its questions, and answers as far as one sees what they rest on."""
    talk = _any(walk)
    if talk is not None:
        page = walk.random.random() < 0.4
        path = f"/samtal/{talk.id}/delat" if page else f"{API}/shared-conversations/{talk.id}"
        actor = walk.anyone() if page else walk.anyone(Scope.ASK)
        answer = await walk.call(actor, "GET", path, status={200 if talk.shared else 404})
        if talk.shared:
            walk.has(answer, talk.words)


def _any(walk: Walk) -> Talk | None:
    talks = [talk for talk in walk.model.talks.values() if talk.id]
    return walk.random.choice(talks) if talks else None


def _is_own(talk: Talk, viewer: Viewer) -> bool:
    return talk.owner is not None and talk.owner == viewer.person_id


STEPS: dict[str, tuple[float, Step]] = {"share_talk": (1.5, share_talk), "read_shared": (2, read_shared)}
