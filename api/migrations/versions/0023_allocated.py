"""Allocations rest on att-satser."""

from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Let an allocation name its att-sats."""
    op.get_bind().exec_driver_sql(
        "ALTER TABLE allocation ADD COLUMN clause_id UUID "
        "CONSTRAINT fk_allocation_clause_id_clause REFERENCES clause (id) ON DELETE SET NULL"
    )
    op.get_bind().exec_driver_sql("CREATE INDEX ix_allocation_clause_id ON allocation (clause_id)")


def downgrade() -> None:
    """Forget which."""
    op.get_bind().exec_driver_sql("ALTER TABLE allocation DROP COLUMN clause_id")
