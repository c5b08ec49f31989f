"""The web application: the one place where pages, API, sign-in and errors are put together."""

from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any

from litestar import Litestar
from litestar.connection import Request
from litestar.di import Provide
from sqlalchemy.ext.asyncio import AsyncSession

from api import assistants, bodies, headers, lending, once, rest, web
from api.auth import GUARDS, Doorkeeper, provide_person
from api.dependencies import Person, one_by_one
from api.disclosure import Disclosure
from api.doors import PASSWORDS_ONLY, Doors
from api.errors import EXCEPTION_HANDLERS
from api.limits import CountRefusals, CountRequests
from api.ongoing import Ongoing
from api.precedence import PagesFirst
from api.upkeep import Upkeep
from api.wellknown import security_txt
from ingest.quotations import Locator
from initiatives.access import ScopedSessions
from initiatives.activity import WRITTEN
from initiatives.allowance import UNLIMITED, Limits
from retrieval import following

if TYPE_CHECKING:
    from retrieval.answering import Assistant


def create_app(
    sessions: ScopedSessions,
    assistant: "Assistant | None",
    doors: Doors = PASSWORDS_ONLY,
    allowed: Limits = UNLIMITED,
    disclosure: Disclosure | None = None,
    *,
    ongoing: Ongoing | None = None,
    local_webhooks: bool = False,
) -> Litestar:
    """Return the application. Handlers may take `session`, `sessions`, `person`, and what this hands out by name.

    One request is one transaction: `session` commits when the handler returns, before the response starts, and rolls
    back when it raises. `local_webhooks` lets webhooks be registered that lead to this computer.
    """

    async def provide_session(request: Request[Any, Any, Any], person: Person) -> AsyncIterator[AsyncSession]:
        async with lending.borrowed(sessions, request.scope, person) as session:
            await once.begin(session, person)
            yield session
        await following.tell(sessions, session.info.get(WRITTEN, ()))

    locator, answers = Locator(sessions), ongoing or Ongoing()
    dependencies: Mapping[str, Provide] = {
        "person": Provide(provide_person, sync_to_thread=False),
        "session": Provide(provide_session),
        "sessions": Provide(lambda: sessions, sync_to_thread=False, use_cache=True),
        "local_webhooks": Provide(lambda: local_webhooks, sync_to_thread=False, use_cache=True),
        "assistant": Provide(lambda: assistant, sync_to_thread=False, use_cache=True),
        "doors": Provide(lambda: doors, sync_to_thread=False, use_cache=True),
        "allowed": Provide(lambda: allowed, sync_to_thread=False, use_cache=True),
        "ongoing": Provide(lambda: answers, sync_to_thread=False, use_cache=True),
        "locator": Provide(lambda: locator, sync_to_thread=False, use_cache=True),
    }
    app = Litestar(
        route_handlers=[*rest.ROUTES, *assistants.ROUTES, *web.ROUTES, security_txt(disclosure)],
        dependencies=dependencies,
        middleware=[
            PagesFirst(),
            Upkeep(sessions),
            CountRefusals(sessions, allowed),
            Doorkeeper(sessions),
            CountRequests(sessions, allowed),
        ],
        before_request=bodies.receive,
        before_send=[headers.protect],
        guards=list(GUARDS),
        on_shutdown=[answers.close],
        exception_handlers=EXCEPTION_HANDLERS,
        openapi_config=rest.OPENAPI,
        template_config=web.TEMPLATES,
        request_max_body_size=bodies.LARGEST_BODY,
        logging_config=None,
    )
    one_by_one(app)
    return app
