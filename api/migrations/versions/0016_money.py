"""What a fund is given to: allocations, transfers, and rounds of applications."""

from alembic import op

from api.migrations.past import kept
from api.migrations.protection import protect

revision = "0016"
down_revision = "0015"

SEES_ALL, WRITES = "(SELECT narplan_sees_all())", "(SELECT narplan_may_write())"
FUND = (
    "ALTER TABLE fund ADD COLUMN kind VARCHAR(40) NOT NULL DEFAULT 'anslag', ADD COLUMN decision TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE fund ALTER COLUMN kind DROP DEFAULT, ALTER COLUMN decision DROP DEFAULT, ADD CONSTRAINT ck_fund_kind CHECK (kind IN ('anslag', 'förfogandeanslag', 'eget kapital'))",
)
TABLES = (
    """
    CREATE TABLE allocation (
        fund_id UUID NOT NULL,
        receiver_id UUID,
        receiver TEXT NOT NULL,
        amount_kronor BIGINT NOT NULL,
        recurring BOOLEAN NOT NULL,
        purpose TEXT NOT NULL,
        clause TEXT NOT NULL,
        node_id UUID,
        id UUID NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        revision INTEGER NOT NULL,
        CONSTRAINT pk_allocation PRIMARY KEY (id),
        CONSTRAINT ck_allocation_amount CHECK (amount_kronor > 0),
        CONSTRAINT ck_allocation_receiver CHECK ((receiver_id IS NULL) = (receiver <> '')),
        CONSTRAINT fk_allocation_fund_id_fund FOREIGN KEY (fund_id) REFERENCES fund (id),
        CONSTRAINT fk_allocation_receiver_id_organisation FOREIGN KEY (receiver_id) REFERENCES organisation (id),
        CONSTRAINT fk_allocation_node_id_taxonomy_node FOREIGN KEY (node_id) REFERENCES taxonomy_node (id)
    )
    """,
    "CREATE INDEX ix_allocation_fund_id ON allocation (fund_id)",
    "CREATE INDEX ix_allocation_node_id ON allocation (node_id)",
    "CREATE INDEX ix_allocation_receiver_id ON allocation (receiver_id)",
    """
    CREATE TABLE fund_transfer (
        id UUID NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        from_fund_id UUID NOT NULL,
        to_fund_id UUID NOT NULL,
        amount_kronor BIGINT NOT NULL,
        moved_on DATE NOT NULL,
        decision TEXT NOT NULL,
        CONSTRAINT pk_fund_transfer PRIMARY KEY (id),
        CONSTRAINT ck_fund_transfer_amount CHECK (amount_kronor > 0),
        CONSTRAINT ck_fund_transfer_ends CHECK (from_fund_id <> to_fund_id),
        CONSTRAINT fk_fund_transfer_from_fund_id_fund FOREIGN KEY (from_fund_id) REFERENCES fund (id),
        CONSTRAINT fk_fund_transfer_to_fund_id_fund FOREIGN KEY (to_fund_id) REFERENCES fund (id)
    )
    """,
    "CREATE INDEX ix_fund_transfer_from_fund_id ON fund_transfer (from_fund_id)",
    "CREATE INDEX ix_fund_transfer_to_fund_id ON fund_transfer (to_fund_id)",
    """
    CREATE TABLE application_round (
        allocation_id UUID NOT NULL,
        title TEXT NOT NULL,
        criteria TEXT NOT NULL,
        total_kronor BIGINT NOT NULL,
        most_kronor BIGINT,
        opens_on DATE NOT NULL,
        closes_on DATE NOT NULL,
        report_due_on DATE,
        id UUID NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        revision INTEGER NOT NULL,
        CONSTRAINT pk_application_round PRIMARY KEY (id),
        CONSTRAINT ck_application_round_amounts CHECK (total_kronor > 0 AND most_kronor > 0),
        CONSTRAINT ck_application_round_period CHECK (closes_on >= opens_on),
        CONSTRAINT fk_application_round_allocation_id_allocation FOREIGN KEY (allocation_id) REFERENCES allocation (id)
    )
    """,
    "CREATE INDEX ix_application_round_allocation_id ON application_round (allocation_id)",
    """
    CREATE TABLE application (
        round_id UUID NOT NULL,
        organisation_id UUID,
        applicant TEXT NOT NULL,
        title TEXT NOT NULL,
        description TEXT NOT NULL,
        amount_kronor BIGINT NOT NULL,
        received_on DATE NOT NULL,
        awarded_kronor BIGINT,
        decided_on DATE,
        decision TEXT NOT NULL,
        report_due_on DATE,
        reported_on DATE,
        method TEXT NOT NULL,
        result TEXT NOT NULL,
        published BOOLEAN NOT NULL,
        id UUID NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        revision INTEGER NOT NULL,
        CONSTRAINT pk_application PRIMARY KEY (id),
        CONSTRAINT ck_application_amounts CHECK (amount_kronor > 0 AND awarded_kronor BETWEEN 0 AND amount_kronor),
        CONSTRAINT ck_application_applicant CHECK ((organisation_id IS NULL) = (applicant <> '')),
        CONSTRAINT ck_application_report CHECK (reported_on IS NULL OR awarded_kronor > 0),
        CONSTRAINT ck_application_decided CHECK ((awarded_kronor IS NULL) = (decided_on IS NULL)),
        CONSTRAINT fk_application_round_id_application_round FOREIGN KEY (round_id) REFERENCES application_round (id),
        CONSTRAINT fk_application_organisation_id_organisation FOREIGN KEY (organisation_id) REFERENCES organisation (id)
    )
    """,
    "CREATE INDEX ix_application_organisation_id ON application (organisation_id)",
    "CREATE INDEX ix_application_round_id ON application (round_id)",
)
WITHIN = (
    "ALTER TABLE budget_link ADD COLUMN allocation_id UUID CONSTRAINT fk_budget_link_allocation_id_allocation REFERENCES allocation (id)",
    "CREATE INDEX ix_budget_link_allocation_id ON budget_link (allocation_id)",
)
PROTECTED = ("allocation", "application_round", "application")
LEDGER = (
    "ALTER TABLE fund_transfer ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE fund_transfer FORCE ROW LEVEL SECURITY",
    f"CREATE POLICY fund_transfer_read ON fund_transfer FOR SELECT USING ({SEES_ALL})",
    f"CREATE POLICY fund_transfer_insert ON fund_transfer FOR INSERT WITH CHECK ({WRITES})",
)


def _run(*statements: str) -> None:
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)


def upgrade() -> None:
    """Make the tables, and let all funds that are there be of the plainest kind."""
    _run(*FUND, *TABLES, *WITHIN, *LEDGER)
    for table in PROTECTED:
        _run(*protect(table, SEES_ALL, WRITES))
    _run(*(kept(table) for table in (*PROTECTED, "fund_transfer")))


def downgrade() -> None:
    """Take them away."""
    _run(
        "ALTER TABLE budget_link DROP COLUMN allocation_id",
        "DROP TABLE application, application_round, fund_transfer, allocation",
        "ALTER TABLE fund DROP COLUMN kind, DROP COLUMN decision",
    )
