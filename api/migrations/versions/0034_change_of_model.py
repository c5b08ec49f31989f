"""Another embedding model may take over while the old one answers."""

from alembic import op

from api.migrations.protection import protect

revision = "0034"
down_revision = "0033"

AS_SYSTEM = "SELECT set_config('narplan.role', 'system', true)"
AS_NOBODY = "SELECT set_config('narplan.role', '', true)"
STATEMENTS = (
    "ALTER TABLE embedding_model ADD COLUMN place TEXT",
    "ALTER TABLE embedding_model ADD COLUMN in_force BOOLEAN NOT NULL DEFAULT false",
    "ALTER TABLE embedding_model ADD COLUMN wanted_at TIMESTAMP WITH TIME ZONE",
    "CREATE UNIQUE INDEX uq_embedding_model_in_force ON embedding_model (in_force) WHERE in_force",
    AS_SYSTEM,
    "UPDATE embedding_model SET in_force = true WHERE id = (SELECT model_id FROM passage GROUP BY model_id ORDER BY count(*) DESC LIMIT 1)",
    AS_NOBODY,
    """
    CREATE TABLE coming_vector (
        passage_id UUID NOT NULL,
        model_id SMALLINT NOT NULL,
        start INTEGER NOT NULL,
        embedding VECTOR NOT NULL,
        parts BYTEA NOT NULL,
        CONSTRAINT pk_coming_vector PRIMARY KEY (passage_id),
        CONSTRAINT fk_coming_vector_passage_id_passage FOREIGN KEY (passage_id) REFERENCES passage (id) ON DELETE CASCADE,
        CONSTRAINT fk_coming_vector_model_id_embedding_model FOREIGN KEY (model_id) REFERENCES embedding_model (id)
    )
    """,
    "ALTER TABLE coming_vector ALTER COLUMN parts SET STORAGE EXTERNAL",
    *protect("coming_vector", "(SELECT narplan_sees_all())", "(SELECT narplan_is_system())"),
)


def upgrade() -> None:
    """Note which model answers, and make the table of what the next one makes."""
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Take that away; the vectors that answer stay."""
    run = op.get_bind().exec_driver_sql
    run("DROP TABLE coming_vector")
    run("DROP INDEX uq_embedding_model_in_force")
    for column in ("place", "in_force", "wanted_at"):
        run(f"ALTER TABLE embedding_model DROP COLUMN {column}")
