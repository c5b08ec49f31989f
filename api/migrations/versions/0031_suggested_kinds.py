"""State grants with parts and demands, amounts, last days, initiatives and indicators are suggested too."""

from alembic import op

revision = "0031"
down_revision = "0030"

OLD = "'matter', 'clause'"
NEW = f"{OLD}, 'grant', 'component', 'obligation', 'amount', 'deadline', 'initiative', 'indicator'"


def _run(*statements: str) -> None:
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)


def _let(kinds: str) -> None:
    _run(
        "ALTER TABLE suggestion DROP CONSTRAINT ck_suggestion_kind",
        f"ALTER TABLE suggestion ADD CONSTRAINT ck_suggestion_kind CHECK (kind IN ({kinds}))",
    )


def upgrade() -> None:
    """Let the new kinds in."""
    _let(NEW)


def downgrade() -> None:
    """Forget the suggestions of the new kinds."""
    _run(
        "ALTER TABLE suggestion NO FORCE ROW LEVEL SECURITY",
        f"DELETE FROM suggestion WHERE kind NOT IN ({OLD})",
        "ALTER TABLE suggestion FORCE ROW LEVEL SECURITY",
    )
    _let(OLD)
