"""What a row points at must be there: one way to look, and to say which field is wrong."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.errors import InvalidValue
from initiatives.organisations import Organisation
from initiatives.people import Person

_MISSING = {
    Organisation: "Det finns ingen organisation med det id:t. Välj en av organisationerna i registret.",
    Person: "Det finns ingen person med det id:t. Välj en av personerna i registret.",
}


async def require(
    session: AsyncSession, kind: type[Organisation | Person], identifier: UUID | None, *, field: str
) -> None:
    """Return if the row is there, or nothing is pointed at; raise `InvalidValue` with the field otherwise."""
    if identifier is not None and await session.get(kind, identifier) is None:
        raise InvalidValue(_MISSING[kind], field=field)
