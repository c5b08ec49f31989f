"""The pages, in Swedish: templates on the server, htmx where it helps, and no need for JavaScript."""

from litestar.datastructures import CacheControlHeader
from litestar.static_files import create_static_files_router

from api.web import about
from api.web.pages import SECURITY_HEADERS, STATIC, TEMPLATES

__all__ = ["ROUTES", "SECURITY_HEADERS", "TEMPLATES"]

ROUTES = (
    create_static_files_router(
        "/static",
        [STATIC],
        cache_control=CacheControlHeader(max_age=31_536_000, immutable=True, public=True),
        opt={"public": True},
        include_in_schema=False,
    ),
    *about.ROUTES,
)
