"""How a request to the API is read: JSON that no decoder chokes on and that PostgreSQL can store."""

from collections.abc import Iterator
from typing import Any

from litestar.connection import Request
from litestar.exceptions import ClientException

from initiatives.errors import InvalidValue


class ApiRequest(Request[Any, Any, Any]):
    """A request whose JSON is neither nested beyond reason nor holds NUL characters."""

    async def json(self) -> Any:
        """Return the decoded body; raise `ClientException` or `InvalidValue` for what could never be stored."""
        try:
            value = await super().json()
        except (RecursionError, UnicodeError) as error:
            raise ClientException from error
        if b"\\u0000" in await self.body() and any("\0" in text for text in _texts(value)):
            raise InvalidValue("Texten innehåller ett tecken som inte kan sparas (NUL). Ta bort det.")
        return value


def _texts(value: object) -> Iterator[str]:
    """Yield every text in a decoded JSON value, keys included."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str() as text:
                yield text
            case dict() as members:
                waiting.extend([*members.keys(), *members.values()])
            case list() as items:
                waiting.extend(items)
