"""Matters, what organs propose and decide in them, and what somebody shall do because of it."""

from alembic import op

from api.migrations.past import kept
from api.migrations.protection import protect

revision = "0020"
down_revision = "0019"

TABLES = (
    """
    CREATE TABLE matter (
        diary_number TEXT NOT NULL,
        title TEXT NOT NULL,
        organ TEXT NOT NULL,
        organisation_id UUID,
        kind VARCHAR(40) NOT NULL,
        proposed_by TEXT NOT NULL,
        preparation TEXT NOT NULL,
        meeting_on DATE,
        note TEXT NOT NULL,
        id UUID NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        revision INTEGER NOT NULL,
        CONSTRAINT pk_matter PRIMARY KEY (id),
        CONSTRAINT fk_matter_organisation_id_organisation FOREIGN KEY (organisation_id) REFERENCES organisation (id),
        CONSTRAINT ck_matter_kind CHECK (kind IN ('tjänsteskrivelse', 'nytt ärende', 'motion', 'yrkande', 'rapport', 'annat'))
    )
    """,
    "CREATE INDEX ix_matter_organisation_id ON matter (organisation_id)",
    "CREATE UNIQUE INDEX uq_matter_diary_number ON matter (diary_number, organ) WHERE diary_number <> ''",
    """
    CREATE TABLE decision (
        matter_id UUID NOT NULL,
        outcome VARCHAR(40) NOT NULL,
        organ TEXT NOT NULL,
        decided_on DATE,
        paragraph TEXT NOT NULL,
        note TEXT NOT NULL,
        replaces_id UUID,
        replaces_how VARCHAR(40),
        id UUID NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        revision INTEGER NOT NULL,
        CONSTRAINT pk_decision PRIMARY KEY (id),
        CONSTRAINT ck_decision_dated CHECK (outcome = 'förslag' OR decided_on IS NOT NULL),
        CONSTRAINT ck_decision_replacing CHECK ((replaces_id IS NULL) = (replaces_how IS NULL)),
        CONSTRAINT fk_decision_matter_id_matter FOREIGN KEY (matter_id) REFERENCES matter (id),
        CONSTRAINT ck_decision_outcome CHECK (outcome IN ('förslag', 'beslutat', 'delvis bifall', 'avslaget', 'återremitterat', 'bordlagt')),
        CONSTRAINT fk_decision_replaces_id_decision FOREIGN KEY (replaces_id) REFERENCES decision (id),
        CONSTRAINT ck_decision_replaces_how CHECK (replaces_how IN ('ersätter', 'upphäver'))
    )
    """,
    "CREATE INDEX ix_decision_matter_id ON decision (matter_id)",
    "CREATE UNIQUE INDEX ix_decision_replaces_id ON decision (replaces_id)",
    """
    CREATE TABLE clause (
        decision_id UUID NOT NULL,
        number INTEGER NOT NULL,
        verb TEXT NOT NULL,
        text TEXT NOT NULL,
        ruling VARCHAR(40) NOT NULL,
        ruling_note TEXT NOT NULL,
        addressee_organisation_id UUID,
        addressee TEXT NOT NULL,
        due_kind VARCHAR(40) NOT NULL,
        due_on DATE,
        due_note TEXT NOT NULL,
        amount_kronor BIGINT,
        funding_source TEXT NOT NULL,
        closed_by_id UUID,
        id UUID NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        revision INTEGER NOT NULL,
        CONSTRAINT pk_clause PRIMARY KEY (id),
        CONSTRAINT ck_clause_due CHECK ((due_kind = 'datum') = (due_on IS NOT NULL)),
        CONSTRAINT fk_clause_decision_id_decision FOREIGN KEY (decision_id) REFERENCES decision (id),
        CONSTRAINT ck_clause_ruling CHECK (ruling IN ('föreslagen', 'bifallen', 'delvis bifallen', 'avslagen', 'återremitterad', 'bordlagd')),
        CONSTRAINT fk_clause_addressee_organisation_id_organisation FOREIGN KEY (addressee_organisation_id) REFERENCES organisation (id),
        CONSTRAINT ck_clause_due_kind CHECK (due_kind IN ('datum', 'snarast', 'ingen tid angiven')),
        CONSTRAINT fk_clause_closed_by_id_decision FOREIGN KEY (closed_by_id) REFERENCES decision (id)
    )
    """,
    "CREATE INDEX ix_clause_addressee_organisation_id ON clause (addressee_organisation_id)",
    "CREATE INDEX ix_clause_closed_by_id ON clause (closed_by_id)",
    "CREATE INDEX ix_clause_due_on ON clause (due_on)",
    "CREATE UNIQUE INDEX uq_clause_number ON clause (decision_id, number)",
    """
    CREATE TABLE assignment (
        decision_id UUID NOT NULL,
        clause_id UUID,
        parent_id UUID,
        title TEXT NOT NULL,
        receiver_organisation_id UUID,
        receiver_person_id UUID,
        receiver TEXT NOT NULL,
        given_on DATE,
        begun_on DATE,
        due_kind VARCHAR(40) NOT NULL,
        due_on DATE,
        due_note TEXT NOT NULL,
        report TEXT NOT NULL,
        reported_on DATE,
        closed_by_id UUID,
        id UUID NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        revision INTEGER NOT NULL,
        CONSTRAINT pk_assignment PRIMARY KEY (id),
        CONSTRAINT ck_assignment_due CHECK ((due_kind = 'datum') = (due_on IS NOT NULL)),
        CONSTRAINT ck_assignment_report CHECK ((reported_on IS NULL) = (report = '')),
        CONSTRAINT ck_assignment_parent CHECK (parent_id <> id),
        CONSTRAINT fk_assignment_decision_id_decision FOREIGN KEY (decision_id) REFERENCES decision (id),
        CONSTRAINT fk_assignment_clause_id_clause FOREIGN KEY (clause_id) REFERENCES clause (id),
        CONSTRAINT fk_assignment_parent_id_assignment FOREIGN KEY (parent_id) REFERENCES assignment (id),
        CONSTRAINT fk_assignment_receiver_organisation_id_organisation FOREIGN KEY (receiver_organisation_id) REFERENCES organisation (id),
        CONSTRAINT fk_assignment_receiver_person_id_person FOREIGN KEY (receiver_person_id) REFERENCES person (id),
        CONSTRAINT ck_assignment_due_kind CHECK (due_kind IN ('datum', 'snarast', 'ingen tid angiven')),
        CONSTRAINT fk_assignment_closed_by_id_decision FOREIGN KEY (closed_by_id) REFERENCES decision (id)
    )
    """,
    "CREATE INDEX ix_assignment_clause_id ON assignment (clause_id)",
    "CREATE INDEX ix_assignment_closed_by_id ON assignment (closed_by_id)",
    "CREATE INDEX ix_assignment_decision_id ON assignment (decision_id)",
    "CREATE INDEX ix_assignment_due_on ON assignment (due_on)",
    "CREATE INDEX ix_assignment_parent_id ON assignment (parent_id)",
    "CREATE INDEX ix_assignment_receiver_organisation_id ON assignment (receiver_organisation_id)",
    "CREATE INDEX ix_assignment_receiver_person_id ON assignment (receiver_person_id)",
    """
    CREATE TABLE reservation (
        decision_id UUID NOT NULL,
        clause_id UUID,
        kind VARCHAR(40) NOT NULL,
        party TEXT NOT NULL,
        text TEXT NOT NULL,
        id UUID NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        revision INTEGER NOT NULL,
        CONSTRAINT pk_reservation PRIMARY KEY (id),
        CONSTRAINT fk_reservation_decision_id_decision FOREIGN KEY (decision_id) REFERENCES decision (id) ON DELETE CASCADE,
        CONSTRAINT fk_reservation_clause_id_clause FOREIGN KEY (clause_id) REFERENCES clause (id) ON DELETE SET NULL,
        CONSTRAINT ck_reservation_kind CHECK (kind IN ('reservation', 'särskilt yttrande'))
    )
    """,
    "CREATE INDEX ix_reservation_clause_id ON reservation (clause_id)",
    "CREATE INDEX ix_reservation_decision_id ON reservation (decision_id)",
    """
    CREATE TABLE authority_note (
        decision_id UUID NOT NULL,
        clause_id UUID,
        organ TEXT NOT NULL,
        rule TEXT NOT NULL,
        note TEXT NOT NULL,
        id UUID NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        revision INTEGER NOT NULL,
        CONSTRAINT pk_authority_note PRIMARY KEY (id),
        CONSTRAINT fk_authority_note_decision_id_decision FOREIGN KEY (decision_id) REFERENCES decision (id) ON DELETE CASCADE,
        CONSTRAINT fk_authority_note_clause_id_clause FOREIGN KEY (clause_id) REFERENCES clause (id) ON DELETE SET NULL
    )
    """,
    "CREATE INDEX ix_authority_note_clause_id ON authority_note (clause_id)",
    "CREATE INDEX ix_authority_note_decision_id ON authority_note (decision_id)",
    """
    CREATE TABLE decision_link (
        decision_id UUID NOT NULL,
        clause_id UUID,
        initiative_id UUID NOT NULL,
        id UUID NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        revision INTEGER NOT NULL,
        CONSTRAINT pk_decision_link PRIMARY KEY (id),
        CONSTRAINT uq_decision_link_decision_id_initiative_id UNIQUE (decision_id, initiative_id),
        CONSTRAINT fk_decision_link_decision_id_decision FOREIGN KEY (decision_id) REFERENCES decision (id) ON DELETE CASCADE,
        CONSTRAINT fk_decision_link_clause_id_clause FOREIGN KEY (clause_id) REFERENCES clause (id) ON DELETE SET NULL,
        CONSTRAINT fk_decision_link_initiative_id_initiative FOREIGN KEY (initiative_id) REFERENCES initiative (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_decision_link_clause_id ON decision_link (clause_id)",
    "CREATE INDEX ix_decision_link_initiative_id ON decision_link (initiative_id)",
)
PARENTS = {
    "matter": (),
    "decision": ("^matter_id",),
    "clause": ("^decision_id",),
    "assignment": ("^decision_id",),
    "reservation": ("^decision_id",),
    "authority_note": ("^decision_id",),
    "decision_link": ("^decision_id",),
}
"""The tables, and the column with what each row is a part of."""


def upgrade() -> None:
    """Make the tables; those who see the whole register read them, and their past is kept."""
    for statement in TABLES:
        op.get_bind().exec_driver_sql(statement)
    for table, parent in PARENTS.items():
        rules = protect(table, "(SELECT narplan_sees_all())", "(SELECT narplan_may_write())")
        for statement in (*rules, kept(table, "id", *parent)):
            op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Take the tables away, and what they have been; what in them rested on documents goes too."""
    quoted = ", ".join(f"'{name}'" for name in PARENTS)
    op.get_bind().exec_driver_sql(f"DELETE FROM source WHERE subject_type IN ({quoted})")
    for table in reversed(PARENTS):
        op.get_bind().exec_driver_sql(f"DROP TABLE {table}")
    op.get_bind().exec_driver_sql(f"DELETE FROM past WHERE kind IN ({quoted})")
