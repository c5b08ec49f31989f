"""What every row of the register has been: each state with the time that it held, deleted rows included.

The database keeps it by triggers, so that no writer can forget to; `activity` tells who did it. A state that holds now
has no end. Nobody writes here but the triggers, and only those who see the whole register read it.
"""

from typing import Any

from sqlalchemy import Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from initiatives.access import SEES_ALL_SQL
from initiatives.base import Base


class Past(Base):
    """A row of the table `kind` was `state` (its columns as JSON) `during` a time; `key` is its primary key as text."""

    __tablename__ = "past"
    __table_args__ = (
        Index("ix_past_now", "kind", "key", unique=True, postgresql_where=text("upper_inf(during)")),
        Index(None, "during", postgresql_using="gist"),
    )

    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    during: Mapped[Range[Any]] = mapped_column(TSTZRANGE, primary_key=True)
    state: Mapped[dict[str, Any]] = mapped_column(JSONB)


_BY_TRIGGER = "pg_trigger_depth() > 0"
POLICIES: tuple[str, ...] = (
    "ALTER TABLE past ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE past FORCE ROW LEVEL SECURITY",
    f"CREATE POLICY past_read ON past FOR SELECT USING ({SEES_ALL_SQL} OR {_BY_TRIGGER})",
    f"CREATE POLICY past_insert ON past FOR INSERT WITH CHECK ({_BY_TRIGGER})",
    f"CREATE POLICY past_update ON past FOR UPDATE USING ({_BY_TRIGGER}) WITH CHECK ({_BY_TRIGGER})",
)

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
"""Ends the state that held and begins the new one. A row whose state changes twice in an instant keeps both."""


def kept(table: str, *keys: str) -> str:
    """Return the statement that makes the database keep the past of `table`; `keys` are its primary key (`id`)."""
    names = ", ".join(f"'{key}'" for key in keys or ("id",))
    return (
        f"CREATE TRIGGER past_{table} AFTER INSERT OR UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION narplan_keep_past({names})"
    )


TRIGGERS: tuple[str, ...] = (
    kept("initiative"),
    kept("initiative_node", "initiative_id", "node_id"),
    kept("initiative_share", "initiative_id", "organisation_id"),
    kept("fund"),
    kept("budget_link"),
)
"""For the rooms that stand below this one; every other room of the register says its own."""
