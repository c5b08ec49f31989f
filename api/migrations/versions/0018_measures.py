"""Measures as investments: frames, measures, what came of them, and what is claimed."""

from alembic import op

from api.migrations.past import kept
from api.migrations.protection import protect

revision = "0018"
down_revision = "0017"

TABLES = (
    """
    CREATE TABLE measure_frame (
        name TEXT NOT NULL,
        first_year INTEGER NOT NULL,
        last_year INTEGER NOT NULL,
        ceiling_kronor BIGINT,
        decision TEXT NOT NULL,
        id UUID NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        revision INTEGER NOT NULL,
        CONSTRAINT pk_measure_frame PRIMARY KEY (id),
        CONSTRAINT ck_measure_frame_years CHECK (last_year >= first_year),
        CONSTRAINT ck_measure_frame_ceiling CHECK (ceiling_kronor >= 0)
    )
    """,
    """
    CREATE TABLE measure (
        title TEXT NOT NULL,
        organisation_id UUID NOT NULL,
        frame_id UUID,
        status VARCHAR(40) NOT NULL,
        description TEXT NOT NULL,
        costs JSONB NOT NULL,
        starts_on DATE,
        duration_months INTEGER,
        organisational_result TEXT NOT NULL,
        organisational_number NUMERIC,
        organisational_unit TEXT NOT NULL,
        yearly_kronor BIGINT,
        effect_from_year INTEGER,
        baseline TEXT NOT NULL,
        in_action_plan BOOLEAN NOT NULL,
        decision TEXT NOT NULL,
        charged_fund_id UUID,
        charged_to TEXT NOT NULL,
        id UUID NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        revision INTEGER NOT NULL,
        CONSTRAINT pk_measure PRIMARY KEY (id),
        CONSTRAINT ck_measure_duration CHECK (duration_months > 0),
        CONSTRAINT ck_measure_effect CHECK ((yearly_kronor IS NULL) = (effect_from_year IS NULL)),
        CONSTRAINT fk_measure_organisation_id_organisation FOREIGN KEY (organisation_id) REFERENCES organisation (id),
        CONSTRAINT fk_measure_frame_id_measure_frame FOREIGN KEY (frame_id) REFERENCES measure_frame (id),
        CONSTRAINT ck_measure_status CHECK (status IN ('förslag', 'beslutad', 'pågår', 'genomförd', 'avbruten')),
        CONSTRAINT fk_measure_charged_fund_id_fund FOREIGN KEY (charged_fund_id) REFERENCES fund (id)
    )
    """,
    "CREATE INDEX ix_measure_charged_fund_id ON measure (charged_fund_id)",
    "CREATE INDEX ix_measure_frame_id ON measure (frame_id)",
    "CREATE INDEX ix_measure_organisation_id ON measure (organisation_id)",
    """
    CREATE TABLE measure_outcome (
        measure_id UUID NOT NULL,
        year INTEGER NOT NULL,
        outcome TEXT NOT NULL,
        number NUMERIC,
        kronor BIGINT,
        id UUID NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        revision INTEGER NOT NULL,
        CONSTRAINT pk_measure_outcome PRIMARY KEY (id),
        CONSTRAINT uq_measure_outcome_measure_id_year UNIQUE (measure_id, year),
        CONSTRAINT fk_measure_outcome_measure_id_measure FOREIGN KEY (measure_id) REFERENCES measure (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE claim (
        measure_id UUID,
        frame_id UUID,
        text TEXT NOT NULL,
        said_by TEXT NOT NULL,
        id UUID NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        revision INTEGER NOT NULL,
        CONSTRAINT pk_claim PRIMARY KEY (id),
        CONSTRAINT ck_claim_about CHECK ((measure_id IS NULL) <> (frame_id IS NULL)),
        CONSTRAINT fk_claim_measure_id_measure FOREIGN KEY (measure_id) REFERENCES measure (id) ON DELETE CASCADE,
        CONSTRAINT fk_claim_frame_id_measure_frame FOREIGN KEY (frame_id) REFERENCES measure_frame (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_claim_frame_id ON claim (frame_id)",
    "CREATE INDEX ix_claim_measure_id ON claim (measure_id)",
)
NAMES = ("measure_frame", "measure", "measure_outcome", "claim")


def _run(*statements: str) -> None:
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)


def upgrade() -> None:
    """Make the tables."""
    _run(*TABLES)
    for table in NAMES:
        _run(*protect(table, "(SELECT narplan_sees_all())", "(SELECT narplan_may_write())"), kept(table))


def downgrade() -> None:
    """Take them away."""
    _run("DROP TABLE claim, measure_outcome, measure, measure_frame")
