"""Keys of organisations, and sign-in by OpenID Connect."""

from alembic import op

revision = "0005"
down_revision = "0004"

UP = (
    """
    CREATE TABLE directory_sign_in (
        state_sha256 BYTEA NOT NULL,
        browser_sha256 BYTEA NOT NULL,
        nonce TEXT NOT NULL,
        verifier TEXT NOT NULL,
        following TEXT NOT NULL,
        expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_directory_sign_in PRIMARY KEY (state_sha256)
    )
    """,
    "CREATE INDEX ix_directory_sign_in_expires_at ON directory_sign_in (expires_at)",
    """
    CREATE TABLE directory_account (
        issuer TEXT NOT NULL,
        subject TEXT NOT NULL,
        person_id UUID NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_directory_account PRIMARY KEY (issuer, subject),
        CONSTRAINT fk_directory_account_person_id_person FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_directory_account_person_id ON directory_account (person_id)",
)
POLICIES = (
    "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
    "CREATE POLICY {table}_read ON {table} FOR SELECT USING ((SELECT narplan_is_system()))",
    "CREATE POLICY {table}_insert ON {table} FOR INSERT WITH CHECK ((SELECT narplan_is_system()))",
    "CREATE POLICY {table}_update ON {table} FOR UPDATE USING ((SELECT narplan_is_system())) WITH CHECK ((SELECT narplan_is_system()))",
    "CREATE POLICY {table}_delete ON {table} FOR DELETE USING ((SELECT narplan_is_system()))",
)
DOWN = ("DROP TABLE directory_account", "DROP TABLE directory_sign_in")


def upgrade() -> None:
    """Make room for sign-ins under way, and for whose the accounts are."""
    tables = ("directory_sign_in", "directory_account")
    for statement in (*UP, *(line.format(table=table) for table in tables for line in POLICIES)):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Forget which accounts belong to whom."""
    for statement in DOWN:
        op.get_bind().exec_driver_sql(statement)
