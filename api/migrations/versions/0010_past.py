"""What the register has been, and what in it rests on which place in a document."""

from alembic import op

from api.migrations.past import kept
from api.migrations.protection import protect

revision = "0010"
down_revision = "0009"

KEEP = """
CREATE FUNCTION narplan_keep_past() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    row_now jsonb := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
    row_key text := (SELECT string_agg(row_now ->> name, ' ' ORDER BY place)
        FROM unnest(TG_ARGV) WITH ORDINALITY AS each(name, place));
    since timestamptz := clock_timestamp();
BEGIN
    IF TG_OP = 'UPDATE' AND OLD IS NOT DISTINCT FROM NEW THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        UPDATE past SET during = tstzrange(lower(during), GREATEST(since, lower(during) + interval '1 microsecond'))
        WHERE kind = TG_TABLE_NAME AND key = row_key AND upper_inf(during)
        RETURNING upper(during) INTO since;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO past VALUES (TG_TABLE_NAME, row_key, tstzrange(COALESCE(since, clock_timestamp()), NULL), row_now);
    END IF;
    RETURN NULL;
END $$
"""
PAST = (
    """
    CREATE TABLE past (
        kind TEXT NOT NULL,
        key TEXT NOT NULL,
        during TSTZRANGE NOT NULL,
        state JSONB NOT NULL,
        CONSTRAINT pk_past PRIMARY KEY (kind, key, during)
    )
    """,
    "CREATE UNIQUE INDEX ix_past_now ON past (kind, key) WHERE upper_inf(during)",
    "CREATE INDEX ix_past_during ON past USING gist (during)",
)
POLICIES = (
    "ALTER TABLE past ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE past FORCE ROW LEVEL SECURITY",
    "CREATE POLICY past_read ON past FOR SELECT USING ((SELECT narplan_sees_all()) OR pg_trigger_depth() > 0)",
    "CREATE POLICY past_insert ON past FOR INSERT WITH CHECK (pg_trigger_depth() > 0)",
    "CREATE POLICY past_update ON past FOR UPDATE USING (pg_trigger_depth() > 0) WITH CHECK (pg_trigger_depth() > 0)",
)
SOURCE = (
    """
    CREATE TABLE source (
        id UUID NOT NULL,
        subject_type TEXT NOT NULL,
        subject_id UUID NOT NULL,
        document_id UUID,
        version_id UUID,
        title TEXT NOT NULL,
        start INTEGER NOT NULL,
        "end" INTEGER NOT NULL,
        page INTEGER,
        quote TEXT NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_source PRIMARY KEY (id),
        CONSTRAINT ck_source_span CHECK (start >= 0 AND "end" > start),
        CONSTRAINT fk_source_document_id_document FOREIGN KEY (document_id) REFERENCES document (id) ON DELETE SET NULL,
        CONSTRAINT fk_source_version_id_document_version FOREIGN KEY (version_id) REFERENCES document_version (id) ON DELETE SET NULL
    )
    """,
    "CREATE INDEX ix_source_subject_type_subject_id ON source (subject_type, subject_id)",
    "CREATE INDEX ix_source_document_id ON source (document_id)",
    "CREATE INDEX ix_source_version_id ON source (version_id)",
    *protect("source", "(SELECT narplan_sees_all())", "(SELECT narplan_may_write())"),
)
KEPT = {
    "initiative": ("id",),
    "initiative_node": ("initiative_id", "node_id"),
    "initiative_share": ("initiative_id", "organisation_id"),
    "fund": ("id",),
    "budget_link": ("id",),
    "source": ("id",),
}
SO_FAR = """
    INSERT INTO past SELECT '{table}', {key}, tstzrange({since}, NULL), to_jsonb({table}) FROM {table}
"""
REVISED = (
    "ALTER TABLE fund ADD COLUMN created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(), ADD COLUMN updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(), ADD COLUMN revision INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE fund ALTER COLUMN created_at DROP DEFAULT, ALTER COLUMN updated_at DROP DEFAULT, ALTER COLUMN revision DROP DEFAULT",
)
SINCE = {"initiative": "updated_at", "initiative_share": "shared_at"}
"""When each row is known to have become what it is; of others it is known only that they are so now."""


def _run(*statements: str) -> None:
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)


def upgrade() -> None:
    """Begin to keep the past with what stands now."""
    _run(*REVISED, *PAST, KEEP, *SOURCE)
    for table, keys in KEPT.items():
        key = " || ' ' || ".join(f"{name}::text" for name in keys)
        _run(SO_FAR.format(table=table, key=key, since=SINCE.get(table, "now()")), kept(table, *keys))
    _run(*POLICIES)


def downgrade() -> None:
    """Forget the past and the sources."""
    _run(
        *(f"DROP TRIGGER past_{table} ON {table}" for table in KEPT),
        "DROP TABLE source, past",
        "DROP FUNCTION narplan_keep_past()",
        "ALTER TABLE fund DROP COLUMN created_at, DROP COLUMN updated_at, DROP COLUMN revision",
    )
