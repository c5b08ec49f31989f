"""The ordinary alternative: FastAPI, models of SQLAlchemy with their relations loaded, and Pydantic to write them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import Column, ForeignKey, Table, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship, selectinload

SUPERUSER = "postgres"


class Base(DeclarativeBase):
    """Models of its own over the same tables."""


class Named(Base):
    """An organisation."""

    __tablename__ = "organisation"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]


class Someone(Base):
    """A person."""

    __tablename__ = "person"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]


class Node(Base):
    """A node."""

    __tablename__ = "taxonomy_node"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    dimension: Mapped[str]
    code: Mapped[str]
    name: Mapped[str]
    position: Mapped[int]


PLACES = Table(
    "initiative_node",
    Base.metadata,
    Column("initiative_id", ForeignKey("initiative.id"), primary_key=True),
    Column("node_id", ForeignKey("taxonomy_node.id"), primary_key=True),
)


class Share(Base):
    """A share."""

    __tablename__ = "initiative_share"
    initiative_id: Mapped[UUID] = mapped_column(ForeignKey("initiative.id"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    profile: Mapped[str]
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    organisation: Mapped[Named] = relationship()


class Link(Base):
    """Money."""

    __tablename__ = "budget_link"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    initiative_id: Mapped[UUID] = mapped_column(ForeignKey("initiative.id"))
    amount_kronor: Mapped[int]


class Initiative(Base):
    """An initiative with all around it."""

    __tablename__ = "initiative"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[str]
    summary: Mapped[str]
    status: Mapped[str]
    lead_organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    responsible_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    revision: Mapped[int]
    sort_key: Mapped[str] = mapped_column(deferred=True)
    lead_organisation: Mapped[Named] = relationship()
    responsible: Mapped[Someone | None] = relationship()
    nodes: Mapped[list[Node]] = relationship(secondary=PLACES, order_by=Node.position)
    shares: Mapped[list[Share]] = relationship()
    links: Mapped[list[Link]] = relationship()


class Reference(BaseModel):
    """Something referred to."""

    model_config = {"from_attributes": True}
    id: UUID
    name: str


class NodeOut(Reference):
    """A node referred to."""

    dimension: str
    code: str


class SharedWith(BaseModel):
    """A share."""

    id: UUID
    name: str
    profile: str
    from_on: date
    to_on: date | None


class InitiativeOut(BaseModel):
    """An initiative."""

    id: UUID
    title: str
    summary: str
    status: str
    lead_organisation: Reference
    responsible: Reference | None
    starts_on: date | None
    ends_on: date | None
    nodes: list[NodeOut]
    shared_with: list[SharedWith]
    budget_kronor: int
    created_at: datetime
    updated_at: datetime
    revision: int


class Page(BaseModel):
    """A page."""

    items: list[InitiativeOut]
    page: int
    limit: int
    total: int


GRAPH = (
    joinedload(Initiative.lead_organisation),
    joinedload(Initiative.responsible),
    selectinload(Initiative.nodes),
    selectinload(Initiative.shares).joinedload(Share.organisation),
    selectinload(Initiative.links),
)


def application(url: str) -> Any:
    """Return the application; it works as a superuser, since it knows nothing of scopes."""
    engine = create_async_engine(make_url(url).set(username=SUPERUSER))
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    app = FastAPI()

    @app.get("/api/v1/initiatives")
    async def list_initiatives(limit: int = 20, page: int = 1) -> Page:
        async with sessions() as session:
            total = await session.scalar(select(func.count()).select_from(Initiative)) or 0
            query = select(Initiative).options(*GRAPH).order_by(Initiative.sort_key, Initiative.id)
            rows = (await session.scalars(query.limit(limit).offset((page - 1) * limit))).all()
        return Page(items=[_out(row) for row in rows], page=page, limit=limit, total=total)

    return app


def _out(row: Initiative) -> InitiativeOut:
    return InitiativeOut(
        **{name: getattr(row, name) for name in InitiativeOut.model_fields if name in Initiative.__table__.columns},
        lead_organisation=Reference.model_validate(row.lead_organisation),
        responsible=Reference.model_validate(row.responsible) if row.responsible else None,
        nodes=[NodeOut.model_validate(node) for node in row.nodes],
        shared_with=[
            SharedWith(
                id=share.organisation_id,
                name=share.organisation.name,
                profile=share.profile,
                from_on=share.from_on,
                to_on=share.to_on,
            )
            for share in row.shares
        ],
        budget_kronor=sum(link.amount_kronor for link in row.links),
    )
