"""Distributions that have been carried out, and snapshots of the numbers that money is shared by."""

from alembic import op

from api.migrations.past import kept
from api.migrations.protection import protect

revision = "0011"
down_revision = "0010"

SEES_ALL, MAY_WRITE = "(SELECT narplan_sees_all())", "(SELECT narplan_may_write())"
RUN = (
    """
    CREATE TABLE distribution_run (
        id UUID NOT NULL,
        title TEXT NOT NULL,
        decision_reference TEXT NOT NULL,
        fund_id UUID,
        annuls_id UUID,
        annuls_reason TEXT NOT NULL,
        total_kronor BIGINT NOT NULL,
        shared_kronor BIGINT NOT NULL,
        run_at TIMESTAMP WITH TIME ZONE NOT NULL,
        engine INTEGER NOT NULL,
        plan TEXT NOT NULL,
        outcome TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        CONSTRAINT pk_distribution_run PRIMARY KEY (id),
        CONSTRAINT ck_distribution_run_shared CHECK (shared_kronor BETWEEN 0 AND total_kronor),
        CONSTRAINT ck_distribution_run_annuls CHECK (annuls_id <> id),
        CONSTRAINT fk_distribution_run_fund_id_fund FOREIGN KEY (fund_id) REFERENCES fund (id),
        CONSTRAINT uq_distribution_run_annuls_id UNIQUE (annuls_id),
        CONSTRAINT fk_distribution_run_annuls_id_distribution_run FOREIGN KEY (annuls_id) REFERENCES distribution_run (id)
    )
    """,
    "CREATE INDEX ix_distribution_run_fund_id ON distribution_run (fund_id)",
    "ALTER TABLE distribution_run ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE distribution_run FORCE ROW LEVEL SECURITY",
    f"CREATE POLICY distribution_run_read ON distribution_run FOR SELECT USING ({SEES_ALL})",
    f"CREATE POLICY distribution_run_insert ON distribution_run FOR INSERT WITH CHECK ({MAY_WRITE})",
)
LISTING = (
    """
    CREATE TABLE listing_snapshot (
        id UUID NOT NULL,
        basis TEXT NOT NULL,
        taken_on DATE NOT NULL,
        origin TEXT NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        revision INTEGER NOT NULL,
        CONSTRAINT pk_listing_snapshot PRIMARY KEY (id),
        CONSTRAINT uq_listing_snapshot_basis_taken_on UNIQUE (basis, taken_on)
    )
    """,
    """
    CREATE TABLE listing_row (
        snapshot_id UUID NOT NULL,
        unit TEXT NOT NULL,
        position INTEGER NOT NULL,
        points NUMERIC NOT NULL,
        CONSTRAINT pk_listing_row PRIMARY KEY (snapshot_id, unit),
        CONSTRAINT ck_listing_row_points CHECK (points >= 0),
        CONSTRAINT fk_listing_row_snapshot_id_listing_snapshot FOREIGN KEY (snapshot_id) REFERENCES listing_snapshot (id) ON DELETE CASCADE
    )
    """,
    *protect("listing_snapshot", SEES_ALL, MAY_WRITE),
    *protect("listing_row", SEES_ALL, MAY_WRITE),
)


def upgrade() -> None:
    """Make the tables; a run can be read and added, never changed or removed."""
    for statement in (
        *RUN,
        *LISTING,
        kept("distribution_run"),
        kept("listing_snapshot"),
        kept("listing_row", "snapshot_id", "unit"),
    ):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Take the tables away."""
    op.get_bind().exec_driver_sql("DROP TABLE listing_row, listing_snapshot, distribution_run")
