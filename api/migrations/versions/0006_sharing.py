"""What is shared, with whom, how much and for how long; and which field changed when."""

import re

from alembic import op

revision = "0006"
down_revision = "0005"

TODAY = "CREATE FUNCTION narplan_today() RETURNS date LANGUAGE sql STABLE AS $$SELECT (now() AT TIME ZONE 'Europe/Stockholm')::date$$"
PERIOD = (
    "ALTER TABLE {table} ADD COLUMN from_on DATE, ADD COLUMN to_on DATE, ADD COLUMN shared_at TIMESTAMP WITH TIME ZONE, ADD COLUMN shared_by UUID",
    "ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
    "UPDATE {table} SET from_on = narplan_today(), shared_at = now()",
    "ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
    "ALTER TABLE {table} ALTER COLUMN from_on SET NOT NULL, ALTER COLUMN shared_at SET NOT NULL",
    "ALTER TABLE {table} ADD CONSTRAINT ck_{table}_period CHECK (to_on >= from_on)",
    "ALTER TABLE {table} ADD CONSTRAINT fk_{table}_shared_by_person FOREIGN KEY (shared_by) REFERENCES person (id) ON DELETE SET NULL",
)
NO_PERIOD = (
    "ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
    "DELETE FROM {table} WHERE from_on > narplan_today() OR to_on < narplan_today()",
    "ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
    "ALTER TABLE {table} DROP COLUMN from_on, DROP COLUMN to_on, DROP COLUMN shared_at, DROP COLUMN shared_by",
)
PROFILE = (
    "ALTER TABLE initiative_share ADD COLUMN profile VARCHAR(40) NOT NULL DEFAULT 'plan'",
    "ALTER TABLE initiative_share ALTER COLUMN profile DROP DEFAULT",
    "ALTER TABLE initiative_share ADD CONSTRAINT ck_initiative_share_profile CHECK (profile IN ('översikt', 'plan', 'ekonomi'))",
)
CHANGES = (
    """
    CREATE TABLE initiative_change (
        initiative_id UUID NOT NULL,
        revision INTEGER NOT NULL,
        field VARCHAR(40) NOT NULL,
        changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        changed_by UUID,
        before JSONB,
        CONSTRAINT pk_initiative_change PRIMARY KEY (initiative_id, revision, field),
        CONSTRAINT fk_initiative_change_initiative_id_initiative FOREIGN KEY(initiative_id) REFERENCES initiative (id) ON DELETE CASCADE,
        CONSTRAINT ck_initiative_change_field CHECK (field IN ('title', 'status', 'starts_on', 'ends_on', 'lead_organisation', 'summary', 'responsible', 'nodes', 'budget_kronor', 'shared_with')),
        CONSTRAINT fk_initiative_change_changed_by_person FOREIGN KEY(changed_by) REFERENCES person (id) ON DELETE SET NULL
    )
    """,
    "CREATE INDEX ix_initiative_change_initiative_id_changed_at ON initiative_change (initiative_id, changed_at)",
    "ALTER TABLE initiative_change ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE initiative_change FORCE ROW LEVEL SECURITY",
    """CREATE POLICY initiative_change_read ON initiative_change FOR SELECT USING ((SELECT narplan_sees_all()) OR EXISTS (SELECT FROM initiative_share AS share WHERE share.initiative_id = initiative_change.initiative_id AND (profile, field) IN (('översikt', 'ends_on'), ('översikt', 'lead_organisation'), ('översikt', 'starts_on'), ('översikt', 'status'), ('översikt', 'title'), ('plan', 'ends_on'), ('plan', 'lead_organisation'), ('plan', 'nodes'), ('plan', 'responsible'), ('plan', 'starts_on'), ('plan', 'status'), ('plan', 'summary'), ('plan', 'title'), ('ekonomi', 'budget_kronor'), ('ekonomi', 'ends_on'), ('ekonomi', 'lead_organisation'), ('ekonomi', 'nodes'), ('ekonomi', 'responsible'), ('ekonomi', 'starts_on'), ('ekonomi', 'status'), ('ekonomi', 'summary'), ('ekonomi', 'title')) AND changed_at >= GREATEST(shared_at, from_on::timestamp AT TIME ZONE 'Europe/Stockholm')))""",
    """CREATE POLICY initiative_change_insert ON initiative_change FOR INSERT WITH CHECK ((SELECT narplan_may_write()))""",
    """CREATE POLICY initiative_change_update ON initiative_change FOR UPDATE USING ((SELECT narplan_may_write())) WITH CHECK ((SELECT narplan_may_write()))""",
    """CREATE POLICY initiative_change_delete ON initiative_change FOR DELETE USING ((SELECT narplan_may_write()))""",
)
READ = {
    "initiative_share": (
        "(SELECT narplan_sees_all()) OR organisation_id = (SELECT narplan_organisation())",
        "(SELECT narplan_sees_all()) OR (organisation_id = (SELECT narplan_organisation()) AND from_on <= (SELECT narplan_today()) AND COALESCE(to_on, (SELECT narplan_today())) >= (SELECT narplan_today()))",
    ),
    "initiative": (
        "(SELECT narplan_sees_all()) OR id IN (SELECT initiative_id FROM initiative_share WHERE initiative_share.organisation_id = (SELECT narplan_organisation()))",
        "(SELECT narplan_sees_all()) OR id IN (SELECT initiative_id FROM initiative_share)",
    ),
    "initiative_node": (
        "(SELECT narplan_sees_all()) OR initiative_id IN (SELECT initiative_id FROM initiative_share WHERE initiative_share.organisation_id = (SELECT narplan_organisation()))",
        "(SELECT narplan_sees_all()) OR initiative_id IN (SELECT initiative_id FROM initiative_share WHERE profile IN ('plan', 'ekonomi'))",
    ),
    "fund": (
        "(SELECT narplan_sees_all())",
        "(SELECT narplan_sees_all()) OR id IN (SELECT fund_id FROM budget_link)",
    ),
    "budget_link": (
        "(SELECT narplan_sees_all())",
        "(SELECT narplan_sees_all()) OR initiative_id IN (SELECT initiative_id FROM initiative_share WHERE profile IN ('ekonomi'))",
    ),
    "document_share": (
        "(SELECT narplan_sees_all()) OR organisation_id = (SELECT narplan_organisation())",
        "(SELECT narplan_sees_all()) OR (organisation_id = (SELECT narplan_organisation()) AND from_on <= (SELECT narplan_today()) AND COALESCE(to_on, (SELECT narplan_today())) >= (SELECT narplan_today()))",
    ),
    "document_version": (
        "(SELECT narplan_sees_all()) OR document_id IN (SELECT id FROM document)",
        "(SELECT narplan_sees_all()) OR id IN (SELECT current_version_id FROM document)",
    ),
    "section": (
        "(SELECT narplan_sees_all()) OR document_id IN (SELECT id FROM document)",
        "(SELECT narplan_sees_all()) OR version_id IN (SELECT current_version_id FROM document)",
    ),
    "passage": (
        "(SELECT narplan_sees_all()) OR document_id IN (SELECT id FROM document)",
        "(SELECT narplan_sees_all()) OR version_id IN (SELECT current_version_id FROM document)",
    ),
}
"""For each table, who might read a row before and who may now."""
RESPONSIBLE = "CREATE FUNCTION narplan_responsible() RETURNS SETOF uuid LANGUAGE sql STABLE AS $$SELECT responsible_id FROM initiative WHERE id IN (SELECT initiative_id FROM initiative_share WHERE profile IN ('plan', 'ekonomi'))$$"


