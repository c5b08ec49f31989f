"""People are members of organisations, units belong to one, and people are invited."""

from alembic import op
from uuid_utils import compat

revision = "0004"
down_revision = "0003"

AS_SYSTEM = "SELECT set_config('narplan.role', 'system', true)"
AS_NOBODY = "SELECT set_config('narplan.role', '', true)"
ADMINISTERS = "(SELECT narplan_may_administer())"
IS_SYSTEM = "(SELECT narplan_is_system())"
OWN = "person_id = (SELECT narplan_person())"
COLLEAGUES = (
    "SELECT person_id FROM membership WHERE organisation_id = (SELECT narplan_organisation()) AND left_at IS NULL"
)
GIVES = f"{ADMINISTERS} OR ((SELECT narplan_role()) = 'programgrupp' AND role IN ('kommunpartner', 'läsare') AND organisation_id IN (SELECT id FROM organisation WHERE kind = 'kommun'))"
ROLES = "'administratör', 'programgrupp', 'politiker', 'kommunpartner', 'läsare', 'system'"
TABLES = (
    "ALTER TABLE organisation ADD COLUMN parent_id UUID, ADD CONSTRAINT fk_organisation_parent_id_organisation FOREIGN KEY(parent_id) REFERENCES organisation (id), ADD CONSTRAINT ck_organisation_parent CHECK (parent_id IS NULL OR kind = 'enhet')",
    "CREATE INDEX ix_organisation_parent_id ON organisation (parent_id)",
    "UPDATE organisation SET parent_id = (SELECT id FROM organisation WHERE kind = 'region') WHERE kind = 'enhet' AND (SELECT count(*) FROM organisation WHERE kind = 'region') = 1",
    f"""
    CREATE TABLE membership (
        id UUID NOT NULL,
        person_id UUID NOT NULL,
        organisation_id UUID NOT NULL,
        role VARCHAR(40) NOT NULL,
        joined_at TIMESTAMP WITH TIME ZONE NOT NULL,
        left_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_membership PRIMARY KEY (id),
        CONSTRAINT ck_membership_of_a_person CHECK (role <> 'system'),
        CONSTRAINT fk_membership_person_id_person FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE CASCADE,
        CONSTRAINT fk_membership_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id),
        CONSTRAINT ck_membership_role CHECK (role IN ({ROLES}))
    )
    """,
    "CREATE INDEX ix_membership_organisation_id ON membership (organisation_id)",
    "CREATE INDEX ix_membership_person_id ON membership (person_id)",
    "CREATE UNIQUE INDEX ix_membership_open ON membership (person_id, organisation_id) WHERE left_at IS NULL",
    f"""
    CREATE TABLE invitation (
        id UUID NOT NULL,
        email TEXT NOT NULL,
        organisation_id UUID NOT NULL,
        role VARCHAR(40) NOT NULL,
        invited_by UUID,
        token_sha256 BYTEA NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
        accepted_at TIMESTAMP WITH TIME ZONE,
        accepted_by UUID,
        withdrawn_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_invitation PRIMARY KEY (id),
        CONSTRAINT fk_invitation_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id),
        CONSTRAINT ck_invitation_role CHECK (role IN ({ROLES})),
        CONSTRAINT fk_invitation_invited_by_person FOREIGN KEY(invited_by) REFERENCES person (id) ON DELETE SET NULL,
        CONSTRAINT uq_invitation_token_sha256 UNIQUE (token_sha256),
        CONSTRAINT fk_invitation_accepted_by_person FOREIGN KEY(accepted_by) REFERENCES person (id) ON DELETE SET NULL
    )
    """,
    "CREATE INDEX ix_invitation_email ON invitation (email)",
)
PEOPLE = "SELECT id, organisation_id, role, created_at FROM person ORDER BY created_at, id"
MEMBER = "INSERT INTO membership (id, person_id, organisation_id, role, joined_at) VALUES ($1, $2, $3, $4, $5)"
CREDENTIALS = tuple(
    statement
    for table in ("login_session", "api_key")
    for statement in (
        f"ALTER TABLE {table} ADD COLUMN membership_id UUID, ADD CONSTRAINT fk_{table}_membership_id_membership FOREIGN KEY(membership_id) REFERENCES membership (id) ON DELETE CASCADE",
        f"UPDATE {table} SET membership_id = (SELECT id FROM membership WHERE membership.person_id = {table}.person_id)",
        f"ALTER TABLE {table} ALTER COLUMN membership_id SET NOT NULL",
        f"CREATE INDEX ix_{table}_membership_id ON {table} (membership_id)",
    )
)
POLICIES = {
    "organisation": {
        "read": "(SELECT narplan_role()) IS NOT NULL",
        "insert": ADMINISTERS,
        "update": ADMINISTERS,
        "delete": ADMINISTERS,
    },
    "person": {
        "read": f"(SELECT narplan_sees_all()) OR id = (SELECT narplan_person()) OR id IN ({COLLEAGUES}) OR id IN (SELECT responsible_id FROM initiative)",
        "insert": ADMINISTERS,
        "update": ADMINISTERS,
        "delete": ADMINISTERS,
    },
    "membership": {
        "read": f"(SELECT narplan_sees_all()) OR {OWN} OR (organisation_id = (SELECT narplan_organisation()) AND left_at IS NULL)",
        "insert": ADMINISTERS,
        "delete": IS_SYSTEM,
    },
    "invitation": {
        "read": "(SELECT narplan_may_write())",
        "insert": GIVES,
        "update": GIVES,
        "delete": IS_SYSTEM,
    },
    "login_session": {
        "read": f"{ADMINISTERS} OR {OWN}",
        "insert": f"{IS_SYSTEM} OR {OWN}",
        "update": f"{ADMINISTERS} OR {OWN}",
        "delete": f"{ADMINISTERS} OR {OWN}",
    },
    "api_key": {
        "read": f"{ADMINISTERS} OR {OWN}",
        "insert": f"{IS_SYSTEM} OR {OWN}",
        "update": f"{ADMINISTERS} OR {OWN}",
        "delete": f"{ADMINISTERS} OR {OWN}",
    },
}
LEAVING = f"CREATE POLICY membership_update ON membership FOR UPDATE USING ({ADMINISTERS} OR ({OWN} AND left_at IS NULL)) WITH CHECK ({ADMINISTERS} OR ({OWN} AND left_at IS NOT NULL))"
BEFORE = {
    "person": {
        "read": "(SELECT narplan_sees_all()) OR id = (SELECT narplan_person()) OR organisation_id = (SELECT narplan_organisation()) OR id IN (SELECT responsible_id FROM initiative)",
        "insert": "(SELECT narplan_may_write())",
        "update": "(SELECT narplan_may_write())",
        "delete": "(SELECT narplan_may_write())",
    },
    **{
        table: dict.fromkeys(("read", "insert", "update", "delete"), f"{IS_SYSTEM} OR {OWN}")
        for table in ("login_session", "api_key")
    },
}
KINDS = {"read": "SELECT", "insert": "INSERT", "update": "UPDATE", "delete": "DELETE"}
BACK = (
    "ALTER TABLE login_session DROP COLUMN membership_id",
    "ALTER TABLE api_key DROP COLUMN membership_id",
    "DROP TABLE invitation",
    "ALTER TABLE person ADD COLUMN organisation_id UUID, ADD COLUMN role VARCHAR(40)",
    "UPDATE person SET (organisation_id, role) = (SELECT organisation_id, role FROM membership WHERE person_id = person.id ORDER BY left_at DESC NULLS FIRST, joined_at, id LIMIT 1)",
    "ALTER TABLE person ALTER COLUMN organisation_id SET NOT NULL, ALTER COLUMN role SET NOT NULL",
    f"ALTER TABLE person ADD CONSTRAINT fk_person_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id), ADD CONSTRAINT ck_person_role CHECK (role IN ({ROLES}))",
    "CREATE INDEX ix_person_organisation_id ON person (organisation_id)",
)
FORGET = (
    "DROP TABLE membership",
    "DROP POLICY organisation_read ON organisation",
    "DROP POLICY organisation_insert ON organisation",
    "DROP POLICY organisation_update ON organisation",
    "DROP POLICY organisation_delete ON organisation",
    "ALTER TABLE organisation NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE organisation DROP COLUMN parent_id",
)


