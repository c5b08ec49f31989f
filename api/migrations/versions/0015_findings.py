"""The register of findings."""

from alembic import op

from api.migrations.past import kept
from api.migrations.protection import protect

revision = "0015"
down_revision = "0014"

STATEMENTS = (
    """
    CREATE TABLE finding (
        id UUID NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        revision INTEGER NOT NULL,
        rule TEXT NOT NULL,
        mark TEXT,
        severity VARCHAR(40) NOT NULL,
        title TEXT NOT NULL,
        detail TEXT NOT NULL,
        subject_type TEXT,
        subject_id UUID,
        state VARCHAR(40) NOT NULL,
        owner_id UUID,
        resolution TEXT NOT NULL,
        found_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_finding PRIMARY KEY (id),
        CONSTRAINT ck_finding_severity CHECK (severity IN ('hög', 'medel', 'låg')),
        CONSTRAINT ck_finding_state CHECK (state IN ('öppen', 'godtas', 'åtgärdad', 'avfärdad', 'upphörd')),
        CONSTRAINT fk_finding_owner_id_person FOREIGN KEY (owner_id) REFERENCES person (id) ON DELETE SET NULL
    )
    """,
    "CREATE UNIQUE INDEX uq_finding_mark ON finding (mark)",
    "CREATE INDEX ix_finding_subject_type_subject_id ON finding (subject_type, subject_id)",
    "CREATE INDEX ix_finding_state ON finding (state)",
    *protect("finding", "(SELECT narplan_sees_all())", "(SELECT narplan_may_write())"),
    kept("finding"),
)


def upgrade() -> None:
    """Add the table."""
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Forget the findings."""
    op.get_bind().exec_driver_sql("DROP TABLE finding")
