"""Files of tables as answers, and files of tables that are sent in."""

import asyncio

from litestar import Response

from initiatives.exchange import files
from initiatives.exchange.columns import Table
from initiatives.exchange.files import ENDINGS, MEDIA_TYPES, Format, Sheet

LARGEST_BODY = files.LARGEST + 1024 * 1024
"""Of a form with a file, in bytes."""


def file_of(table: Table, form: Format, data: bytes, *, what: str = "") -> Response[bytes]:
    """Return a file to save, called after its table."""
    name = "-".join(part for part in (table.name, what) if part)
    headers = {"Content-Disposition": f'attachment; filename="{name}.{ENDINGS[form]}"'}
    return Response(data, media_type=MEDIA_TYPES[form], headers=headers)


async def read(data: bytes) -> Sheet:
    """Return what stands in a file, read beside what else is going on; `InvalidValue` tells why it cannot be read."""
    return await asyncio.to_thread(files.read, data)
