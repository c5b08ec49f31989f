"""Each version of a document keeps the card that says what of its file became text."""

from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Make room for the card; versions from before have none."""
    op.get_bind().exec_driver_sql("ALTER TABLE document_version ADD COLUMN quality JSONB")


def downgrade() -> None:
    """Take the cards away."""
    op.get_bind().exec_driver_sql("ALTER TABLE document_version DROP COLUMN quality")
