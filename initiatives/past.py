"""What every row of the register has been: each state with the time that it held, deleted rows included.

The database keeps it by triggers, so that no writer can forget to; `activity` tells who did it. A state that holds now
has no end. Nobody writes here but the triggers, and only those who see the whole register read it, through
`initiatives.history`.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Computed, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from initiatives.access import SEES_ALL_SQL
from initiatives.base import Base
from initiatives.swedish import sort_key_words

COMPUTED = frozenset({"searched", "sort_key"})
"""Columns that the database computes for lists; the past does not keep them."""

_UNTIL = ["since", "key", "parent", "sort", "status", "organisation"]
_SORT = sort_key_words("COALESCE(state ->> 'title', state ->> 'name', '')")
_ORGANISATION = "COALESCE(state ->> 'lead_organisation_id', state ->> 'organisation_id')"


class Past(Base):
    """A row of the table `kind` was `state` (its columns as JSON) `during` a time; `key` is its primary key as text.

    `parent` is the key of what it is a part of, if its trigger says so. The database computes the rest of the columns:
    `since` and `until` are the ends of `during`, the others what lists are sorted and filtered by. Behind row-level
    security no index on a range, or inside a JSON value, can be used; those on plain columns can.
    """

    __tablename__ = "past"
    __table_args__ = (
        Index("ix_past_now", "kind", "key", unique=True, postgresql_where=text("upper_inf(during)")),
        Index(None, "kind", "parent", postgresql_where=text("parent IS NOT NULL")),
        Index("ix_past_order", "kind", "sort", "key", postgresql_include=["since", "until", "status", "organisation"]),
        Index("ix_past_until", "kind", "until", postgresql_include=_UNTIL),
    )

    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    during: Mapped[Range[Any]] = mapped_column(TSTZRANGE, primary_key=True)
    state: Mapped[dict[str, Any]] = mapped_column(JSONB)
    parent: Mapped[str | None]
    since: Mapped[datetime] = mapped_column(Computed("lower(during)", persisted=True))
    until: Mapped[datetime] = mapped_column(Computed("COALESCE(upper(during), 'infinity')", persisted=True))
    sort: Mapped[str] = mapped_column(Text(collation="C"), Computed(_SORT, persisted=True))
    status: Mapped[str | None] = mapped_column(Computed("state ->> 'status'", persisted=True))
    organisation: Mapped[str | None] = mapped_column(Computed(_ORGANISATION, persisted=True))


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
    row_now jsonb := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END
        - '{searched,sort_key}'::text[];
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
"""Ends the state that held and begins the new one. A row whose state changes twice in an instant keeps both."""


def kept(table: str, *keys: str, part_of: str = "") -> str:
    """Return the statement that makes the database keep the past of `table`.

    `keys` are its primary key (`id`), `part_of` the column with the identifier of what each row is a part of, if it is;
    in a migration, which has a copy of this that never changes, that column is said as a last key: `"^initiative_id"`.
    """
    parent = (f"^{part_of}",) if part_of else ()
    names = ", ".join(f"'{key}'" for key in (*(keys or ("id",)), *parent))
    return (
        f"CREATE TRIGGER past_{table} AFTER INSERT OR UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION narplan_keep_past({names})"
    )


TRIGGERS: tuple[str, ...] = (
    kept("initiative"),
    kept("initiative_node", "initiative_id", "node_id", part_of="initiative_id"),
    kept("initiative_share", "initiative_id", "organisation_id", part_of="initiative_id"),
    kept("fund"),
    kept("budget_link", part_of="initiative_id"),
)
"""For the rooms that stand below this one; every other room of the register says its own."""
