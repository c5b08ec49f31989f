"""Rights are asked of functions in the database, people may be administrators or readers, and keys act for themselves."""

from alembic import op

revision = "0003"
down_revision = "0002"

FUNCTIONS = (
    "CREATE FUNCTION narplan_role() RETURNS text LANGUAGE sql STABLE AS $$SELECT NULLIF(current_setting('narplan.role', true), '')$$",
    "CREATE FUNCTION narplan_person() RETURNS uuid LANGUAGE sql STABLE AS $$SELECT NULLIF(current_setting('narplan.person', true), '')::uuid$$",
    "CREATE FUNCTION narplan_organisation() RETURNS uuid LANGUAGE sql STABLE AS $$SELECT NULLIF(current_setting('narplan.organisation', true), '')::uuid$$",
    "CREATE FUNCTION narplan_key() RETURNS uuid LANGUAGE sql STABLE AS $$SELECT NULLIF(current_setting('narplan.key', true), '')::uuid$$",
    "CREATE FUNCTION narplan_sees_all() RETURNS boolean LANGUAGE sql STABLE AS $$SELECT COALESCE(NULLIF(current_setting('narplan.role', true), '') IN ('administratör', 'politiker', 'programgrupp', 'system'), false)$$",
    "CREATE FUNCTION narplan_may_write() RETURNS boolean LANGUAGE sql STABLE AS $$SELECT COALESCE(NULLIF(current_setting('narplan.role', true), '') IN ('administratör', 'programgrupp', 'system'), false)$$",
    "CREATE FUNCTION narplan_may_administer() RETURNS boolean LANGUAGE sql STABLE AS $$SELECT COALESCE(NULLIF(current_setting('narplan.role', true), '') IN ('administratör', 'system'), false)$$",
    "CREATE FUNCTION narplan_is_system() RETURNS boolean LANGUAGE sql STABLE AS $$SELECT COALESCE(NULLIF(current_setting('narplan.role', true), '') IN ('system'), false)$$",
)
DROP_FUNCTIONS = "DROP FUNCTION narplan_role(), narplan_person(), narplan_organisation(), narplan_key(), narplan_sees_all(), narplan_may_write(), narplan_may_administer(), narplan_is_system()"
ROLES = ("programgrupp", "politiker", "kommunpartner", "system")
MORE_ROLES = ("administratör", *ROLES[:3], "läsare", "system")
POLICIES = {
    "activity": (
        "(SELECT narplan_sees_all())",
        "(SELECT narplan_may_write()) OR person_id = (SELECT narplan_person())",
    ),
    "person": (
        "(SELECT narplan_sees_all()) OR id = (SELECT narplan_person()) OR organisation_id = (SELECT narplan_organisation()) OR id IN (SELECT responsible_id FROM initiative)",
        "(SELECT narplan_may_write())",
    ),
    "login_session": (
        "(SELECT narplan_is_system()) OR person_id = (SELECT narplan_person())",
        "(SELECT narplan_is_system()) OR person_id = (SELECT narplan_person())",
    ),
    "api_key": (
        "(SELECT narplan_is_system()) OR person_id = (SELECT narplan_person())",
        "(SELECT narplan_is_system()) OR person_id = (SELECT narplan_person())",
    ),
    "initiative_share": (
        "(SELECT narplan_sees_all()) OR organisation_id = (SELECT narplan_organisation())",
        "(SELECT narplan_may_write())",
    ),
    "initiative": (
        "(SELECT narplan_sees_all()) OR id IN (SELECT initiative_id FROM initiative_share WHERE initiative_share.organisation_id = (SELECT narplan_organisation()))",
        "(SELECT narplan_may_write())",
    ),
    "initiative_node": (
        "(SELECT narplan_sees_all()) OR initiative_id IN (SELECT initiative_id FROM initiative_share WHERE initiative_share.organisation_id = (SELECT narplan_organisation()))",
        "(SELECT narplan_may_write())",
    ),
    "fund": (
        "(SELECT narplan_sees_all())",
        "(SELECT narplan_may_write())",
    ),
    "budget_link": (
        "(SELECT narplan_sees_all())",
        "(SELECT narplan_may_write())",
    ),
    "conversation": (
        "person_id = (SELECT narplan_person()) OR (SELECT narplan_is_system())",
        "person_id = (SELECT narplan_person()) OR (SELECT narplan_is_system())",
    ),
    "turn": (
        "conversation_id IN (SELECT id FROM conversation) OR (SELECT narplan_is_system())",
        "conversation_id IN (SELECT id FROM conversation) OR (SELECT narplan_is_system())",
    ),
    "knowledge_gap": (
        "(SELECT narplan_may_write())",
        "(SELECT narplan_role()) IS NOT NULL",
    ),
    "document_share": (
        "(SELECT narplan_sees_all()) OR organisation_id = (SELECT narplan_organisation())",
        "(SELECT narplan_may_write())",
    ),
    "document": (
        "(SELECT narplan_sees_all()) OR ((SELECT narplan_role()) IS NOT NULL AND (visibility = 'public' OR id IN (SELECT document_id FROM document_share)))",
        "(SELECT narplan_may_write())",
    ),
    "document_version": (
        "(SELECT narplan_sees_all()) OR document_id IN (SELECT id FROM document)",
        "(SELECT narplan_may_write())",
    ),
    "section": (
        "(SELECT narplan_sees_all()) OR document_id IN (SELECT id FROM document)",
        "(SELECT narplan_may_write())",
    ),
    "passage": (
        "(SELECT narplan_sees_all()) OR document_id IN (SELECT id FROM document)",
        "(SELECT narplan_may_write())",
    ),
    "stored_file": (
        "(SELECT narplan_sees_all()) OR sha256 IN (SELECT sha256 FROM document_version)",
        "(SELECT narplan_may_write())",
    ),
    "ingestion": (
        "(SELECT narplan_sees_all())",
        "(SELECT narplan_may_write())",
    ),
}
"""For each table, who may read a row and who may write it."""
BEFORE = {
    "(SELECT narplan_sees_all())": "{role} IN ('programgrupp', 'politiker', 'system')",
    "(SELECT narplan_may_write())": "{role} IN ('programgrupp', 'system')",
    "(SELECT narplan_is_system())": "{role} = 'system'",
    "(SELECT narplan_role())": "{role}",
    "(SELECT narplan_person())": "(SELECT NULLIF(current_setting('narplan.person', true), '')::uuid)",
    "(SELECT narplan_organisation())": "(SELECT NULLIF(current_setting('narplan.organisation', true), '')::uuid)",
}
"""How the first release asked for the same, apart from the new roles."""


