"""What a person shows instead of a password: a browser's session or an API key. Only SHA-256 of either is stored."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from initiatives.access import IS_SYSTEM_SQL, PERSON_SQL, protect
from initiatives.base import Base, new_id, utcnow


class LoginSession(Base):
    """A signed-in browser; the token itself exists only in its cookie."""

    __tablename__ = "login_session"

    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime]


class ApiKey(Base):
    """A key for machines; `prefix` is shown so that people can tell their keys apart."""

    __tablename__ = "api_key"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    prefix: Mapped[str]
    key_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


_OWN = f"{IS_SYSTEM_SQL} OR person_id = {PERSON_SQL}"

POLICIES: tuple[str, ...] = (
    *protect("login_session", read=_OWN, write=_OWN),
    *protect("api_key", read=_OWN, write=_OWN),
)
