"""The past of allocations, applications, claims and outcomes tells what each is a part of."""

from alembic import op

from api.migrations.past import kept

revision = "0025"
down_revision = "0024"

PARTS = {
    "allocation": "fund_id",
    "application": "round_id",
    "claim": "measure_id",
    "measure_outcome": "measure_id",
}


def _run(*statements: str) -> None:
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)


def upgrade() -> None:
    """Say it in the triggers, and write it where the past has been kept already."""
    for table, whole in PARTS.items():
        _run(f"DROP TRIGGER past_{table} ON {table}", kept(table, "id", f"^{whole}"))
    _run("ALTER TABLE past NO FORCE ROW LEVEL SECURITY")
    for table, whole in PARTS.items():
        _run(f"UPDATE past SET parent = state ->> '{whole}' WHERE kind = '{table}'")
    _run("ALTER TABLE past FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    """Keep the past as before."""
    for table in PARTS:
        _run(f"DROP TRIGGER past_{table} ON {table}", kept(table))