def _run(*statements: str, **names: str) -> None:
    for statement in statements:
        op.get_bind().exec_driver_sql(statement.format(**names) if names else statement)


def _renew(table: str, read: str) -> None:
    _run(f"DROP POLICY {table}_read ON {table}", f"CREATE POLICY {table}_read ON {table} FOR SELECT USING ({read})")


def _renew_people(was: str, now: str) -> None:
    """Change the part of the policy that is about initiatives; what else it says belongs to other steps."""
    asked = "SELECT pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polname = 'person_read'"
    read, found = re.subn(was, now, op.get_bind().exec_driver_sql(asked).scalar_one())
    if found != 1:
        raise RuntimeError(read)
    _renew("person", read)


def upgrade() -> None:
    """Let what was shared be shared from today with everything but the money, as it was until now."""
    _run(TODAY)
    _run(*PERIOD, table="initiative_share")
    _run(*PERIOD, table="document_share")
    _run(*PROFILE)
    _run(*CHANGES)
    for table, (_, now) in READ.items():
        _renew(table, now)
    _run(RESPONSIBLE)
    _renew_people(r"SELECT\s+initiative\.responsible_id\s+FROM\s+initiative\b", "SELECT narplan_responsible()")


def downgrade() -> None:
    """Forget profiles and days: what is not shared today is not shared, what is shows everything but the money."""
    _renew_people(r"SELECT\s+narplan_responsible\(\)[^)]*", "SELECT responsible_id FROM initiative")
    _run("DROP FUNCTION narplan_responsible()")
    for table, (before, _) in READ.items():
        _renew(table, before)
    _run("DROP TABLE initiative_change", "ALTER TABLE initiative_share DROP COLUMN profile")
    _run(*NO_PERIOD, table="initiative_share")
    _run(*NO_PERIOD, table="document_share")
    _run("DROP FUNCTION narplan_today()")
