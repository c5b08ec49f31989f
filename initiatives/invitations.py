"""Invitations: somebody is asked into an organisation, in a role, by a link that works once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from initiatives.access import IS_SYSTEM_SQL, MAY_ADMINISTER_SQL, MAY_WRITE_SQL, ROLE_SQL, Role
from initiatives.base import Base, new_id, text_enum, utcnow


class Invitation(Base):
    """A person with this address may join the organisation in this role; the token exists only in the link."""

    __tablename__ = "invitation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    role: Mapped[Role] = mapped_column(text_enum(Role, name="role"))
    invited_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    withdrawn_at: Mapped[datetime | None]


_TO_MUNICIPALITIES = "organisation_id IN (SELECT id FROM organisation WHERE kind = 'kommun')"
_BY_PROGRAMME_GROUP = f"{ROLE_SQL} = 'programgrupp' AND role IN ('kommunpartner', 'läsare') AND {_TO_MUNICIPALITIES}"
_GIVES = f"{MAY_ADMINISTER_SQL} OR ({_BY_PROGRAMME_GROUP})"

POLICIES: tuple[str, ...] = (
    "ALTER TABLE invitation ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE invitation FORCE ROW LEVEL SECURITY",
    f"CREATE POLICY invitation_read ON invitation FOR SELECT USING ({MAY_WRITE_SQL})",
    f"CREATE POLICY invitation_insert ON invitation FOR INSERT WITH CHECK ({_GIVES})",
    f"CREATE POLICY invitation_update ON invitation FOR UPDATE USING ({_GIVES}) WITH CHECK ({_GIVES})",
    f"CREATE POLICY invitation_delete ON invitation FOR DELETE USING ({IS_SYSTEM_SQL})",
)
"""As `initiatives.roles` has it: administrators invite anybody, the programme group only to the municipalities."""
