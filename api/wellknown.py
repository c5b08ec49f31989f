"""The route of `/.well-known/security.txt`."""

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler

from api.disclosure import Disclosure


def security_txt(disclosure: Disclosure | None) -> HTTPRouteHandler:
    """Return the route; without anybody to tell, the file does not exist."""

    @get("/.well-known/security.txt", include_in_schema=False, opt={"public": True}, sync_to_thread=False)
    def handler() -> Response[str]:
        if disclosure is None:
            raise NotFoundException
        headers = {"Cache-Control": "public, max-age=3600"}
        return Response(disclosure.text(), media_type="text/plain", headers=headers)

    return handler
