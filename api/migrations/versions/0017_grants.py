"""State grants: agreements, their parts, what they demand, their conditions, and the amounts of each year."""

from alembic import op

from api.migrations.past import kept
from api.migrations.protection import protect

revision = "0017"
down_revision = "0016"

RECORD = """
        id UUID NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        revision INTEGER NOT NULL,
"""
TABLES = {
    "grant_agreement": f"""
    CREATE TABLE grant_agreement (
        {RECORD}
        organisation_id UUID NOT NULL,
        name TEXT NOT NULL,
        kind TEXT NOT NULL,
        from_year INTEGER NOT NULL,
        to_year INTEGER NOT NULL,
        to_year_elsewhere INTEGER,
        parties TEXT[] NOT NULL,
        national_kronor BIGINT,
        to_regions_kronor BIGINT,
        to_skr_kronor BIGINT,
        parts_kronor BIGINT,
        elsewhere TEXT NOT NULL,
        note TEXT NOT NULL,
        CONSTRAINT pk_grant_agreement PRIMARY KEY (id),
        CONSTRAINT uq_grant_agreement_organisation_id_name_from_year UNIQUE (organisation_id, name, from_year),
        CONSTRAINT fk_grant_agreement_organisation_id_organisation FOREIGN KEY (organisation_id) REFERENCES organisation (id)
    )
    """,
    "grant_component": f"""
    CREATE TABLE grant_component (
        {RECORD}
        grant_id UUID NOT NULL,
        position INTEGER NOT NULL,
        name TEXT NOT NULL,
        year INTEGER NOT NULL,
        national_kronor BIGINT,
        national_kronor_elsewhere BIGINT,
        own_kronor BIGINT[] NOT NULL,
        own_kronor_elsewhere BIGINT,
        price_rule TEXT NOT NULL,
        price_kronor BIGINT,
        volume INTEGER,
        cap_kronor BIGINT,
        basis VARCHAR(40) NOT NULL,
        whose VARCHAR(40) NOT NULL,
        passes_on_to TEXT NOT NULL,
        common_obligations BOOLEAN NOT NULL,
        settled BOOLEAN NOT NULL,
        elsewhere TEXT NOT NULL,
        note TEXT NOT NULL,
        CONSTRAINT pk_grant_component PRIMARY KEY (id),
        CONSTRAINT uq_grant_component_grant_id_year_name UNIQUE (grant_id, year, name),
        CONSTRAINT ck_grant_component_own CHECK (0 <= ALL (own_kronor)),
        CONSTRAINT ck_grant_component_basis CHECK (basis IN ('befolkning', 'prestation', 'ansökan', 'annan')),
        CONSTRAINT ck_grant_component_whose CHECK (whose IN ('region', 'län')),
        CONSTRAINT fk_grant_component_grant_id_grant_agreement FOREIGN KEY (grant_id) REFERENCES grant_agreement (id) ON DELETE CASCADE
    )
    """,
    "grant_obligation": f"""
    CREATE TABLE grant_obligation (
        {RECORD}
        grant_id UUID NOT NULL,
        component_id UUID,
        kind VARCHAR(40) NOT NULL,
        due_on DATE,
        whole_month BOOLEAN NOT NULL,
        due_text TEXT NOT NULL,
        due_on_elsewhere DATE,
        is_done BOOLEAN NOT NULL,
        done_on DATE,
        recipient TEXT NOT NULL,
        recipient_elsewhere TEXT NOT NULL,
        decided_by TEXT NOT NULL,
        responsible_id UUID,
        elsewhere TEXT NOT NULL,
        note TEXT NOT NULL,
        CONSTRAINT pk_grant_obligation PRIMARY KEY (id),
        CONSTRAINT ck_grant_obligation_done CHECK (is_done OR done_on IS NULL),
        CONSTRAINT ck_grant_obligation_kind CHECK (kind IN ('handlingsplan', 'redovisning', 'rekvirering', 'utbetalning', 'ansökan', 'annat')),
        CONSTRAINT fk_grant_obligation_grant_id_grant_agreement FOREIGN KEY (grant_id) REFERENCES grant_agreement (id) ON DELETE CASCADE,
        CONSTRAINT fk_grant_obligation_component_id_grant_component FOREIGN KEY (component_id) REFERENCES grant_component (id) ON DELETE CASCADE,
        CONSTRAINT fk_grant_obligation_responsible_id_person FOREIGN KEY (responsible_id) REFERENCES person (id)
    )
    """,
    "grant_condition": f"""
    CREATE TABLE grant_condition (
        {RECORD}
        grant_id UUID NOT NULL,
        component_id UUID,
        kind TEXT NOT NULL,
        text TEXT NOT NULL,
        threshold NUMERIC,
        unit TEXT NOT NULL,
        is_met BOOLEAN,
        note TEXT NOT NULL,
        CONSTRAINT pk_grant_condition PRIMARY KEY (id),
        CONSTRAINT fk_grant_condition_grant_id_grant_agreement FOREIGN KEY (grant_id) REFERENCES grant_agreement (id) ON DELETE CASCADE,
        CONSTRAINT fk_grant_condition_component_id_grant_component FOREIGN KEY (component_id) REFERENCES grant_component (id) ON DELETE CASCADE
    )
    """,
    "grant_amount": f"""
    CREATE TABLE grant_amount (
        {RECORD}
        organisation_id UUID NOT NULL,
        grant_id UUID,
        component_id UUID,
        year INTEGER NOT NULL,
        kind VARCHAR(40) NOT NULL,
        kronor BIGINT NOT NULL,
        received_on DATE,
        note TEXT NOT NULL,
        CONSTRAINT pk_grant_amount PRIMARY KEY (id),
        CONSTRAINT ck_grant_amount_part CHECK (component_id IS NULL OR grant_id IS NOT NULL),
        CONSTRAINT ck_grant_amount_kronor CHECK (kronor >= 0),
        CONSTRAINT ck_grant_amount_kind CHECK (kind IN ('budget', 'prognos', 'utfall', 'uppgiven')),
        CONSTRAINT fk_grant_amount_organisation_id_organisation FOREIGN KEY (organisation_id) REFERENCES organisation (id),
        CONSTRAINT fk_grant_amount_grant_id_grant_agreement FOREIGN KEY (grant_id) REFERENCES grant_agreement (id) ON DELETE CASCADE,
        CONSTRAINT fk_grant_amount_component_id_grant_component FOREIGN KEY (component_id) REFERENCES grant_component (id) ON DELETE CASCADE
    )
    """,
}
PARTS = dict.fromkeys(list(TABLES)[1:], ("id", "^grant_id"))
INDEXES = (
    ("grant_obligation", "grant_id"),
    ("grant_obligation", "component_id"),
    ("grant_obligation", "responsible_id"),
    ("grant_condition", "grant_id"),
    ("grant_condition", "component_id"),
    ("grant_amount", "year"),
    ("grant_amount", "grant_id"),
    ("grant_amount", "component_id"),
)


def upgrade() -> None:
    """Make the tables, with their past and who may see them."""
    connection = op.get_bind()
    for table, statement in TABLES.items():
        connection.exec_driver_sql(statement)
        for rule in protect(table, "(SELECT narplan_sees_all())", "(SELECT narplan_may_write())"):
            connection.exec_driver_sql(rule)
        connection.exec_driver_sql(kept(table, *PARTS.get(table, ())))
    for table, column in INDEXES:
        connection.exec_driver_sql(f"CREATE INDEX ix_{table}_{column} ON {table} ({column})")


def downgrade() -> None:
    """Take the tables away."""
    for table in reversed(TABLES):
        op.get_bind().exec_driver_sql(f"DROP TABLE {table}")
