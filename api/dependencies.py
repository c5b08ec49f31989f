"""What a handler may ask for by name; `create_app` says where each comes from."""

from litestar.di import NamedDependency
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
