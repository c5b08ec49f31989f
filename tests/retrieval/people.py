"""People of the sample region, as those who ask."""

from initiatives import people
from initiatives.access import SYSTEM, Viewer
from retrieval.answering import Assistant


async def viewer(assistant: Assistant, email: str) -> Viewer:
    """Return the person with this address as a viewer, in their oldest membership."""
    async with assistant.sessions(SYSTEM) as session:
        found = await people.find_by_email(session, email)
        return (await people.viewers_of(session, found.id))[0]