def _policies(table: str, conditions: dict[str, str], *, force: bool) -> None:
    run = op.get_bind().exec_driver_sql
    if force:
        run(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        run(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    for name, condition in conditions.items():
        run(f"DROP POLICY IF EXISTS {table}_{name} ON {table}")
        using = "" if name == "insert" else f" USING ({condition})"
        check = f" WITH CHECK ({condition})" if name in {"insert", "update"} else ""
        run(f"CREATE POLICY {table}_{name} ON {table} FOR {KINDS[name]}{using}{check}")


def upgrade() -> None:
    """Make one membership of what each person was; a unit belongs to the region where there is only one."""
    run = op.get_bind().exec_driver_sql
    run(AS_SYSTEM)
    for statement in TABLES:
        run(statement)
    for person_id, organisation_id, role, created_at in run(PEOPLE).all():
        run(MEMBER, (compat.uuid7(), person_id, organisation_id, role, created_at))
    for statement in CREDENTIALS:
        run(statement)
    for table, conditions in POLICIES.items():
        _policies(table, conditions, force=True)
    run(LEAVING)
    run("ALTER TABLE person DROP COLUMN organisation_id, DROP COLUMN role")
    run(AS_NOBODY)


def downgrade() -> None:
    """Let everyone be what they have been longest, or were last; other memberships and all invitations are lost."""
    run = op.get_bind().exec_driver_sql
    run(AS_SYSTEM)
    for statement in BACK:
        run(statement)
    for table, conditions in BEFORE.items():
        _policies(table, conditions, force=False)
    for statement in FORGET:
        run(statement)
    run(AS_NOBODY)
