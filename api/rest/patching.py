"""What every change has in common: the revision that was read, and only the fields that were sent."""

from typing import Annotated, Any

import msgspec
from litestar import Response
from litestar.params import HeaderParameter
from msgspec import UNSET

from api.etags import etag

IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="ETag från läsningen.")]
"""The type of a handler's `if_match`, for `api.etags.expected_revision`; it has the default None."""


def sent(data: msgspec.Struct) -> dict[str, Any]:
    """Return the fields of a struct that were in the request; its others have the default `UNSET`."""
    return {name: value for name, value in msgspec.structs.asdict(data).items() if value is not UNSET}


def tagged(out: Any, *, made: str = "") -> Response[Any]:
    """Return what is shown, with the ETag of its revision; `made` is the address of what was just made."""
    headers = {"ETag": etag(out.revision)}
    if made:
        headers["Location"] = made
    return Response(out, status_code=201 if made else 200, headers=headers)
