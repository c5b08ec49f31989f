"""People of the sample region, as those who ask."""

from sqlalchemy import select

from initiatives.access import SYSTEM, Viewer
from initiatives.people import Person
from retrieval.answering import Assistant


async def viewer(assistant: Assistant, email: str) -> Viewer:
    """Return the person with this address as a viewer."""
    async with assistant.sessions(SYSTEM) as session:
        return (await session.scalars(select(Person).where(Person.email == email))).one().viewer
