"""The pages, in Swedish: templates on the server, htmx where it helps, and no need for JavaScript."""

from litestar.datastructures import CacheControlHeader
from litestar.static_files import create_static_files_router

from api.web import about, documents, initiative_form, initiatives, shared, sign_in
from api.web.pages import STATIC, TEMPLATES

__all__ = ["ROUTES", "TEMPLATES"]

ROUTES = (
    create_static_files_router(
        "/static",
        [STATIC],
        cache_control=CacheControlHeader(max_age=31_536_000, immutable=True, public=True),
        opt={"public": True},
        include_in_schema=False,
    ),
    *sign_in.ROUTES,
    *documents.ROUTES,
    *initiatives.ROUTES,
    *initiative_form.ROUTES,
    *shared.ROUTES,
    *about.ROUTES,
)
"""Every route of the pages; the app is also given `TEMPLATES` as its template configuration."""
