"""What answers take of a language model is counted, for its limits."""

from alembic import op

from api.migrations.protection import protect

revision = "0037"
down_revision = "0034"

SYSTEM = "(SELECT narplan_is_system())"
STATEMENTS = (
    """
    CREATE TABLE model_use (
        id UUID NOT NULL,
        who TEXT NOT NULL,
        begun_at TIMESTAMP WITH TIME ZONE NOT NULL,
        ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
        done BOOLEAN NOT NULL,
        cost BIGINT NOT NULL,
        CONSTRAINT pk_model_use PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX ix_model_use_begun_at ON model_use (begun_at)",
    *protect("model_use", SYSTEM, SYSTEM),
)


def upgrade() -> None:
    """Make the table; only the system sees it."""
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Remove it."""
    op.get_bind().exec_driver_sql("DROP TABLE model_use")
