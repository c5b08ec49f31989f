"""Mina uppgifter: everything that is stored about whoever asks, as text to read and save."""

from litestar import MediaType, Response, get

from api.dependencies import Person, Sessions
from initiatives import personal_data
from initiatives.access import SYSTEM
from initiatives.errors import NotFound


@get("/mina-uppgifter", include_in_schema=False)
async def own_data(sessions: Sessions, person: Person) -> Response[str]:
    """Return everything that is stored about the person, as plain text."""
    if person.person_id is None:
        raise NotFound("Nycklar har inga personuppgifter.")
    async with sessions(SYSTEM) as session:
        found = await personal_data.export(session, person, person.person_id)
    return Response(personal_data.as_text(found), media_type=MediaType.TEXT)


ROUTES = (own_data,)
