"""Changes since a cursor: what has been shared, changed and taken back among what one may see."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Controller, Response, get
from litestar.connection import Request
from litestar.params import Parameter

from api.dependencies import Person, Sessions
from api.paging import DEFAULT_LIMIT, LARGEST_LIMIT
from api.rest.examples import CHANGE, shows
from initiatives import changes, feeds
from initiatives.changes import ChangeRow
from initiatives.errors import InvalidValue
from initiatives.feeds import Kind
from initiatives.keys import Scope
from retrieval import following

SINCE = Parameter(
    description="Markören ur förra svaret; now för det som händer från och med nu; utan: allt som sparas."
)
LIMIT = Parameter(description=f"Antal ändringar, 1–{LARGEST_LIMIT}.")
EXAMPLE = {"items": [CHANGE], "cursor": "AAAAAAAAACqmXp3c1dE0cUJ5bGfVw0Xk", "more": False}


class ChangeOut(msgspec.Struct, frozen=True):
    """A change. Of what is no longer shared only the identifier is told; `link` is then null."""

    kind: Kind
    type: Literal["initiative", "document"]
    id: UUID
    fields: list[str]
    withdrawn: list[str]
    at: datetime
    link: str | None


class ChangesOut(msgspec.Struct, frozen=True):
    """Changes, oldest first, and the cursor for the next call; `more` tells to call again at once."""

    items: list[ChangeOut]
    cursor: str
    more: bool


class ChangeController(Controller):
    """What has changed among what one may see."""

    path = "/changes"
    tags = ("Följa",)

    @get(
        summary="Läs ändringar sedan sist",
        operation_id="listChanges",
        opt={"scope": Scope.FOLLOW},
        responses=shows(ChangesOut, EXAMPLE),
    )
    async def list_changes(
        self,
        *,
        request: Request[Any, Any, Any],
        sessions: Sessions,
        person: Person,
        since: Annotated[str | None, SINCE] = None,
        limit: Annotated[int, LIMIT] = DEFAULT_LIMIT,
    ) -> Response[ChangesOut]:
        """Return what comes after the cursor. The cursor is the same for all in one organisation, and kept 90 days."""
        if not 1 <= limit <= LARGEST_LIMIT:
            raise InvalidValue(f"limit ska vara mellan 1 och {LARGEST_LIMIT}.", field="limit")
        await following.catch_up(sessions, feeds.audience(person))
        async with sessions(person) as session:
            found = await changes.since(session, person, since, limit=limit)
        out = ChangesOut([_out(row) for row in found.items], found.cursor, found.more)
        return Response(out, headers={"Link": _next(request, found.cursor, limit)} if found.more else {})


def _out(row: ChangeRow) -> ChangeOut:
    link = None if row.kind is Kind.UNSHARED else following.link(row.subject_type, row.subject_id)
    return msgspec.convert(
        {
            "kind": row.kind,
            "type": row.subject_type,
            "id": row.subject_id,
            "fields": row.fields,
            "withdrawn": row.withdrawn,
            "at": row.at,
            "link": link,
        },
        ChangeOut,
    )


def _next(request: Request[Any, Any, Any], cursor: str, limit: int) -> str:
    return f'<{request.url.with_replacements(query=f"since={cursor}&limit={limit}")}>; rel="next"'
