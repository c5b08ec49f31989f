"""What rules read out of documents, for the programme group to judge."""

from alembic import op

from api.migrations.protection import protect

revision = "0026"
down_revision = "0025"

STATEMENTS = (
    """
    CREATE TABLE suggestion (
        id UUID NOT NULL,
        document_id UUID NOT NULL,
        version_id UUID NOT NULL,
        parent_id UUID,
        kind VARCHAR(40) NOT NULL,
        mark BYTEA NOT NULL,
        draft JSONB NOT NULL,
        confidence VARCHAR(40) NOT NULL,
        rule TEXT NOT NULL,
        position INTEGER NOT NULL,
        start INTEGER NOT NULL,
        "end" INTEGER NOT NULL,
        page INTEGER,
        quote TEXT NOT NULL,
        state VARCHAR(40) NOT NULL,
        decided_by UUID,
        decided_at TIMESTAMP WITH TIME ZONE,
        reason TEXT NOT NULL,
        became_type TEXT,
        became_id UUID,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_suggestion PRIMARY KEY (id),
        CONSTRAINT uq_suggestion_document_id_mark UNIQUE (document_id, mark),
        CONSTRAINT ck_suggestion_span CHECK (start >= 0 AND "end" > start),
        CONSTRAINT ck_suggestion_decided CHECK ((state IN ('tillagt', 'avvisat')) = (decided_at IS NOT NULL)),
        CONSTRAINT ck_suggestion_became CHECK ((state = 'tillagt') = (became_id IS NOT NULL)),
        CONSTRAINT ck_suggestion_kind CHECK (kind IN ('matter', 'clause')),
        CONSTRAINT ck_suggestion_confidence CHECK (confidence IN ('säker', 'trolig', 'osäker')),
        CONSTRAINT ck_suggestion_state CHECK (state IN ('öppet', 'tillagt', 'avvisat', 'ersatt')),
        CONSTRAINT fk_suggestion_document_id_document FOREIGN KEY (document_id)
            REFERENCES document (id) ON DELETE CASCADE,
        CONSTRAINT fk_suggestion_version_id_document_version FOREIGN KEY (version_id)
            REFERENCES document_version (id) ON DELETE CASCADE,
        CONSTRAINT fk_suggestion_parent_id_suggestion FOREIGN KEY (parent_id)
            REFERENCES suggestion (id) ON DELETE CASCADE,
        CONSTRAINT fk_suggestion_decided_by_person FOREIGN KEY (decided_by) REFERENCES person (id) ON DELETE SET NULL
    )
    """,
    "CREATE INDEX ix_suggestion_version_id ON suggestion (version_id)",
    "CREATE INDEX ix_suggestion_parent_id ON suggestion (parent_id)",
    "CREATE INDEX ix_suggestion_decided_by ON suggestion (decided_by)",
    "CREATE INDEX ix_suggestion_state_document_id ON suggestion (state, document_id)",
    *protect("suggestion", "(SELECT narplan_may_write())", "(SELECT narplan_may_write())"),
)


def upgrade() -> None:
    """Add the table."""
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Forget the suggestions; what has been accepted stands in the register with its quotation."""
    op.get_bind().exec_driver_sql("DROP TABLE suggestion")
