"""Changes to follow, and webhooks."""

from alembic import op

from api.migrations.protection import protect

revision = "0009"
down_revision = "0008"

READABLE = "(SELECT narplan_sees_all()) OR organisation_id = (SELECT narplan_organisation())"
OF_READABLE_FEED = "(SELECT narplan_is_system()) OR feed_id IN (SELECT id FROM change_feed)"
SYSTEM = "(SELECT narplan_is_system())"
HANDLES = "(SELECT narplan_may_administer()) OR ((SELECT narplan_key()) IS NOT NULL AND organisation_id = (SELECT narplan_organisation()) AND feed_id IN (SELECT id FROM change_feed))"
OF_HANDLED = "(SELECT narplan_is_system()) OR webhook_id IN (SELECT id FROM webhook)"
OF_HANDLED_DELIVERY = "(SELECT narplan_is_system()) OR delivery_id IN (SELECT id FROM webhook_delivery)"

TABLES = (
    """
    CREATE TABLE change_feed (
        id UUID NOT NULL,
        organisation_id UUID,
        cursor_key BYTEA NOT NULL,
        last BIGINT NOT NULL,
        forgotten BIGINT NOT NULL,
        looked_head BIGINT,
        looked_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_change_feed PRIMARY KEY (id),
        CONSTRAINT uq_change_feed_organisation_id UNIQUE NULLS NOT DISTINCT (organisation_id),
        CONSTRAINT fk_change_feed_organisation_id_organisation FOREIGN KEY (organisation_id) REFERENCES organisation (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE change (
        feed_id UUID NOT NULL,
        sequence BIGINT NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        kind VARCHAR(40) NOT NULL,
        subject_type TEXT NOT NULL,
        subject_id UUID NOT NULL,
        fields TEXT[] NOT NULL,
        withdrawn TEXT[] NOT NULL,
        CONSTRAINT pk_change PRIMARY KEY (feed_id, sequence),
        CONSTRAINT fk_change_feed_id_change_feed FOREIGN KEY (feed_id) REFERENCES change_feed (id) ON DELETE CASCADE,
        CONSTRAINT ck_change_kind CHECK (kind IN ('shared', 'changed', 'unshared'))
    )
    """,
    "CREATE INDEX ix_change_feed_id_at ON change (feed_id, at)",
    """
    CREATE TABLE followed (
        feed_id UUID NOT NULL,
        subject_type TEXT NOT NULL,
        subject_id UUID NOT NULL,
        fields JSONB NOT NULL,
        CONSTRAINT pk_followed PRIMARY KEY (feed_id, subject_type, subject_id),
        CONSTRAINT fk_followed_feed_id_change_feed FOREIGN KEY (feed_id) REFERENCES change_feed (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE webhook (
        id UUID NOT NULL,
        organisation_id UUID NOT NULL,
        feed_id UUID NOT NULL,
        url TEXT NOT NULL,
        events TEXT[] NOT NULL,
        secret BYTEA NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        disabled_at TIMESTAMP WITH TIME ZONE,
        disabled_reason TEXT,
        failing_since TIMESTAMP WITH TIME ZONE,
        claimed_by UUID,
        claimed_until TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_webhook PRIMARY KEY (id),
        CONSTRAINT fk_webhook_organisation_id_organisation FOREIGN KEY (organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
        CONSTRAINT fk_webhook_feed_id_change_feed FOREIGN KEY (feed_id) REFERENCES change_feed (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_webhook_organisation_id ON webhook (organisation_id)",
    "CREATE INDEX ix_webhook_feed_id ON webhook (feed_id)",
    """
    CREATE TABLE webhook_delivery (
        id UUID NOT NULL,
        webhook_id UUID NOT NULL,
        event TEXT NOT NULL,
        sequence BIGINT,
        state VARCHAR(40) NOT NULL,
        tries SMALLINT NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        next_try_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_webhook_delivery PRIMARY KEY (id),
        CONSTRAINT fk_webhook_delivery_webhook_id_webhook FOREIGN KEY (webhook_id) REFERENCES webhook (id) ON DELETE CASCADE,
        CONSTRAINT ck_webhook_delivery_state CHECK (state IN ('waiting', 'delivered', 'failed', 'withdrawn'))
    )
    """,
    "CREATE INDEX ix_webhook_delivery_webhook_id_id ON webhook_delivery (webhook_id, id)",
    "CREATE INDEX ix_webhook_delivery_due ON webhook_delivery (webhook_id, next_try_at) WHERE state = 'waiting'",
    "CREATE INDEX ix_webhook_delivery_created_at ON webhook_delivery (created_at)",
    """
    CREATE TABLE webhook_attempt (
        delivery_id UUID NOT NULL,
        number SMALLINT NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        status SMALLINT,
        milliseconds INTEGER NOT NULL,
        answer TEXT NOT NULL,
        problem TEXT,
        CONSTRAINT pk_webhook_attempt PRIMARY KEY (delivery_id, number),
        CONSTRAINT fk_webhook_attempt_delivery_id_webhook_delivery FOREIGN KEY (delivery_id) REFERENCES webhook_delivery (id) ON DELETE CASCADE
    )
    """,
)
POLICIES = {
    "change_feed": (READABLE, SYSTEM),
    "change": (OF_READABLE_FEED, SYSTEM),
    "followed": (OF_READABLE_FEED, SYSTEM),
    "webhook": (HANDLES, HANDLES),
    "webhook_delivery": (OF_HANDLED, OF_HANDLED),
    "webhook_attempt": (OF_HANDLED_DELIVERY, SYSTEM),
}
"""For each table, who may read a row and who may write it."""


def upgrade() -> None:
    """Make the tables, each with its policies."""
    for statement in TABLES:
        op.get_bind().exec_driver_sql(statement)
    for table, (read, write) in POLICIES.items():
        for statement in protect(table, read, write):
            op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Take the tables away; followers begin anew."""
    for table in reversed(POLICIES):
        op.get_bind().exec_driver_sql(f"DROP TABLE {table}")
