"""The embedded PostgreSQL: one server for each home, shared by every Närplan process that uses that home.

Used when no `NARPLAN_DATABASE_URL` is given. The binaries come from a wheel; everything around them (where the files
lie, who runs them, when the server starts and stops) is decided here.
"""

from api.postgres.places import PostgresUnavailable, wheel_binaries
from api.postgres.server import APPLICATION, DATABASE, OWNER, SUPERUSER, Server, running

__all__ = [
    "APPLICATION",
    "DATABASE",
    "OWNER",
    "SUPERUSER",
    "PostgresUnavailable",
    "Server",
    "running",
    "wheel_binaries",
]
