"""The table of suggestions. Those who may write in the register see them; to others they are not there."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from initiatives.access import MAY_WRITE_SQL, protect
from initiatives.base import Base, new_id, text_enum, utcnow
from initiatives.suggestions.drafts import Confidence, Kind

LONGEST_QUOTE = 5_000


class State(StrEnum):
    """What has become of a suggestion; only people accept and reject, and only a newer version supersedes."""

    OPEN = "öppet"
    ACCEPTED = "tillagt"
    REJECTED = "avvisat"
    SUPERSEDED = "ersatt"


class Suggestion(Base):
    """A draft that a rule read out of `start` to `end` of a document's version, where `quote` stands word for word.

    `mark` tells it from the document's others in all versions. `became_type` and `became_id` are the row of the
    register that it became.
    """

    __tablename__ = "suggestion"
    __table_args__ = (
        UniqueConstraint("document_id", "mark"),
        CheckConstraint('start >= 0 AND "end" > start', name="span"),
        CheckConstraint("(state IN ('tillagt', 'avvisat')) = (decided_at IS NOT NULL)", name="decided"),
        CheckConstraint("(state = 'tillagt') = (became_id IS NOT NULL)", name="became"),
        Index(None, "version_id"),
        Index(None, "parent_id"),
        Index(None, "decided_by"),
        Index(None, "state", "document_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("document_version.id", ondelete="CASCADE"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("suggestion.id", ondelete="CASCADE"))
    kind: Mapped[Kind] = mapped_column(text_enum(Kind, name="kind"))
    mark: Mapped[bytes] = mapped_column(LargeBinary)
    draft: Mapped[dict[str, Any]] = mapped_column(JSONB)
    confidence: Mapped[Confidence] = mapped_column(text_enum(Confidence, name="confidence"))
    rule: Mapped[str]
    position: Mapped[int]
    start: Mapped[int]
    end: Mapped[int]
    page: Mapped[int | None]
    quote: Mapped[str]
    state: Mapped[State] = mapped_column(text_enum(State, name="state"))
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    became_type: Mapped[str | None]
    became_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow)


POLICIES: tuple[str, ...] = protect("suggestion", read=MAY_WRITE_SQL)
