"""What a row of the table refers to by name: an organisation, an agreement, a part, a person, a year."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import organisations, values
from initiatives.errors import InvalidValue
from initiatives.grants.agreements import Agreement
from initiatives.grants.components import Component
from initiatives.organisations import Organisation
from initiatives.people import Person
from initiatives.rows import Row

GRANT = "överenskommelse"
FORMULA = ("'=", "'+", "'-", "'@")
"""How a text that would begin a formula is written for spreadsheets; the apostrophe is not part of it."""


def text_of(row: Row, name: str) -> str:
    """Return the text of a cell as it was before it was made safe for spreadsheets."""
    text = row.get(name)
    return text[1:] if text.startswith(FORMULA) else text


async def organisation_of(session: AsyncSession, row: Row) -> UUID:
    """Return the organisation that the row names, or raise `InvalidValue`."""
    name = text_of(row, "organisation")
    found = await organisations.find_organisation(session, name) if name else None
    if found is None:
        text = f"Det finns ingen organisation som heter {name}. Kontrollera stavningen." if name else "Fyll i kolumnen."
        raise InvalidValue(text, field="organisation")
    return found.id


async def grant_of(session: AsyncSession, row: Row) -> UUID:
    """Return the agreement that the row names, with its first year where that is needed, or raise `InvalidValue`."""
    name = text_of(row, "överenskommelse")
    query = select(Agreement.id).where(func.lower(Agreement.name) == name.lower())
    if row.get("från"):
        query = query.where(Agreement.from_year == year_in(row, "från"))
    if row.get("organisation"):
        query = query.join(Organisation).where(func.lower(Organisation.name) == row.get("organisation").lower())
    found = (await session.scalars(query.limit(2))).all()
    if not found:
        raise InvalidValue("Det finns ingen sådan överenskommelse, varken i tabellen eller i registret.", field=GRANT)
    if len(found) > 1:
        raise InvalidValue("Det finns flera överenskommelser med det namnet. Fyll i från.", field=GRANT)
    return found[0]


async def component_of(session: AsyncSession, row: Row, grant_id: UUID | None) -> UUID | None:
    """Return the part that the row names, None if it names none, or raise `InvalidValue`."""
    name = text_of(row, "del")
    if not name:
        return None
    query = select(Component.id).where(Component.grant_id == grant_id, func.lower(Component.name) == name.lower())
    if row.get("år"):
        query = query.where(Component.year == year_in(row, "år"))
    found = (await session.scalars(query.limit(2))).all()
    if not found:
        raise InvalidValue("Överenskommelsen har ingen sådan del det året.", field="del")
    if len(found) > 1:
        raise InvalidValue("Överenskommelsen har delen flera år. Fyll i år.", field="del")
    return found[0]


async def responsible(session: AsyncSession, row: Row) -> UUID | None:
    """Return the person with the address in the row, None if there is none, or raise `InvalidValue`."""
    address = row.get("ansvarig").lower()
    if not address:
        return None
    found = await session.scalar(select(Person.id).where(Person.email == address))
    if found is None:
        raise InvalidValue("Det finns ingen person med den adressen.", field="ansvarig")
    return found


def year_in(row: Row, column: str) -> int:
    """Return the year in a column, or raise `InvalidValue`."""
    text = row.get(column)
    if not text.isascii() or not text.isdecimal():
        raise InvalidValue("Skriv året med fyra siffror, till exempel 2026.", field=column)
    return values.year(int(text[:9]), field=column)
