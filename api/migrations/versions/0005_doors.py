"""Keys of organisations, and sign-in by OpenID Connect."""

from alembic import op

revision = "0005"
down_revision = "0004"

AS_SYSTEM = "SELECT set_config('narplan.role', 'system', true)"
AS_NOBODY = "SELECT set_config('narplan.role', '', true)"
MEMBERSHIPS_BACK = "ALTER TABLE membership DROP COLUMN from_directory"
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
SYSTEM = "(SELECT narplan_is_system())"
ADMINISTERS = "(SELECT narplan_may_administer())"
OWN = f"{ADMINISTERS} OR person_id = (SELECT narplan_person())"
MEMBERSHIPS = ("ALTER TABLE membership ADD COLUMN from_directory BOOLEAN DEFAULT false NOT NULL",)
SESSIONS = (
    "DELETE FROM login_session",
    "ALTER TABLE login_session ADD COLUMN id UUID NOT NULL, ADD COLUMN browser TEXT NOT NULL, ADD COLUMN last_seen_at TIMESTAMP WITH TIME ZONE NOT NULL, ADD CONSTRAINT uq_login_session_id UNIQUE (id)",
)
KEYS = (
    "ALTER TABLE api_key ADD COLUMN organisation_id UUID, ADD COLUMN role VARCHAR(40), ADD COLUMN scopes TEXT[], ADD COLUMN created_by UUID",
    """
    UPDATE api_key SET
        organisation_id = membership.organisation_id,
        role = CASE membership.role WHEN 'administratör' THEN 'programgrupp' ELSE membership.role END,
        scopes = CASE
            WHEN membership.role IN ('administratör', 'programgrupp') THEN ARRAY['read', 'ask', 'write', 'follow']
            ELSE ARRAY['read', 'ask', 'follow']
        END,
        created_by = api_key.person_id,
        expires_at = COALESCE(expires_at, now() + interval '365 days'),
        revoked_at = CASE WHEN membership.left_at IS NULL AND person.active THEN revoked_at ELSE COALESCE(revoked_at, now()) END
    FROM membership JOIN person ON person.id = membership.person_id WHERE membership.id = api_key.membership_id
    """,
    "DROP POLICY api_key_read ON api_key",
    "DROP POLICY api_key_insert ON api_key",
    "DROP POLICY api_key_update ON api_key",
    "DROP POLICY api_key_delete ON api_key",
    "ALTER TABLE api_key DROP COLUMN person_id, DROP COLUMN membership_id",
    "ALTER TABLE api_key ALTER COLUMN organisation_id SET NOT NULL, ALTER COLUMN role SET NOT NULL, ALTER COLUMN scopes SET NOT NULL, ALTER COLUMN expires_at SET NOT NULL",
    """
    ALTER TABLE api_key
        ADD CONSTRAINT fk_api_key_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id),
        ADD CONSTRAINT fk_api_key_created_by_person FOREIGN KEY(created_by) REFERENCES person (id) ON DELETE SET NULL,
        ADD CONSTRAINT uq_api_key_prefix UNIQUE (prefix),
        ADD CONSTRAINT ck_api_key_role CHECK (role IN ('administratör', 'programgrupp', 'politiker', 'kommunpartner', 'läsare', 'system')),
        ADD CONSTRAINT ck_api_key_of_a_key CHECK (role IN ('programgrupp', 'politiker', 'kommunpartner', 'läsare')),
        ADD CONSTRAINT ck_api_key_scopes CHECK (scopes <> '{}' AND scopes <@ ARRAY['read', 'ask', 'write', 'follow']),
        ADD CONSTRAINT ck_api_key_writes CHECK (role IN ('programgrupp') OR NOT 'write' = ANY (scopes))
    """,
    "CREATE INDEX ix_api_key_organisation_id ON api_key (organisation_id)",
    "CREATE POLICY api_key_read ON api_key FOR SELECT USING ((SELECT narplan_sees_all()))",
    f"CREATE POLICY api_key_insert ON api_key FOR INSERT WITH CHECK ({ADMINISTERS})",
    f"CREATE POLICY api_key_update ON api_key FOR UPDATE USING ({ADMINISTERS}) WITH CHECK ({ADMINISTERS})",
    f"CREATE POLICY api_key_delete ON api_key FOR DELETE USING ({ADMINISTERS})",
)
"""A key goes to its person's organisation and keeps their role, but for administrators: no key lets others in."""
KEYS_BACK = (
    "DELETE FROM api_key WHERE NOT EXISTS (SELECT 1 FROM membership WHERE person_id = created_by)",
    "DROP POLICY api_key_read ON api_key",
    "DROP POLICY api_key_insert ON api_key",
    "DROP POLICY api_key_update ON api_key",
    "DROP POLICY api_key_delete ON api_key",
    "ALTER TABLE api_key ADD COLUMN person_id UUID, ADD COLUMN membership_id UUID, DROP CONSTRAINT uq_api_key_prefix",
    """
    UPDATE api_key SET
        person_id = created_by,
        revoked_at = COALESCE(revoked_at, now()),
        membership_id = (SELECT id FROM membership WHERE person_id = created_by ORDER BY joined_at, id LIMIT 1)
    """,
    "ALTER TABLE api_key DROP COLUMN organisation_id, DROP COLUMN role, DROP COLUMN scopes, DROP COLUMN created_by",
    "ALTER TABLE api_key ALTER COLUMN person_id SET NOT NULL, ALTER COLUMN membership_id SET NOT NULL, ALTER COLUMN expires_at DROP NOT NULL",
    """
    ALTER TABLE api_key
        ADD CONSTRAINT fk_api_key_person_id_person FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE CASCADE,
        ADD CONSTRAINT fk_api_key_membership_id_membership FOREIGN KEY(membership_id) REFERENCES membership (id) ON DELETE CASCADE
    """,
    "CREATE INDEX ix_api_key_person_id ON api_key (person_id)",
    "CREATE INDEX ix_api_key_membership_id ON api_key (membership_id)",
    f"CREATE POLICY api_key_read ON api_key FOR SELECT USING ({OWN})",
    f"CREATE POLICY api_key_insert ON api_key FOR INSERT WITH CHECK ({SYSTEM} OR person_id = (SELECT narplan_person()))",
    f"CREATE POLICY api_key_update ON api_key FOR UPDATE USING ({OWN}) WITH CHECK ({OWN})",
    f"CREATE POLICY api_key_delete ON api_key FOR DELETE USING ({OWN})",
)
"""Keys of persons had all their person's rights, so what an organisation's key becomes opens nothing."""
POLICIES = (
    "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
    "CREATE POLICY {table}_read ON {table} FOR SELECT USING ((SELECT narplan_is_system()))",
    "CREATE POLICY {table}_insert ON {table} FOR INSERT WITH CHECK ((SELECT narplan_is_system()))",
    "CREATE POLICY {table}_update ON {table} FOR UPDATE USING ((SELECT narplan_is_system())) WITH CHECK ((SELECT narplan_is_system()))",
    "CREATE POLICY {table}_delete ON {table} FOR DELETE USING ((SELECT narplan_is_system()))",
)
SESSIONS_BACK = "ALTER TABLE login_session DROP COLUMN id, DROP COLUMN browser, DROP COLUMN last_seen_at"
DOWN = ("DROP TABLE directory_account", "DROP TABLE directory_sign_in")


def upgrade() -> None:
    """Give keys to organisations, let sessions tell more, and make room for accounts; everyone signs in again."""
    run = op.get_bind().exec_driver_sql
    tables = ("directory_sign_in", "directory_account")
    run(AS_SYSTEM)
    for statement in (*MEMBERSHIPS, *SESSIONS, *KEYS, *UP):
        run(statement)
    for table in tables:
        for statement in POLICIES:
            run(statement.format(table=table))
    run(AS_NOBODY)


def downgrade() -> None:
    """Forget which accounts belong to whom; the keys stay in the list, revoked."""
    run = op.get_bind().exec_driver_sql
    run(AS_SYSTEM)
    for statement in (*DOWN, *KEYS_BACK, SESSIONS_BACK, MEMBERSHIPS_BACK):
        run(statement)
    run(AS_NOBODY)
