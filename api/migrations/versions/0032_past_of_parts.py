"""The past of parts is found in an index alone, as that of things is."""

from alembic import op

revision = "0032"
down_revision = "0031"

INDEX = "CREATE INDEX ix_past_until ON past (kind, until) INCLUDE (since, key, {parent}sort, status, organisation)"


def _run(*statements: str) -> None:
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)


def upgrade() -> None:
    """Let the index tell what each state was a part of."""
    _run("DROP INDEX ix_past_until", INDEX.format(parent="parent, "))


def downgrade() -> None:
    """Take that out of it."""
    _run("DROP INDEX ix_past_until", INDEX.format(parent=""))
