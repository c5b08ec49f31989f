"""The dialogue with municipalities: conversations, answers to them, agreements, and how far each delområde has come."""

from alembic import op

from api.migrations.past import kept
from api.migrations.protection import protect

revision = "0021"
down_revision = "0020"

SEES_ALL, MAY_WRITE = "(SELECT narplan_sees_all())", "(SELECT narplan_may_write())"
PARTY = f"{SEES_ALL} OR (SELECT narplan_organisation()) = ANY (party_ids)"
OF_SEEN = "entry_id IN (SELECT id FROM dialogue_entry)"
OWN = "organisation_id = (SELECT narplan_organisation())"
BY_PARTNER = f"(SELECT narplan_role()) = 'kommunpartner' AND NOT from_region AND {OWN} AND {OF_SEEN}"
ENTRY = (
    """
    CREATE TABLE dialogue_entry (
        id UUID NOT NULL,
        held_on DATE NOT NULL,
        level VARCHAR(40) NOT NULL,
        title TEXT NOT NULL,
        topics TEXT NOT NULL,
        outcome TEXT NOT NULL,
        next_step TEXT NOT NULL,
        next_step_on DATE,
        next_step_organisation_id UUID,
        next_step_done_on DATE,
        party_ids UUID[] NOT NULL,
        node_ids UUID[] NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        revision INTEGER NOT NULL,
        CONSTRAINT pk_dialogue_entry PRIMARY KEY (id),
        CONSTRAINT ck_dialogue_entry_next_step CHECK (next_step <> '' OR next_step_on IS NULL),
        CONSTRAINT ck_dialogue_entry_level CHECK (level IN ('politisk', 'tjänstemanna', 'ledning', 'operativ')),
        CONSTRAINT fk_dialogue_entry_next_step_organisation_id_organisation FOREIGN KEY (next_step_organisation_id) REFERENCES organisation (id)
    )
    """,
    "CREATE INDEX ix_dialogue_entry_held_on ON dialogue_entry (held_on)",
    "CREATE INDEX ix_dialogue_entry_party_ids ON dialogue_entry USING gin (party_ids)",
    *protect("dialogue_entry", PARTY, MAY_WRITE),
)
ANSWER = (
    """
    CREATE TABLE dialogue_answer (
        id UUID NOT NULL,
        entry_id UUID NOT NULL,
        organisation_id UUID NOT NULL,
        from_region BOOLEAN NOT NULL,
        text TEXT NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_dialogue_answer PRIMARY KEY (id),
        CONSTRAINT fk_dialogue_answer_entry_id_dialogue_entry FOREIGN KEY (entry_id) REFERENCES dialogue_entry (id) ON DELETE CASCADE,
        CONSTRAINT fk_dialogue_answer_organisation_id_organisation FOREIGN KEY (organisation_id) REFERENCES organisation (id)
    )
    """,
    "CREATE INDEX ix_dialogue_answer_entry_id ON dialogue_answer (entry_id)",
    "ALTER TABLE dialogue_answer ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE dialogue_answer FORCE ROW LEVEL SECURITY",
    f"CREATE POLICY dialogue_answer_read ON dialogue_answer FOR SELECT USING ({SEES_ALL} OR ((from_region OR {OWN}) AND {OF_SEEN}))",
    f"CREATE POLICY dialogue_answer_insert ON dialogue_answer FOR INSERT WITH CHECK (({MAY_WRITE} AND from_region) OR ({BY_PARTNER}))",
)
AGREEMENT = (
    """
    CREATE TABLE municipal_agreement (
        id UUID NOT NULL,
        title TEXT NOT NULL,
        subject TEXT NOT NULL,
        starts_on DATE NOT NULL,
        ends_on DATE,
        notice TEXT NOT NULL,
        notice_on DATE,
        notice_settled_on DATE,
        party_ids UUID[] NOT NULL,
        node_ids UUID[] NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        revision INTEGER NOT NULL,
        CONSTRAINT pk_municipal_agreement PRIMARY KEY (id),
        CONSTRAINT ck_municipal_agreement_period CHECK (ends_on >= starts_on)
    )
    """,
    "CREATE INDEX ix_municipal_agreement_party_ids ON municipal_agreement USING gin (party_ids)",
    *protect("municipal_agreement", PARTY, MAY_WRITE),
)
CELL = (
    """
    CREATE TABLE dialogue_cell (
        id UUID NOT NULL,
        node_id UUID NOT NULL,
        organisation_id UUID NOT NULL,
        state VARCHAR(40),
        note TEXT NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        revision INTEGER NOT NULL,
        CONSTRAINT pk_dialogue_cell PRIMARY KEY (id),
        CONSTRAINT uq_dialogue_cell_node_id_organisation_id UNIQUE (node_id, organisation_id),
        CONSTRAINT fk_dialogue_cell_node_id_taxonomy_node FOREIGN KEY (node_id) REFERENCES taxonomy_node (id) ON DELETE CASCADE,
        CONSTRAINT fk_dialogue_cell_organisation_id_organisation FOREIGN KEY (organisation_id) REFERENCES organisation (id),
        CONSTRAINT ck_dialogue_cell_state CHECK (state IN ('inte påbörjad', 'pågår', 'klar'))
    )
    """,
    "CREATE INDEX ix_dialogue_cell_organisation_id ON dialogue_cell (organisation_id)",
    *protect("dialogue_cell", SEES_ALL, MAY_WRITE),
)
KEPT = {
    "dialogue_entry": ("id",),
    "dialogue_answer": ("id", "^entry_id"),
    "municipal_agreement": ("id",),
    "dialogue_cell": ("id",),
}


def upgrade() -> None:
    """Make the tables; a municipality reads that to which it is party, and answers it."""
    for statement in (*ENTRY, *ANSWER, *AGREEMENT, *CELL, *(kept(table, *keys) for table, keys in KEPT.items())):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Take the tables away."""
    op.get_bind().exec_driver_sql("DROP TABLE dialogue_cell, municipal_agreement, dialogue_answer, dialogue_entry")
