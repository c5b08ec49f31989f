"""Files on their way in have a place in the queue, tell how far they have come, and can be stopped."""

from alembic import op

revision = "0028"
down_revision = "0027"

BEFORE = "'queued', 'reading', 'structuring', 'embedding', 'published', 'failed'"


def _run(*statements: str) -> None:
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)


def upgrade() -> None:
    """Add the columns, and the state of one that was stopped."""
    _run(
        "ALTER TABLE ingestion ADD COLUMN priority SMALLINT NOT NULL DEFAULT 10, "
        "ADD COLUMN units_done INTEGER, ADD COLUMN units_total INTEGER, "
        "DROP CONSTRAINT ck_ingestion_state, "
        f"ADD CONSTRAINT ck_ingestion_state CHECK (state IN ({BEFORE}, 'canceled'))",
        "ALTER TABLE ingestion ALTER COLUMN priority DROP DEFAULT",
    )


def downgrade() -> None:
    """Take them away; what was stopped counts as failed."""
    _run(
        "ALTER TABLE ingestion NO FORCE ROW LEVEL SECURITY",
        "UPDATE ingestion SET state = 'failed', reason = 'Inläsningen avbröts.' WHERE state = 'canceled'",
        "ALTER TABLE ingestion FORCE ROW LEVEL SECURITY",
        "ALTER TABLE ingestion DROP COLUMN priority, DROP COLUMN units_done, DROP COLUMN units_total, "
        "DROP CONSTRAINT ck_ingestion_state, "
        f"ADD CONSTRAINT ck_ingestion_state CHECK (state IN ({BEFORE}))",
    )
