"""Limits that hold across processes, and requests that are done once."""

from alembic import op

from api.migrations.protection import protect

revision = "0008"
down_revision = "0007"

SYSTEM = "(SELECT narplan_is_system())"
OWN = f"{SYSTEM} OR owner_id = COALESCE((SELECT narplan_key()), (SELECT narplan_person()))"
TABLES = (
    """
    CREATE UNLOGGED TABLE request_window (
        kind text NOT NULL,
        who text NOT NULL,
        used integer NOT NULL,
        ends_at timestamptz NOT NULL,
        CONSTRAINT pk_request_window PRIMARY KEY (kind, who)
    )
    """,
    "CREATE INDEX ix_request_window_ends_at ON request_window (ends_at)",
    """
    CREATE UNLOGGED TABLE sign_in_gate (
        kind text NOT NULL,
        who bytea NOT NULL,
        failures integer NOT NULL,
        opens_at timestamptz NOT NULL,
        forgotten_at timestamptz NOT NULL,
        CONSTRAINT pk_sign_in_gate PRIMARY KEY (kind, who)
    )
    """,
    "CREATE INDEX ix_sign_in_gate_forgotten_at ON sign_in_gate (forgotten_at)",
    """
    CREATE TABLE known_browser (
        token_sha256 bytea NOT NULL,
        person_id uuid NOT NULL,
        used_at timestamptz NOT NULL,
        CONSTRAINT pk_known_browser PRIMARY KEY (token_sha256),
        CONSTRAINT fk_known_browser_person_id_person FOREIGN KEY (person_id) REFERENCES person (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_known_browser_person_id ON known_browser (person_id)",
    """
    CREATE TABLE kept_answer (
        owner_id uuid NOT NULL,
        key_sha256 bytea NOT NULL,
        request_sha256 bytea NOT NULL,
        status integer NOT NULL,
        headers jsonb NOT NULL,
        body bytea,
        created_at timestamptz NOT NULL,
        CONSTRAINT pk_kept_answer PRIMARY KEY (owner_id, key_sha256)
    )
    """,
    "CREATE INDEX ix_kept_answer_created_at ON kept_answer (created_at)",
)
POLICIES = {
    "request_window": (SYSTEM, SYSTEM),
    "sign_in_gate": (SYSTEM, SYSTEM),
    "known_browser": (SYSTEM, SYSTEM),
    "kept_answer": (OWN, OWN),
}
"""For each table, who may read a row and who may write it."""


def upgrade() -> None:
    """Make the tables and say who sees their rows: only the system, or one's own."""
    for statement in TABLES:
        op.get_bind().exec_driver_sql(statement)
    for table, (read, write) in POLICIES.items():
        for statement in protect(table, read, write):
            op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Remove the tables."""
    for table in POLICIES:
        op.get_bind().exec_driver_sql(f"DROP TABLE {table}")
