"""Pieces of passages get vectors of their own, and a version says which analysis made its search index."""

from alembic import op

revision = "0002"
down_revision = "0001"

UP = (
    "ALTER TABLE passage ADD COLUMN parts BYTEA",
    # Small integers without a pattern: trying to compress them would only take time.
    "ALTER TABLE passage ALTER COLUMN parts SET STORAGE EXTERNAL",
    "ALTER TABLE document_version ADD COLUMN analysis INTEGER DEFAULT 1 NOT NULL",
    "ALTER TABLE document_version ADD COLUMN renewed_at TIMESTAMP WITH TIME ZONE",
)
DOWN = (
    "ALTER TABLE document_version DROP COLUMN renewed_at, DROP COLUMN analysis",
    "ALTER TABLE passage DROP COLUMN parts",
)


def upgrade() -> None:
    """Add the columns; the worker fills them for what is published already, from the texts that are stored."""
    for statement in UP:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Take the columns away; the segments that were renewed stay."""
    for statement in DOWN:
        op.get_bind().exec_driver_sql(statement)
