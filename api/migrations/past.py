"""The statement that keeps the past of a new table. Steps that are frozen use this: it is never changed."""


def kept(table: str, *keys: str) -> str:
    """Return the statement for a table with this primary key, `id` unless it is given."""
    names = ", ".join(f"'{key}'" for key in keys or ("id",))
    return (
        f"CREATE TRIGGER past_{table} AFTER INSERT OR UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION narplan_keep_past({names})"
    )
