"""The pages about the service itself; open to everyone."""

from litestar import get
from litestar.exceptions import NotFoundException
from litestar.response import Template

from api.web.pages import page


@get("/om", include_in_schema=False, opt={"public": True}, sync_to_thread=False)
def about() -> Template:
    """Tell how the service answers, that it is an AI, and where to get help."""
    return page("about.html")


@get("/tillganglighet", include_in_schema=False, opt={"public": True}, sync_to_thread=False)
def accessibility() -> Template:
    """Show the accessibility statement."""
    return page("accessibility.html")


@get("/{unknown:path}", include_in_schema=False, opt={"public": True}, sync_to_thread=False)
def not_found() -> None:
    """Say that the page does not exist; as a page of ours it knows who is signed in and shows their menu."""
    raise NotFoundException


ROUTES = (about, accessibility, not_found)
