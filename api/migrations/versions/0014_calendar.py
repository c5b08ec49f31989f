"""Calendars that calendar programs fetch."""

from alembic import op

from api.migrations.protection import protect

revision = "0014"
down_revision = "0013"

OWN = "person_id = (SELECT narplan_person()) OR (SELECT narplan_may_administer()) OR (SELECT narplan_is_system())"
STATEMENTS = (
    """
    CREATE TABLE calendar_feed (
        id UUID NOT NULL,
        name TEXT NOT NULL,
        person_id UUID,
        membership_id UUID,
        organisation_id UUID NOT NULL,
        token_sha256 BYTEA NOT NULL,
        days_before INTEGER[] NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        last_used_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_calendar_feed PRIMARY KEY (id),
        CONSTRAINT ck_calendar_feed_whose CHECK ((person_id IS NULL) = (membership_id IS NULL)),
        CONSTRAINT fk_calendar_feed_person_id_person FOREIGN KEY (person_id) REFERENCES person (id) ON DELETE CASCADE,
        CONSTRAINT fk_calendar_feed_membership_id_membership FOREIGN KEY (membership_id) REFERENCES membership (id) ON DELETE CASCADE,
        CONSTRAINT fk_calendar_feed_organisation_id_organisation FOREIGN KEY (organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
        CONSTRAINT uq_calendar_feed_token_sha256 UNIQUE (token_sha256)
    )
    """,
    "CREATE INDEX ix_calendar_feed_person_id ON calendar_feed (person_id)",
    *protect("calendar_feed", OWN, OWN),
)


def upgrade() -> None:
    """Add the table."""
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Take the calendars away."""
    op.get_bind().exec_driver_sql("DROP TABLE calendar_feed")