def _inline(condition: str) -> str:
    role = "(SELECT NULLIF(current_setting('narplan.role', true), ''))"
    for asked, said in BEFORE.items():
        condition = condition.replace(asked, said.format(role=role))
    return condition


def _renew(table: str, read: str, write: str) -> None:
    kinds = {"read": "SELECT", "insert": "INSERT"}
    if table != "activity":
        kinds |= {"update": "UPDATE", "delete": "DELETE"}
    for name, kind in kinds.items():
        using = "" if kind == "INSERT" else f" USING ({read if kind == 'SELECT' else write})"
        check = f" WITH CHECK ({write})" if kind in {"INSERT", "UPDATE"} else ""
        op.get_bind().exec_driver_sql(f"DROP POLICY {table}_{name} ON {table}")
        op.get_bind().exec_driver_sql(f"CREATE POLICY {table}_{name} ON {table} FOR {kind}{using}{check}")


def _allow_roles(roles: tuple[str, ...]) -> None:
    names = ", ".join(f"'{role}'" for role in roles)
    op.get_bind().exec_driver_sql("ALTER TABLE person DROP CONSTRAINT ck_person_role")
    op.get_bind().exec_driver_sql(f"ALTER TABLE person ADD CONSTRAINT ck_person_role CHECK (role IN ({names}))")


def upgrade() -> None:
    """Put the functions in, and let every policy ask them."""
    for statement in FUNCTIONS:
        op.get_bind().exec_driver_sql(statement)
    for table, (read, write) in POLICIES.items():
        _renew(table, read, write)
    _allow_roles(MORE_ROLES)


def downgrade() -> None:
    """Let the policies ask for the settings themselves; fails while somebody has one of the new roles."""
    _allow_roles(ROLES)
    for table, (read, write) in POLICIES.items():
        _renew(table, _inline(read), _inline(write))
    op.get_bind().exec_driver_sql(DROP_FUNCTIONS)
