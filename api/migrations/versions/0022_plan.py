"""How initiatives are carried through: partners, reports, milestones, effects, dependencies, comments; saved filters."""

from alembic import op

from api.migrations.past import kept
from api.migrations.protection import protect

revision = "0022"
down_revision = "0021"

COLUMNS = ("decision", "outcome", "reason", "next_steps")
TABLES = (
    """
    CREATE TABLE initiative_partner (
        initiative_id UUID NOT NULL,
        organisation_id UUID NOT NULL,
        CONSTRAINT pk_initiative_partner PRIMARY KEY (initiative_id, organisation_id),
        CONSTRAINT fk_initiative_partner_initiative_id_initiative FOREIGN KEY (initiative_id) REFERENCES initiative (id) ON DELETE CASCADE,
        CONSTRAINT fk_initiative_partner_organisation_id_organisation FOREIGN KEY (organisation_id) REFERENCES organisation (id)
    )
    """,
    "CREATE INDEX ix_initiative_partner_organisation_id ON initiative_partner (organisation_id)",
    """
    CREATE TABLE progress_report (
        initiative_id UUID NOT NULL,
        reported_on DATE NOT NULL,
        health VARCHAR(40) NOT NULL,
        done TEXT NOT NULL,
        next TEXT NOT NULL,
        obstacles TEXT NOT NULL,
        written_by UUID,
        id UUID NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        revision INTEGER NOT NULL,
        CONSTRAINT pk_progress_report PRIMARY KEY (id),
        CONSTRAINT fk_progress_report_initiative_id_initiative FOREIGN KEY (initiative_id) REFERENCES initiative (id) ON DELETE CASCADE,
        CONSTRAINT ck_progress_report_health CHECK (health IN ('enligt plan', 'risk', 'försenat')),
        CONSTRAINT fk_progress_report_written_by_person FOREIGN KEY (written_by) REFERENCES person (id) ON DELETE SET NULL
    )
    """,
    "CREATE INDEX ix_progress_report_initiative_id_reported_on ON progress_report (initiative_id, reported_on)",
    "CREATE INDEX ix_progress_report_written_by ON progress_report (written_by)",
    """
    CREATE TABLE milestone (
        initiative_id UUID NOT NULL,
        title TEXT NOT NULL,
        due_on DATE NOT NULL,
        done_on DATE,
        responsible_id UUID,
        id UUID NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        revision INTEGER NOT NULL,
        CONSTRAINT pk_milestone PRIMARY KEY (id),
        CONSTRAINT fk_milestone_initiative_id_initiative FOREIGN KEY (initiative_id) REFERENCES initiative (id) ON DELETE CASCADE,
        CONSTRAINT fk_milestone_responsible_id_person FOREIGN KEY (responsible_id) REFERENCES person (id)
    )
    """,
    "CREATE INDEX ix_milestone_due_on ON milestone (due_on)",
    "CREATE INDEX ix_milestone_initiative_id ON milestone (initiative_id)",
    "CREATE INDEX ix_milestone_responsible_id ON milestone (responsible_id)",
    """
    CREATE TABLE expected_effect (
        initiative_id UUID NOT NULL,
        description TEXT NOT NULL,
        id UUID NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        revision INTEGER NOT NULL,
        CONSTRAINT pk_expected_effect PRIMARY KEY (id),
        CONSTRAINT fk_expected_effect_initiative_id_initiative FOREIGN KEY (initiative_id) REFERENCES initiative (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_expected_effect_initiative_id ON expected_effect (initiative_id)",
    """
    CREATE TABLE initiative_dependency (
        initiative_id UUID NOT NULL,
        depends_on_id UUID NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_initiative_dependency PRIMARY KEY (initiative_id, depends_on_id),
        CONSTRAINT ck_initiative_dependency_itself CHECK (initiative_id <> depends_on_id),
        CONSTRAINT fk_initiative_dependency_initiative_id_initiative FOREIGN KEY (initiative_id) REFERENCES initiative (id) ON DELETE CASCADE,
        CONSTRAINT fk_initiative_dependency_depends_on_id_initiative FOREIGN KEY (depends_on_id) REFERENCES initiative (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_initiative_dependency_depends_on_id ON initiative_dependency (depends_on_id)",
    """
    CREATE TABLE initiative_comment (
        id UUID NOT NULL,
        initiative_id UUID NOT NULL,
        organisation_id UUID,
        from_organisation_id UUID,
        written_by UUID,
        body TEXT NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_initiative_comment PRIMARY KEY (id),
        CONSTRAINT fk_initiative_comment_initiative_id_initiative FOREIGN KEY (initiative_id) REFERENCES initiative (id) ON DELETE CASCADE,
        CONSTRAINT fk_initiative_comment_organisation_id_organisation FOREIGN KEY (organisation_id) REFERENCES organisation (id),
        CONSTRAINT fk_initiative_comment_from_organisation_id_organisation FOREIGN KEY (from_organisation_id) REFERENCES organisation (id),
        CONSTRAINT fk_initiative_comment_written_by_person FOREIGN KEY (written_by) REFERENCES person (id) ON DELETE SET NULL
    )
    """,
    "CREATE INDEX ix_initiative_comment_initiative_id_created_at ON initiative_comment (initiative_id, created_at)",
    "CREATE INDEX ix_initiative_comment_organisation_id ON initiative_comment (organisation_id)",
    "CREATE INDEX ix_initiative_comment_written_by ON initiative_comment (written_by)",
    """
    CREATE TABLE saved_filter (
        id UUID NOT NULL,
        person_id UUID NOT NULL,
        name TEXT NOT NULL,
        query JSONB NOT NULL,
        is_default BOOLEAN NOT NULL,
        saved_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_saved_filter PRIMARY KEY (id),
        CONSTRAINT uq_saved_filter_person_id_name UNIQUE (person_id, name),
        CONSTRAINT fk_saved_filter_person_id_person FOREIGN KEY (person_id) REFERENCES person (id) ON DELETE CASCADE
    )
    """,
    "CREATE UNIQUE INDEX ix_saved_filter_default ON saved_filter (person_id) WHERE is_default",
)
FIELDS_BEFORE = "'title', 'status', 'starts_on', 'ends_on', 'lead_organisation', 'summary', 'responsible', 'nodes', 'budget_kronor', 'shared_with'"
FIELDS_NOW = "'title', 'status', 'starts_on', 'ends_on', 'lead_organisation', 'summary', 'responsible', 'nodes', 'partners', 'decision', 'outcome', 'reason', 'next_steps', 'reports', 'milestones', 'effects', 'dependencies', 'comments', 'budget_kronor', 'shared_with'"
FIELD = (
    "ALTER TABLE initiative_change DROP CONSTRAINT ck_initiative_change_field",
    "ALTER TABLE initiative_change ADD CONSTRAINT ck_initiative_change_field CHECK (field IN ({fields}))",
)
READ_BEFORE = """(SELECT narplan_sees_all()) OR EXISTS (SELECT FROM initiative_share AS share WHERE share.initiative_id = initiative_change.initiative_id AND (profile, field) IN (('översikt', 'ends_on'), ('översikt', 'lead_organisation'), ('översikt', 'starts_on'), ('översikt', 'status'), ('översikt', 'title'), ('plan', 'ends_on'), ('plan', 'lead_organisation'), ('plan', 'nodes'), ('plan', 'responsible'), ('plan', 'starts_on'), ('plan', 'status'), ('plan', 'summary'), ('plan', 'title'), ('ekonomi', 'budget_kronor'), ('ekonomi', 'ends_on'), ('ekonomi', 'lead_organisation'), ('ekonomi', 'nodes'), ('ekonomi', 'responsible'), ('ekonomi', 'starts_on'), ('ekonomi', 'status'), ('ekonomi', 'summary'), ('ekonomi', 'title')) AND changed_at >= GREATEST(shared_at, from_on::timestamp AT TIME ZONE 'Europe/Stockholm'))"""
READ_NOW = """(SELECT narplan_sees_all()) OR EXISTS (SELECT FROM initiative_share AS share WHERE share.initiative_id = initiative_change.initiative_id AND (profile, field) IN (('översikt', 'ends_on'), ('översikt', 'lead_organisation'), ('översikt', 'starts_on'), ('översikt', 'status'), ('översikt', 'title'), ('plan', 'comments'), ('plan', 'decision'), ('plan', 'dependencies'), ('plan', 'effects'), ('plan', 'ends_on'), ('plan', 'lead_organisation'), ('plan', 'milestones'), ('plan', 'next_steps'), ('plan', 'nodes'), ('plan', 'outcome'), ('plan', 'partners'), ('plan', 'reason'), ('plan', 'reports'), ('plan', 'responsible'), ('plan', 'starts_on'), ('plan', 'status'), ('plan', 'summary'), ('plan', 'title'), ('ekonomi', 'budget_kronor'), ('ekonomi', 'comments'), ('ekonomi', 'decision'), ('ekonomi', 'dependencies'), ('ekonomi', 'effects'), ('ekonomi', 'ends_on'), ('ekonomi', 'lead_organisation'), ('ekonomi', 'milestones'), ('ekonomi', 'next_steps'), ('ekonomi', 'nodes'), ('ekonomi', 'outcome'), ('ekonomi', 'partners'), ('ekonomi', 'reason'), ('ekonomi', 'reports'), ('ekonomi', 'responsible'), ('ekonomi', 'starts_on'), ('ekonomi', 'status'), ('ekonomi', 'summary'), ('ekonomi', 'title')) AND changed_at >= GREATEST(shared_at, from_on::timestamp AT TIME ZONE 'Europe/Stockholm'))"""
READ = (
    "DROP POLICY initiative_change_read ON initiative_change",
    "CREATE POLICY initiative_change_read ON initiative_change FOR SELECT USING ({read})",
)
PLAN = "(SELECT narplan_sees_all()) OR initiative_id IN (SELECT initiative_id FROM initiative_share WHERE profile IN ('plan', 'ekonomi'))"
WRITERS = "(SELECT narplan_may_write())"
OWN = "(SELECT narplan_is_system()) OR person_id = (SELECT narplan_person())"
COMMENTS_READ = "(SELECT narplan_sees_all()) OR (organisation_id = (SELECT narplan_organisation()) AND initiative_id IN (SELECT initiative_id FROM initiative_share WHERE profile IN ('plan', 'ekonomi')))"
COMMENTS_WRITE = "(SELECT narplan_may_write()) OR ((SELECT narplan_role()) = 'kommunpartner' AND written_by = (SELECT narplan_person()) AND from_organisation_id = (SELECT narplan_organisation()) AND organisation_id = (SELECT narplan_organisation()) AND initiative_id IN (SELECT initiative_id FROM initiative_share WHERE profile IN ('plan', 'ekonomi')))"
DEPENDENCIES_READ = "(SELECT narplan_sees_all()) OR (initiative_id IN (SELECT initiative_id FROM initiative_share WHERE profile IN ('plan', 'ekonomi')) AND depends_on_id IN (SELECT initiative_id FROM initiative_share)) OR (depends_on_id IN (SELECT initiative_id FROM initiative_share WHERE profile IN ('plan', 'ekonomi')) AND initiative_id IN (SELECT initiative_id FROM initiative_share))"
POLICIES = (
    *protect("initiative_partner", PLAN, WRITERS),
    *protect("progress_report", PLAN, WRITERS),
    *protect("milestone", PLAN, WRITERS),
    *protect("expected_effect", PLAN, WRITERS),
    *protect("initiative_dependency", DEPENDENCIES_READ, WRITERS),
    *protect("initiative_comment", COMMENTS_READ, COMMENTS_WRITE),
    *protect("saved_filter", OWN, OWN),
)
TRIGGERS = (
    kept("initiative_partner", "initiative_id", "organisation_id", "^initiative_id"),
    kept("progress_report", "id", "^initiative_id"),
    kept("milestone", "id", "^initiative_id"),
    kept("expected_effect", "id", "^initiative_id"),
    kept("initiative_dependency", "initiative_id", "depends_on_id", "^initiative_id"),
    kept("initiative_comment", "id", "^initiative_id"),
)
FORGET = (
    "ALTER TABLE initiative_change NO FORCE ROW LEVEL SECURITY",
    "DELETE FROM initiative_change WHERE field NOT IN ({fields})",
    "ALTER TABLE initiative_change FORCE ROW LEVEL SECURITY",
)


def _run(*statements: str, **names: str) -> None:
    for statement in statements:
        op.get_bind().exec_driver_sql(statement.format(**names) if names else statement)


def upgrade() -> None:
    """Make room for what stands around initiatives; what they have become so far is left as it is."""
    for column in COLUMNS:
        _run(f"ALTER TABLE initiative ADD COLUMN {column} TEXT NOT NULL DEFAULT ''")
        _run(f"ALTER TABLE initiative ALTER COLUMN {column} DROP DEFAULT")
    _run(*TABLES, *POLICIES, *TRIGGERS)
    _run(*FIELD, fields=FIELDS_NOW)
    _run(*READ, read=READ_NOW)


def downgrade() -> None:
    """Forget all of it."""
    _run(*READ, read=READ_BEFORE)
    _run(*FORGET, fields=FIELDS_BEFORE)
    _run(*FIELD, fields=FIELDS_BEFORE)
    _run(
        "DROP TABLE saved_filter, initiative_comment, initiative_dependency, expected_effect, milestone, progress_report, initiative_partner"
    )
    for column in COLUMNS:
        _run(f"ALTER TABLE initiative DROP COLUMN {column}")
