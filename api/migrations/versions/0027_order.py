"""What the list of initiatives is sorted and searched by, computed once for each change and not for each reader."""

from alembic import op

revision = "0027"
down_revision = "0026"

KEEP = """
CREATE OR REPLACE FUNCTION narplan_keep_past() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    row_now jsonb := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END{computed};
    row_key text := (SELECT string_agg(row_now ->> name, ' ' ORDER BY place)
        FROM unnest(TG_ARGV) WITH ORDINALITY AS each(name, place) WHERE left(name, 1) <> '^');
    row_parent text := (SELECT row_now ->> substr(name, 2)
        FROM unnest(TG_ARGV) AS each(name) WHERE left(name, 1) = '^');
    moment timestamptz := clock_timestamp();
BEGIN
    IF TG_OP = 'UPDATE' AND OLD IS NOT DISTINCT FROM NEW THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        UPDATE past SET during = tstzrange(lower(during), GREATEST(moment, lower(during) + interval '1 microsecond'))
        WHERE kind = TG_TABLE_NAME AND key = row_key AND upper_inf(during)
        RETURNING upper(during) INTO moment;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO past (kind, key, during, state, parent)
        VALUES (TG_TABLE_NAME, row_key, tstzrange(COALESCE(moment, clock_timestamp()), NULL), row_now, row_parent);
    END IF;
    RETURN NULL;
END $$
"""
COMPUTED = """
    ALTER TABLE initiative
        ADD COLUMN sort_key TEXT COLLATE "C"
            GENERATED ALWAYS AS (translate(lower(title), 'åäöéèüæø', '{|}eey|}')) STORED NOT NULL,
        ADD COLUMN searched TEXT GENERATED ALWAYS AS (lower(title || E'\\n' || summary)) STORED NOT NULL
"""


def _run(*statements: str) -> None:
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)


def upgrade() -> None:
    """Let the database compute the columns and index them; the past goes on without them."""
    _run(
        KEEP.replace("{computed}", "\n        - '{searched,sort_key}'::text[]"),
        COMPUTED,
        "CREATE INDEX ix_initiative_sort_key_id ON initiative (sort_key, id)",
        "CREATE INDEX ix_initiative_updated_at ON initiative (updated_at)",
    )


def downgrade() -> None:
    """Take the columns away."""
    _run("ALTER TABLE initiative DROP COLUMN sort_key, DROP COLUMN searched", "DROP INDEX ix_initiative_updated_at")
    _run(KEEP.replace("{computed}", ""))
