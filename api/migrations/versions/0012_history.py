"""What the past is searched by: what a row is a part of, when a state held, and what lists are sorted and filtered by."""

from alembic import op

from api.migrations.past import kept

revision = "0012"
down_revision = "0011"

BODY = """
CREATE OR REPLACE FUNCTION narplan_keep_past() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    row_now jsonb := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
    row_key text := (SELECT string_agg(row_now ->> name, ' ' ORDER BY place)
        FROM unnest(TG_ARGV) WITH ORDINALITY AS each(name, place){keys});{parent}
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
        INSERT INTO past{columns}
        VALUES (TG_TABLE_NAME, row_key, tstzrange(COALESCE(moment, clock_timestamp()), NULL), row_now{value});
    END IF;
    RETURN NULL;
END $$
"""
KEEP = BODY.format(
    keys=" WHERE left(name, 1) <> '^'",
    parent="""
    row_parent text := (SELECT row_now ->> substr(name, 2)
        FROM unnest(TG_ARGV) AS each(name) WHERE left(name, 1) = '^');""",
    columns=" (kind, key, during, state, parent)",
    value=", row_parent",
)
KEEP_AS_BEFORE = BODY.format(keys="", parent="", columns="", value="")
SORT = "translate(lower(COALESCE(state ->> 'title', state ->> 'name', '')), 'åäöéèüæø', '{|}eey|}')"
SEARCHED = (
    f"""
    ALTER TABLE past
        ADD COLUMN parent TEXT,
        ADD COLUMN since TIMESTAMP WITH TIME ZONE GENERATED ALWAYS AS (lower(during)) STORED NOT NULL,
        ADD COLUMN until TIMESTAMP WITH TIME ZONE GENERATED ALWAYS AS (COALESCE(upper(during), 'infinity')) STORED NOT NULL,
        ADD COLUMN sort TEXT COLLATE "C" GENERATED ALWAYS AS ({SORT}) STORED NOT NULL,
        ADD COLUMN status TEXT GENERATED ALWAYS AS (state ->> 'status') STORED,
        ADD COLUMN organisation TEXT
            GENERATED ALWAYS AS (COALESCE(state ->> 'lead_organisation_id', state ->> 'organisation_id')) STORED
    """,
    "DROP INDEX ix_past_during",
    "CREATE INDEX ix_past_kind_parent ON past (kind, parent) WHERE parent IS NOT NULL",
    "CREATE INDEX ix_past_order ON past (kind, sort, key) INCLUDE (since, until, status, organisation)",
    "CREATE INDEX ix_past_until ON past (kind, until) INCLUDE (since, key, sort, status, organisation)",
)
PARTS = {
    "initiative_node": ("initiative_id", "node_id", "^initiative_id"),
    "initiative_share": ("initiative_id", "organisation_id", "^initiative_id"),
    "budget_link": ("id", "^initiative_id"),
    "source": ("id", "^subject_id"),
    "listing_row": ("snapshot_id", "unit", "^snapshot_id"),
}
PARENTS = "UPDATE past SET parent = state ->> '{parent}' WHERE kind = '{table}'"


def _run(*statements: str) -> None:
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)


def upgrade() -> None:
    """Let states be found by what they are a part of and by when they held, without reading them."""
    _run(*SEARCHED, KEEP, "ALTER TABLE past NO FORCE ROW LEVEL SECURITY")
    for table, names in PARTS.items():
        parent = names[-1].removeprefix("^")
        _run(PARENTS.format(table=table, parent=parent), f"DROP TRIGGER past_{table} ON {table}", kept(table, *names))
    _run("ALTER TABLE past FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    """Forget what states are a part of."""
    for table, names in PARTS.items():
        keys = (name for name in names if not name.startswith("^"))
        _run(f"DROP TRIGGER past_{table} ON {table}", kept(table, *keys))
    _run(
        KEEP_AS_BEFORE,
        "DROP INDEX ix_past_order, ix_past_until, ix_past_kind_parent",
        "CREATE INDEX ix_past_during ON past USING gist (during)",
        *(
            f"ALTER TABLE past DROP COLUMN {name}"
            for name in ("parent", "since", "until", "sort", "status", "organisation")
        ),
    )
