"""Indicators with their goals and values, and the codes by which statistics name organisations."""

from alembic import op

from api.migrations.past import kept
from api.migrations.protection import protect

revision = "0019"
down_revision = "0018"

CODE = (
    "ALTER TABLE organisation ADD COLUMN code TEXT",
    "ALTER TABLE organisation ADD CONSTRAINT uq_organisation_code UNIQUE (code)",
)
TABLES = (
    """
    CREATE TABLE indicator (
        organisation_id UUID NOT NULL,
        name TEXT NOT NULL,
        definition TEXT NOT NULL,
        unit TEXT NOT NULL,
        direction VARCHAR(40) NOT NULL,
        level VARCHAR(40) NOT NULL,
        period_kind VARCHAR(40) NOT NULL,
        baseline_on DATE,
        baseline NUMERIC,
        rule VARCHAR(40),
        target NUMERIC,
        target_year INTEGER,
        due_days INTEGER,
        source_system TEXT NOT NULL,
        disaggregation TEXT NOT NULL,
        responsible_id UUID,
        kolada_id TEXT,
        id UUID NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        revision INTEGER NOT NULL,
        CONSTRAINT pk_indicator PRIMARY KEY (id),
        CONSTRAINT uq_indicator_organisation_id_name UNIQUE (organisation_id, name),
        CONSTRAINT ck_indicator_goal CHECK ((rule IN ('minst', 'högst')) = (target IS NOT NULL) OR rule IS NULL),
        CONSTRAINT ck_indicator_rule_of_goal CHECK (rule IS NOT NULL OR (target IS NULL AND target_year IS NULL)),
        CONSTRAINT fk_indicator_organisation_id_organisation FOREIGN KEY (organisation_id) REFERENCES organisation (id),
        CONSTRAINT ck_indicator_direction CHECK (direction IN ('upp', 'ned', 'ingen')),
        CONSTRAINT ck_indicator_level CHECK (level IN ('region', 'enhet', 'kommun')),
        CONSTRAINT ck_indicator_period_kind CHECK (period_kind IN ('år', 'halvår', 'kvartal', 'månad')),
        CONSTRAINT ck_indicator_rule CHECK (rule IN ('ökar', 'minskar', 'minst', 'högst')),
        CONSTRAINT fk_indicator_responsible_id_person FOREIGN KEY (responsible_id) REFERENCES person (id)
    )
    """,
    "CREATE INDEX ix_indicator_kolada_id ON indicator (kolada_id)",
    "CREATE INDEX ix_indicator_responsible_id ON indicator (responsible_id)",
    """
    CREATE TABLE indicator_node (
        indicator_id UUID NOT NULL,
        node_id UUID NOT NULL,
        CONSTRAINT pk_indicator_node PRIMARY KEY (indicator_id, node_id),
        CONSTRAINT fk_indicator_node_indicator_id_indicator FOREIGN KEY (indicator_id) REFERENCES indicator (id) ON DELETE CASCADE,
        CONSTRAINT fk_indicator_node_node_id_taxonomy_node FOREIGN KEY (node_id) REFERENCES taxonomy_node (id)
    )
    """,
    "CREATE INDEX ix_indicator_node_node_id ON indicator_node (node_id)",
    """
    CREATE TABLE indicator_initiative (
        indicator_id UUID NOT NULL,
        initiative_id UUID NOT NULL,
        CONSTRAINT pk_indicator_initiative PRIMARY KEY (indicator_id, initiative_id),
        CONSTRAINT fk_indicator_initiative_indicator_id_indicator FOREIGN KEY (indicator_id) REFERENCES indicator (id) ON DELETE CASCADE,
        CONSTRAINT fk_indicator_initiative_initiative_id_initiative FOREIGN KEY (initiative_id) REFERENCES initiative (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_indicator_initiative_initiative_id ON indicator_initiative (initiative_id)",
    """
    CREATE TABLE indicator_value (
        indicator_id UUID NOT NULL,
        organisation_id UUID NOT NULL,
        starts_on DATE NOT NULL,
        part TEXT NOT NULL,
        value NUMERIC,
        count INTEGER,
        status VARCHAR(40) NOT NULL,
        reason TEXT NOT NULL,
        origin TEXT NOT NULL,
        id UUID NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        revision INTEGER NOT NULL,
        CONSTRAINT pk_indicator_value PRIMARY KEY (id),
        CONSTRAINT uq_indicator_value_indicator_id_organisation_id_starts_on_part UNIQUE (indicator_id, organisation_id, starts_on, part),
        CONSTRAINT ck_indicator_value_count CHECK (count >= 0),
        CONSTRAINT ck_indicator_value_reason CHECK (value IS NULL OR reason = ''),
        CONSTRAINT fk_indicator_value_indicator_id_indicator FOREIGN KEY (indicator_id) REFERENCES indicator (id) ON DELETE CASCADE,
        CONSTRAINT fk_indicator_value_organisation_id_organisation FOREIGN KEY (organisation_id) REFERENCES organisation (id),
        CONSTRAINT ck_indicator_value_status CHECK (status IN ('preliminär', 'slutlig'))
    )
    """,
    "CREATE INDEX ix_indicator_value_organisation_id ON indicator_value (organisation_id)",
)
KEPT = {
    "indicator": ("id",),
    "indicator_node": ("indicator_id", "node_id", "^indicator_id"),
    "indicator_initiative": ("indicator_id", "initiative_id", "^indicator_id"),
    "indicator_value": ("id", "^indicator_id"),
}


def _run(*statements: str) -> None:
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)


def upgrade() -> None:
    """Make room for what is measured."""
    _run(*CODE, *TABLES)
    for table, keys in KEPT.items():
        _run(*protect(table, "(SELECT narplan_sees_all())", "(SELECT narplan_may_write())"), kept(table, *keys))


def downgrade() -> None:
    """Take away what is measured, and its past."""
    _run(
        "DROP TABLE indicator_value, indicator_initiative, indicator_node, indicator",
        "ALTER TABLE past NO FORCE ROW LEVEL SECURITY",
        "DELETE FROM past WHERE kind LIKE 'indicator%%'",
        "ALTER TABLE past FORCE ROW LEVEL SECURITY",
        "ALTER TABLE organisation DROP COLUMN code",
    )
