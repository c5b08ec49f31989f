"""The rows of a taxonomy: its versions, the kinds of node it has, the nodes, and what they can mean."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from initiatives import sources
from initiatives.access import MAY_WRITE_SQL, ROLE_SQL, protect
from initiatives.base import Base, text_enum
from initiatives.kinds import KINDS, Kind
from initiatives.past import kept
from initiatives.records import Record


class Dimension(StrEnum):
    """The kinds of node that a taxonomy has unless it names its own."""

    STRATEGY = "strategi"
    AREA = "delområde"
    FOUNDATION = "grundförutsättning"


class Axis(StrEnum):
    """Where the nodes of a kind stand in the coverage matrix."""

    ROWS = "rader"
    COLUMNS = "kolumner"


class ItemKind(StrEnum):
    """What a node can come to mean, and what is done already: an idea is never taken for an example."""

    IDEA = "idé"
    EXAMPLE = "exempel"


class Taxonomy(Record, Base):
    """One version of an organisation's taxonomy, with the days from and to which it holds.

    `replaces_id` is the version that it replaces.
    """

    __tablename__ = "taxonomy"
    __table_args__ = (
        UniqueConstraint("organisation_id", "name"),
        CheckConstraint("valid_to >= valid_from", name="period"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("taxonomy.id", ondelete="SET NULL"))


class TaxonomyDimension(Base):
    """A kind of node in one taxonomy: "delområde", with its plural and its place in the matrix."""

    __tablename__ = "taxonomy_dimension"

    taxonomy_id: Mapped[UUID] = mapped_column(ForeignKey("taxonomy.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    plural: Mapped[str]
    position: Mapped[int]
    axis: Mapped[Axis | None] = mapped_column(text_enum(Axis, name="axis"))


class TaxonomyNode(Record, Base):
    """One strategy, delområde, target or the like; `code` is unique within its taxonomy.

    `parent_id` is a node of the same taxonomy that it belongs under; `start_order` is what has been said of when to
    begin ("snarast", a date), in the words of the decision.
    """

    __tablename__ = "taxonomy_node"
    __table_args__ = (
        UniqueConstraint("taxonomy_id", "code"),
        ForeignKeyConstraint(
            ["taxonomy_id", "dimension"], ["taxonomy_dimension.taxonomy_id", "taxonomy_dimension.name"]
        ),
        Index(None, "parent_id"),
    )

    taxonomy_id: Mapped[UUID] = mapped_column(ForeignKey("taxonomy.id", ondelete="CASCADE"))
    dimension: Mapped[str]
    code: Mapped[str]
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    aliases: Mapped[list[str]] = mapped_column(ARRAY(Text()), default=list)
    position: Mapped[int]
    prioritised: Mapped[bool] = mapped_column(default=False)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("taxonomy_node.id", ondelete="SET NULL"))
    start_order: Mapped[str] = mapped_column(default="")


class TaxonomyItem(Record, Base):
    """Something that a node can come to mean, or an example of what is done today."""

    __tablename__ = "taxonomy_item"
    __table_args__ = (UniqueConstraint("node_id", "kind", "text"),)

    node_id: Mapped[UUID] = mapped_column(ForeignKey("taxonomy_node.id", ondelete="CASCADE"))
    kind: Mapped[ItemKind] = mapped_column(text_enum(ItemKind, name="kind"))
    text: Mapped[str]
    position: Mapped[int]


class TaxonomySuccession(Base):
    """A node has taken the place of a node of the version before; it may replace several, and share one with others."""

    __tablename__ = "taxonomy_succession"
    __table_args__ = (Index(None, "replaces_id"),)

    node_id: Mapped[UUID] = mapped_column(ForeignKey("taxonomy_node.id", ondelete="CASCADE"), primary_key=True)
    replaces_id: Mapped[UUID] = mapped_column(ForeignKey("taxonomy_node.id", ondelete="CASCADE"), primary_key=True)


_KNOWN = f"{ROLE_SQL} IS NOT NULL"
POLICIES: tuple[str, ...] = (
    *protect("taxonomy_dimension", read=_KNOWN, write=MAY_WRITE_SQL),
    *protect("taxonomy_item", read=_KNOWN, write=MAY_WRITE_SQL),
    *protect("taxonomy_succession", read=_KNOWN, write=MAY_WRITE_SQL),
)
"""Everyone who is signed in reads the whole taxonomy."""

TRIGGERS: tuple[str, ...] = (
    kept("taxonomy"),
    kept("taxonomy_dimension", "taxonomy_id", "name", part_of="taxonomy_id"),
    kept("taxonomy_node", part_of="taxonomy_id"),
    kept("taxonomy_item", part_of="node_id"),
    kept("taxonomy_succession", "node_id", "replaces_id", part_of="node_id"),
)

KINDS["taxonomy"] = Kind(
    word="taxonomi",
    plural="taxonomier",
    title=("name",),
    labels={
        "organisation_id": "Organisation",
        "name": "Namn",
        "valid_from": "Gäller från",
        "valid_to": "Gäller till",
        "replaces_id": "Ersätter",
    },
    page="/uppfoljning/taxonomi",
)
KINDS["taxonomy_dimension"] = Kind(
    word="slag av nod",
    plural="slag av noder",
    title=("name",),
    labels={
        "taxonomy_id": "Taxonomi",
        "name": "Namn",
        "plural": "I flertal",
        "position": "Plats",
        "axis": "Plats i matrisen",
    },
    part_of="taxonomy",
)
KINDS["taxonomy_node"] = Kind(
    word="nod i taxonomin",
    plural="noder",
    title=("name", "code"),
    labels={
        "taxonomy_id": "Taxonomi",
        "dimension": "Slag",
        "code": "Kod",
        "name": "Namn",
        "description": "Beskrivning",
        "aliases": "Andra namn",
        "position": "Plats",
        "prioritised": "Prioriterad",
        "parent_id": "Hör till",
        "start_order": "Startbesked",
    },
    part_of="taxonomy",
    page="/uppfoljning/taxonomi/noder",
)
KINDS["taxonomy_item"] = Kind(
    word="idé eller exempel",
    plural="idéer och exempel",
    title=("text",),
    labels={"node_id": "Nod", "kind": "Slag", "text": "Text", "position": "Plats"},
    part_of="taxonomy_node",
)
KINDS["taxonomy_succession"] = Kind(
    word="nod som ersätter en annan",
    plural="noder som ersätts",
    title=("replaces_id",),
    labels={"node_id": "Ny nod", "replaces_id": "Ersatt nod"},
    part_of="taxonomy_node",
)

sources.SUBJECTS["taxonomy_node"] = "Noden finns inte i taxonomin."
sources.SUBJECTS["taxonomy_item"] = "Raden finns inte i taxonomin."
