"""Pages of a list: `limit` and `page` in, `Link` headers and a total out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode

import msgspec
from litestar import Response
from litestar.connection import Request
from litestar.params import Parameter

from initiatives.errors import InvalidValue

DEFAULT_LIMIT, LARGEST_LIMIT, LAST_PAGE = 20, 100, 1_000_000

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Paging:
    """Which part of a list is asked for; pages count from 1."""

    limit: int
    page: int

    @property
    def offset(self) -> int:
        """How many rows come before the page."""
        return (self.page - 1) * self.limit


class Page(msgspec.Struct, Generic[Item], frozen=True):
    """One page of a list and the length of the whole."""

    items: Sequence[Item]
    page: int
    limit: int
    total: int


def provide_paging(
    limit: Annotated[int, Parameter(description=f"Antal per sida, 1–{LARGEST_LIMIT}.")] = DEFAULT_LIMIT,
    page: Annotated[int, Parameter(description="Sidans nummer, från 1.")] = 1,
) -> Paging:
    """Return the wanted page, for handlers that take `paging`; raise `InvalidValue` outside the limits."""
    if not 1 <= limit <= LARGEST_LIMIT:
        raise InvalidValue(f"limit ska vara mellan 1 och {LARGEST_LIMIT}.", field="limit")
    if not 1 <= page <= LAST_PAGE:
        raise InvalidValue(f"page ska vara mellan 1 och {LAST_PAGE}.", field="page")
    return Paging(limit, page)


def paged(request: Request[Any, Any, Any], paging: Paging, items: Sequence[Item], total: int) -> Response[Page[Item]]:
    """Return the response for one page, with links to the first, previous, next and last ones."""
    last = max(1, -(-total // paging.limit))
    pages = {"first": 1, "prev": paging.page - 1, "next": paging.page + 1, "last": last}
    beginning = f"{_address(request)}limit={paging.limit}&page="
    links = [f'<{beginning}{page}>; rel="{relation}"' for relation, page in pages.items() if 1 <= page <= last]
    return Response(Page(items, paging.page, paging.limit, total), headers={"Link": ", ".join(links)})


def _address(request: Request[Any, Any, Any]) -> str:
    """Return the address of the list up to what says which part of it."""
    kept = [(key, value) for key, value in request.query_params.multi_items() if key not in {"limit", "page"}]
    whole = str(request.url).partition("#")[0].partition("?")[0]
    return f"{whole}?{urlencode(kept)}&" if kept else f"{whole}?"
