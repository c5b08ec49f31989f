"""Conversations may be read by others when their owner says so; answers are judged, and what was bad becomes a gap."""

from alembic import op

revision = "0033"
down_revision = "0032"

ROLE, SYSTEM = "(SELECT narplan_role())", "(SELECT narplan_is_system())"
OWN = f"person_id = (SELECT narplan_person()) OR {SYSTEM}"
READABLE = f"{OWN} OR (shared_at IS NOT NULL AND {ROLE} IS NOT NULL)"
OF_READABLE = f"conversation_id IN (SELECT id FROM conversation) OR {SYSTEM}"
OF_OWN = f"conversation_id IN (SELECT id FROM conversation WHERE {OWN}) OR {SYSTEM}"
CAUSE = "CHECK (cause IN ('obesvarad', 'underkänt svar'))"
TURN = "CONSTRAINT fk_knowledge_gap_turn_id_turn REFERENCES turn (id) ON DELETE SET NULL"
FINDING = "CONSTRAINT fk_knowledge_gap_finding_id_finding REFERENCES finding (id) ON DELETE SET NULL"
COLUMNS = (
    ("conversation", "shared_at TIMESTAMP WITH TIME ZONE"),
    ("turn", "rating VARCHAR(40) CONSTRAINT ck_turn_rating CHECK (rating IN ('bra', 'dåligt'))"),
    ("knowledge_gap", f"cause VARCHAR(40) DEFAULT 'obesvarad' NOT NULL CONSTRAINT ck_knowledge_gap_cause {CAUSE}"),
    ("knowledge_gap", "reason TEXT DEFAULT '' NOT NULL"),
    ("knowledge_gap", f"turn_id UUID CONSTRAINT uq_knowledge_gap_turn_id UNIQUE {TURN}"),
    ("knowledge_gap", f"finding_id UUID {FINDING}"),
)


def _run(*statements: str) -> None:
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)


def _policies(table: str, read: str, write: str) -> None:
    _run(
        f"ALTER POLICY {table}_read ON {table} USING ({read})",
        f"ALTER POLICY {table}_insert ON {table} WITH CHECK ({write})",
        f"ALTER POLICY {table}_update ON {table} USING ({write}) WITH CHECK ({write})",
        f"ALTER POLICY {table}_delete ON {table} USING ({write})",
    )


def upgrade() -> None:
    """Add the columns, and let what is shared be read and nothing more."""
    _run(
        *(f"ALTER TABLE {table} ADD COLUMN {column}" for table, column in COLUMNS),
        "ALTER TABLE knowledge_gap ALTER COLUMN cause DROP DEFAULT, ALTER COLUMN reason DROP DEFAULT",
        "CREATE INDEX ix_knowledge_gap_finding_id ON knowledge_gap (finding_id)",
    )
    _policies("conversation", READABLE, OWN)
    _policies("turn", OF_READABLE, OF_OWN)


def downgrade() -> None:
    """Let everyone read their own conversations alone, and take the columns away."""
    _policies("turn", OF_READABLE, OF_READABLE)
    _policies("conversation", OWN, OWN)
    _run(*(f"ALTER TABLE {table} DROP COLUMN {column.split()[0]}" for table, column in COLUMNS))
