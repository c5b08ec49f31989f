"""The pages about the service itself; open to everyone."""

from litestar import get
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


ROUTES = (about, accessibility)
