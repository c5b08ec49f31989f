"""Conversations: one's own, to go on with, rename, judge, share or take away, and those that others have shared."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, delete, get, patch, put
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, FromQuery

from api.dependencies import Person, Session
from api.paging import Paging
from api.rest.answers import ANSWER, AnswerOut, kept_out
from api.rest.examples import shows
from initiatives.keys import Scope
from retrieval import conversations
from retrieval.conversations import Conversation, Rating, Turn

CONVERSATION = {
    "id": ANSWER["conversation_id"],
    "title": ANSWER["question"],
    "created_at": "2026-11-20T14:05:00Z",
    "updated_at": "2026-11-20T14:05:00Z",
    "shared_at": None,
}
TURN = {
    "id": "01976a10-0000-7000-8000-00000000000f",
    "question": ANSWER["question"],
    "answer": ANSWER,
    "rating": "bra",
    "created_at": "2026-11-20T14:05:00Z",
}
SHARED = {**CONVERSATION, "shared_at": "2026-11-21T08:00:00Z"}
JUDGED = {"rating": "dåligt", "reason": "Det är förra årets."}
RatingText = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(Rating)})]


class ConversationOut(msgspec.Struct, frozen=True):
    """A conversation; since `shared_at`, if ever, whoever is signed in and has its address may read it."""

    id: UUID
    title: str
    created_at: datetime
    updated_at: datetime
    shared_at: datetime | None


class TurnOut(msgspec.Struct, frozen=True):
    """A question and the answer that it got, as it was given; `rating` is what its owner thought of it."""

    id: UUID
    question: str
    answer: AnswerOut
    rating: RatingText | None
    created_at: datetime


class ConversationWithTurns(msgspec.Struct, frozen=True):
    """A conversation with its turns, oldest first."""

    id: UUID
    title: str
    created_at: datetime
    updated_at: datetime
    shared_at: datetime | None
    turns: list[TurnOut]


class ConversationChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; what is left out stays as it is."""

    title: str | None = None
    shared: bool | None = None


class RatingIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the answer was worth, null to take it back; `reason` reaches the programme group without a name."""

    rating: RatingText | None
    reason: str = ""


class ConversationController(Controller):
    """The person's own conversations; nobody else sees them until they are shared."""

    path = "/conversations"
    tags = ("Frågor",)

    @get(
        summary="Lista dina samtal",
        operation_id="listConversations",
        opt={"scope": Scope.ASK},
        responses=shows(list[ConversationOut], [CONVERSATION]),
    )
    async def list_conversations(
        self, session: Session, person: Person, paging: NamedDependency[Paging], q: FromQuery[str] = ""
    ) -> list[ConversationOut]:
        """Return conversations, the latest first; with `q` those with the words in title, questions or answers."""
        asked = q[:200].replace("\0", "").strip()
        found = await conversations.list_conversations(
            session, person, q=asked, limit=paging.limit, offset=paging.offset
        )
        return msgspec.convert(found, list[ConversationOut], from_attributes=True)

    @get(
        "/{conversation_id:uuid}",
        summary="Läs ett samtal",
        operation_id="getConversation",
        opt={"scope": Scope.ASK},
        responses=shows(ConversationWithTurns, {**CONVERSATION, "turns": [TURN]}),
    )
    async def get_conversation(
        self, session: Session, person: Person, conversation_id: FromPath[UUID]
    ) -> ConversationWithTurns:
        """Return a conversation with its questions and answers."""
        found = await conversations.get_conversation(session, person, conversation_id)
        return _whole(found, await conversations.turns(session, person, conversation_id))

    @patch(
        "/{conversation_id:uuid}",
        summary="Byt namn på ett samtal, eller dela det",
        operation_id="reviseConversation",
        opt={"scope": Scope.ASK},
        responses=shows(ConversationOut, SHARED),
    )
    async def revise(
        self,
        session: Session,
        person: Person,
        conversation_id: FromPath[UUID],
        data: Annotated[ConversationChange, Body(examples=[Example(value={"shared": True})])],
    ) -> ConversationOut:
        """Change the title, or let whoever is signed in and has the address read the conversation, or no longer."""
        found = await conversations.revise(session, person, conversation_id, title=data.title, shared=data.shared)
        return msgspec.convert(found, ConversationOut, from_attributes=True)

    @delete(
        "/{conversation_id:uuid}",
        summary="Ta bort ett samtal",
        operation_id="deleteConversation",
        status_code=204,
        opt={"scope": Scope.ASK},
    )
    async def remove(self, session: Session, person: Person, conversation_id: FromPath[UUID]) -> None:
        """Take a conversation away for good, with its questions and answers."""
        await conversations.remove(session, person, conversation_id)

    @put(
        "/{conversation_id:uuid}/answers/{answer_id:uuid}/rating",
        summary="Säg vad ett svar var värt",
        operation_id="rateAnswer",
        status_code=204,
        opt={"scope": Scope.ASK},
    )
    async def rate(
        self,
        session: Session,
        person: Person,
        conversation_id: FromPath[UUID],
        answer_id: FromPath[UUID],
        data: Annotated[RatingIn, Body(examples=[Example(value=JUDGED)])],
    ) -> None:
        """Judge an answer; what was bad is noted among the knowledge gaps, without who thought so."""
        await conversations.rate(session, person, conversation_id, answer_id, rating=data.rating, reason=data.reason)


class SharedConversationController(Controller):
    """Conversations that somebody lets others read."""

    path = "/shared-conversations"
    tags = ("Frågor",)

    @get(
        "/{shared_id:uuid}",
        summary="Läs ett delat samtal",
        operation_id="getSharedAnswers",
        opt={"scope": Scope.ASK},
        responses=shows(ConversationWithTurns, {**SHARED, "turns": [{**TURN, "rating": None}]}),
    )
    async def get_shared(self, session: Session, person: Person, shared_id: FromPath[UUID]) -> ConversationWithTurns:
        """Return a shared conversation; an answer that rests on what you may not see is left out."""
        found, turns = await conversations.shared(session, person, shared_id)
        return _whole(found, turns, rated=False)


def _whole(found: Conversation, turns: list[Turn], *, rated: bool = True) -> ConversationWithTurns:
    return ConversationWithTurns(
        found.id,
        found.title,
        found.created_at,
        found.updated_at,
        found.shared_at,
        [
            TurnOut(turn.id, turn.question, kept_out(turn), turn.rating if rated else None, turn.created_at)
            for turn in turns
        ],
    )
