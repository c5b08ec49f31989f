"""What a handler may ask for by name; `create_app` says where each comes from."""

from litestar import Litestar
from litestar._kwargs.dependencies import DependencyContainer
from litestar.di import NamedDependency
from litestar.routes import HTTPRoute
from sqlalchemy.ext.asyncio import AsyncSession

from api.doors import Doors
from initiatives.access import ScopedSessions, Viewer

Person = NamedDependency[Viewer]
"""`person`: who asks."""
Session = NamedDependency[AsyncSession]
"""`session`: the request's own transaction, with the person's scope."""
Sessions = NamedDependency[ScopedSessions]
"""`sessions`: short transactions of the handler's own, for streams and for signing in."""
WaysIn = NamedDependency[Doors]
"""`doors`: the ways in that this installation has."""


def one_by_one(app: Litestar) -> None:
    """Let what handlers ask for be found in order, not each in a task of its own: a task takes longer than most do.

    Only the session waits for anything, and it is opened after all that can be refused without it.
    """
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for _, wanted in route.route_handler_map.values():
                batches = (sorted(batch, key=_is_opened) for batch in wanted.dependency_batches)
                wanted.dependency_batches = [{one} for batch in batches for one in batch]


def _is_opened(wanted: DependencyContainer) -> bool:
    return wanted.provide.has_async_generator_dependency
