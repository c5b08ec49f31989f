"""What measures an expected effect."""

from alembic import op

revision = "0024"
down_revision = "0023"

ADD = (
    "ALTER TABLE expected_effect ADD COLUMN indicator_id UUID",
    "ALTER TABLE expected_effect ADD CONSTRAINT fk_expected_effect_indicator_id_indicator FOREIGN KEY (indicator_id) REFERENCES indicator (id) ON DELETE SET NULL",
    "CREATE INDEX ix_expected_effect_indicator_id ON expected_effect (indicator_id)",
)


def upgrade() -> None:
    """Let an effect name an indicator."""
    for statement in ADD:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Forget which."""
    op.get_bind().exec_driver_sql("ALTER TABLE expected_effect DROP COLUMN indicator_id")
