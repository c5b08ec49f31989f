"""Kinds of node as data, versions that replace each other, and what nodes can mean."""

from alembic import op

from api.migrations.past import kept
from api.migrations.protection import protect

revision = "0013"
down_revision = "0012"

REVISED = "ADD COLUMN created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(), ADD COLUMN updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(), ADD COLUMN revision INTEGER NOT NULL DEFAULT 1"
UNSAID = (
    "ALTER COLUMN created_at DROP DEFAULT, ALTER COLUMN updated_at DROP DEFAULT, ALTER COLUMN revision DROP DEFAULT"
)
VERSIONS = (
    f"ALTER TABLE taxonomy {REVISED}, ADD COLUMN replaces_id UUID",
    f"ALTER TABLE taxonomy {UNSAID}, ADD CONSTRAINT ck_taxonomy_period CHECK (valid_to >= valid_from), ADD CONSTRAINT fk_taxonomy_replaces_id_taxonomy FOREIGN KEY (replaces_id) REFERENCES taxonomy (id) ON DELETE SET NULL",
)
DIMENSIONS = (
    """
    CREATE TABLE taxonomy_dimension (
        taxonomy_id UUID NOT NULL,
        name TEXT NOT NULL,
        plural TEXT NOT NULL,
        position INTEGER NOT NULL,
        axis VARCHAR(40),
        CONSTRAINT pk_taxonomy_dimension PRIMARY KEY (taxonomy_id, name),
        CONSTRAINT fk_taxonomy_dimension_taxonomy_id_taxonomy FOREIGN KEY (taxonomy_id) REFERENCES taxonomy (id) ON DELETE CASCADE,
        CONSTRAINT ck_taxonomy_dimension_axis CHECK (axis IN ('rader', 'kolumner'))
    )
    """,
    """
    INSERT INTO taxonomy_dimension
    SELECT DISTINCT taxonomy_id, known.name, known.plural, known.position, known.axis
    FROM taxonomy_node JOIN (VALUES
        ('strategi', 'strategier', 1, NULL),
        ('delområde', 'delområden', 2, 'rader'),
        ('grundförutsättning', 'grundförutsättningar', 3, 'kolumner')
    ) AS known (name, plural, position, axis) ON known.name = dimension
    """,
)
NODES = (
    f"ALTER TABLE taxonomy_node {REVISED}, DROP CONSTRAINT ck_taxonomy_node_dimension, ALTER COLUMN dimension TYPE TEXT, ADD COLUMN parent_id UUID, ADD COLUMN start_order TEXT NOT NULL DEFAULT ''",
    f"ALTER TABLE taxonomy_node {UNSAID}, ALTER COLUMN start_order DROP DEFAULT, ADD CONSTRAINT fk_taxonomy_node_taxonomy_id_dimension_taxonomy_dimension FOREIGN KEY (taxonomy_id, dimension) REFERENCES taxonomy_dimension (taxonomy_id, name), ADD CONSTRAINT fk_taxonomy_node_parent_id_taxonomy_node FOREIGN KEY (parent_id) REFERENCES taxonomy_node (id) ON DELETE SET NULL",
    "CREATE INDEX ix_taxonomy_node_parent_id ON taxonomy_node (parent_id)",
)
REST = (
    """
    CREATE TABLE taxonomy_item (
        id UUID NOT NULL,
        node_id UUID NOT NULL,
        kind VARCHAR(40) NOT NULL,
        text TEXT NOT NULL,
        position INTEGER NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        revision INTEGER NOT NULL,
        CONSTRAINT pk_taxonomy_item PRIMARY KEY (id),
        CONSTRAINT uq_taxonomy_item_node_id_kind_text UNIQUE (node_id, kind, text),
        CONSTRAINT fk_taxonomy_item_node_id_taxonomy_node FOREIGN KEY (node_id) REFERENCES taxonomy_node (id) ON DELETE CASCADE,
        CONSTRAINT ck_taxonomy_item_kind CHECK (kind IN ('idé', 'exempel'))
    )
    """,
    """
    CREATE TABLE taxonomy_succession (
        node_id UUID NOT NULL,
        replaces_id UUID NOT NULL,
        CONSTRAINT pk_taxonomy_succession PRIMARY KEY (node_id, replaces_id),
        CONSTRAINT fk_taxonomy_succession_node_id_taxonomy_node FOREIGN KEY (node_id) REFERENCES taxonomy_node (id) ON DELETE CASCADE,
        CONSTRAINT fk_taxonomy_succession_replaces_id_taxonomy_node FOREIGN KEY (replaces_id) REFERENCES taxonomy_node (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_taxonomy_succession_replaces_id ON taxonomy_succession (replaces_id)",
)
SCOPED = ("taxonomy_dimension", "taxonomy_item", "taxonomy_succession")
KEPT = {
    "taxonomy": ("id",),
    "taxonomy_dimension": ("taxonomy_id", "name", "^taxonomy_id"),
    "taxonomy_node": ("id", "^taxonomy_id"),
    "taxonomy_item": ("id", "^node_id"),
    "taxonomy_succession": ("node_id", "replaces_id", "^node_id"),
}
SO_FAR = "INSERT INTO past (kind, key, during, state, parent) SELECT '{table}', {key}, tstzrange(now(), NULL), to_jsonb({table}), {parent} FROM {table}"
UNKNOWN_KINDS = "SELECT id FROM taxonomy_node WHERE dimension NOT IN ('strategi', 'delområde', 'grundförutsättning')"


def _run(*statements: str) -> None:
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)


def upgrade() -> None:
    """Keep the kinds, versions and nodes there are, and give the past of the whole taxonomy a beginning."""
    _run(*VERSIONS, *DIMENSIONS, *NODES, *REST)
    _run("ALTER TABLE past NO FORCE ROW LEVEL SECURITY")
    for table, keys in KEPT.items():
        key = " || ' ' || ".join(f"{name}::text" for name in keys if name[0] != "^")
        parent = f"{keys[-1][1:]}::text" if keys[-1][0] == "^" else "NULL"
        _run(SO_FAR.format(table=table, key=key, parent=parent), kept(table, *keys))
    _run("ALTER TABLE past FORCE ROW LEVEL SECURITY")
    for table in SCOPED:
        _run(*protect(table, "(SELECT narplan_role()) IS NOT NULL", "(SELECT narplan_may_write())"))


def downgrade() -> None:
    """Take away what nodes can mean, and the kinds that were not known before with the nodes of them."""
    _run(
        *(f"DROP TRIGGER past_{table} ON {table}" for table in KEPT),
        "ALTER TABLE past NO FORCE ROW LEVEL SECURITY",
        "DELETE FROM past WHERE kind LIKE 'taxonomy%%'",
        "ALTER TABLE past FORCE ROW LEVEL SECURITY",
        "DROP TABLE taxonomy_succession, taxonomy_item",
        "ALTER TABLE initiative_node NO FORCE ROW LEVEL SECURITY",
        f"DELETE FROM initiative_node WHERE node_id IN ({UNKNOWN_KINDS})",
        "ALTER TABLE initiative_node FORCE ROW LEVEL SECURITY",
        "ALTER TABLE taxonomy_node DROP CONSTRAINT fk_taxonomy_node_taxonomy_id_dimension_taxonomy_dimension",
        "DROP TABLE taxonomy_dimension",
        f"DELETE FROM taxonomy_node WHERE id IN ({UNKNOWN_KINDS})",
        "ALTER TABLE taxonomy_node DROP COLUMN parent_id, DROP COLUMN start_order, DROP COLUMN created_at, DROP COLUMN updated_at, DROP COLUMN revision, ALTER COLUMN dimension TYPE VARCHAR(40), ADD CONSTRAINT ck_taxonomy_node_dimension CHECK (dimension IN ('strategi', 'delområde', 'grundförutsättning'))",
        "ALTER TABLE taxonomy DROP CONSTRAINT ck_taxonomy_period, DROP COLUMN replaces_id, DROP COLUMN created_at, DROP COLUMN updated_at, DROP COLUMN revision",
    )
