"""The newest line of the diary that tells of the register is found at once, also after many documents have come in."""

from alembic import op

revision = "0038"
down_revision = "0037"

CREATED = (
    "CREATE INDEX ix_activity_of_register ON activity (sequence DESC)"
    " WHERE NOT (subject_type = 'document' AND action = 'publicerade')"
)


def upgrade() -> None:
    """Index the lines."""
    op.get_bind().exec_driver_sql(CREATED)


def downgrade() -> None:
    """Do without."""
    op.get_bind().exec_driver_sql("DROP INDEX ix_activity_of_register")
