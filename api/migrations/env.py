"""How alembic runs a migration: on the connection it is given, one at a time, without waiting long for locks."""

from alembic import context
from sqlalchemy import text

from api.migrations import LOCK_NUMBER, is_ours, metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata(), include_name=is_ours)
with context.begin_transaction():
    connection.execute(text("SET LOCAL lock_timeout = '5s'"))
    connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK_NUMBER})"))
    # A migration that moves rows sees all of them, whatever the policies say of others.
    connection.execute(text("SELECT set_config('narplan.role', 'system', true)"))
    context.run_migrations()
