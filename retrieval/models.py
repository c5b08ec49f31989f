"""The embedding models that the database knows: whose vectors answer, which is wanted instead, and where each lies.

docs/decisions/0034-change-of-model.md says why.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Identity, Index, Select, SmallInteger, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from initiatives.base import Base
from retrieval import bundled
from retrieval.embedding import BUNDLED, PRECISIONS, Embedder, EmbeddingConfig, ModelStamp, ModelUnavailable


class EmbeddingModel(Base):
    """The stamp of every vector: the model and revision that made it.

    ``place`` is where the model was when it was last used: "bundled", a folder, or a name in the local Hugging Face
    cache; None for one that no release since has used. The vectors of the one ``in_force`` answer; the one that is
    wanted is that which was last asked for, at ``wanted_at``.
    """

    __tablename__ = "embedding_model"
    __table_args__ = (
        UniqueConstraint("name", "revision"),
        Index("uq_embedding_model_in_force", "in_force", unique=True, postgresql_where="in_force"),
    )

    id: Mapped[int] = mapped_column(SmallInteger, Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    revision: Mapped[str] = mapped_column(Text)
    dimensions: Mapped[int] = mapped_column(SmallInteger)
    place: Mapped[str | None] = mapped_column(Text)
    in_force: Mapped[bool] = mapped_column(server_default="false")
    wanted_at: Mapped[dt.datetime | None]


@dataclass(frozen=True, slots=True)
class Known:
    """A model that has made vectors, and where it lay then."""

    id: int
    stamp: ModelStamp
    place: str | None

    @property
    def named(self) -> str:
        """The model as people are told of it."""
        return f"{self.stamp.name} ({self.stamp.revision})"


async def in_force(session: AsyncSession) -> Known | None:
    """Return the model whose vectors answer; None until the first document."""
    return await _first(session, select(EmbeddingModel).where(EmbeddingModel.in_force))


async def wanted(session: AsyncSession) -> Known | None:
    """Return the model that was last asked for, be it the one in force; None until a worker has started."""
    asked = EmbeddingModel.wanted_at.is_not(None)
    return await _first(session, select(EmbeddingModel).where(asked).order_by(EmbeddingModel.wanted_at.desc()).limit(1))


async def speaker(own: Embedder, known: Known) -> Embedder:
    """Return what reads texts with a known model: the process's own, or one opened from where the model lay.

    Raises `ModelUnavailable` when the model is not here any more, or other weights lie in its place.
    """
    for config in _configurations(own.config, known):
        embedder = own.sibling(config)
        try:
            if await embedder.stamp() == known.stamp:
                return embedder
        except ModelUnavailable:
            continue
    where = f" Den låg i {known.place}." if known.place not in (None, BUNDLED, known.stamp.name) else ""
    raise ModelUnavailable(
        f"Sökindexet är byggt med modellen {known.named}, och den finns inte på den här datorn.{where}", field="model"
    )


def place(config: EmbeddingConfig) -> str:
    """Return where a configured model is, so that another process on this machine finds it."""
    folder = Path(config.model).expanduser()
    return str(folder.resolve()) if config.model != BUNDLED and folder.is_dir() else config.model


def known(row: EmbeddingModel) -> Known:
    """Return what a row says of a model."""
    return Known(row.id, ModelStamp(row.name, row.revision, row.dimensions), row.place)


async def _first(session: AsyncSession, query: Select[EmbeddingModel]) -> Known | None:
    row = await session.scalar(query.execution_options(populate_existing=True))
    return None if row is None else known(row)


def _configurations(own: EmbeddingConfig, sought: Known) -> Iterator[EmbeddingConfig]:
    """Yield the configurations that may give the model, the most likely first: none is loaded without need."""
    lay = sought.place or (BUNDLED if sought.stamp.name == bundled.NAME else sought.stamp.name)
    precision = sought.stamp.revision.rpartition("-")[2]
    there = replace(own, model=lay, precision=precision if precision in PRECISIONS else "auto")
    yield from (own, there) if place(own) == lay else (there, own)
