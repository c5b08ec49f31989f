"""The web application: the one place where pages, API, sign-in and errors are put together."""

from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING

from litestar import Litestar
from litestar.di import Provide
from sqlalchemy.ext.asyncio import AsyncSession

from api import rest, web
from api.auth import GUARDS, Doorkeeper, provide_person
from api.dependencies import Person
from api.doors import PASSWORDS_ONLY, Doors
from api.errors import EXCEPTION_HANDLERS
from initiatives.access import ScopedSessions
from initiatives.activity import WRITTEN
from retrieval import following

if TYPE_CHECKING:
    from retrieval.answering import Assistant

LARGEST_BODY = 100 * 1024 * 1024


def create_app(
    sessions: ScopedSessions,
    assistant: "Assistant | None",
    doors: Doors = PASSWORDS_ONLY,
    *,
    local_webhooks: bool = False,
) -> Litestar:
    """Return the application. Handlers may take `session`, `sessions`, `person`, `assistant` and `doors`.

    One request is one transaction: `session` commits when the handler returns, before the response starts, and rolls
    back when it raises. `local_webhooks` lets webhooks be registered that lead to this computer.
    """

    async def provide_session(person: Person) -> AsyncIterator[AsyncSession]:
        async with sessions(person) as session:
            yield session
        await following.tell(sessions, session.info.get(WRITTEN, ()))

    dependencies: Mapping[str, Provide] = {
        "person": Provide(provide_person, sync_to_thread=False),
        "session": Provide(provide_session),
        "sessions": Provide(lambda: sessions, sync_to_thread=False, use_cache=True),
        "local_webhooks": Provide(lambda: local_webhooks, sync_to_thread=False, use_cache=True),
        "assistant": Provide(lambda: assistant, sync_to_thread=False, use_cache=True),
        "doors": Provide(lambda: doors, sync_to_thread=False, use_cache=True),
    }
    return Litestar(
        route_handlers=[*rest.ROUTES, *web.ROUTES],
        dependencies=dependencies,
        middleware=[Doorkeeper(sessions)],
        guards=list(GUARDS),
        exception_handlers=EXCEPTION_HANDLERS,
        openapi_config=rest.OPENAPI,
        template_config=web.TEMPLATES,
        request_max_body_size=LARGEST_BODY,
        logging_config=None,
    )
