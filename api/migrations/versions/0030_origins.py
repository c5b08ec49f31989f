"""Places that documents are fetched from by themselves."""

from alembic import op

from api.migrations.protection import protect

revision = "0030"
down_revision = "0029"

STATEMENTS = (
    """
    CREATE TABLE origin (
        id UUID NOT NULL,
        kind VARCHAR(40) NOT NULL,
        address TEXT NOT NULL,
        visibility TEXT NOT NULL,
        etag TEXT,
        modified TEXT,
        ingestion_id UUID,
        problem TEXT,
        checked_at TIMESTAMP WITH TIME ZONE,
        changed_at TIMESTAMP WITH TIME ZONE,
        due_at TIMESTAMP WITH TIME ZONE,
        added_by UUID,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_origin PRIMARY KEY (id),
        CONSTRAINT uq_origin_kind_address UNIQUE (kind, address),
        CONSTRAINT ck_origin_kind CHECK (kind IN ('adress', 'fil')),
        CONSTRAINT fk_origin_ingestion_id_ingestion FOREIGN KEY (ingestion_id) REFERENCES ingestion (id) ON DELETE SET NULL,
        CONSTRAINT fk_origin_added_by_person FOREIGN KEY (added_by) REFERENCES person (id) ON DELETE SET NULL
    )
    """,
    "CREATE INDEX ix_origin_ingestion_id ON origin (ingestion_id)",
    "CREATE INDEX ix_origin_due_at ON origin (due_at)",
    *protect("origin", "(SELECT narplan_sees_all())", "(SELECT narplan_may_write())"),
)


def upgrade() -> None:
    """Make the table."""
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Take it away; the documents stay."""
    op.get_bind().exec_driver_sql("DROP TABLE origin")
