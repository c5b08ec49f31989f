"""Workbooks as answers: files to save."""

from collections.abc import Sequence

from litestar import Response

from initiatives.workbooks import XLSX, Sheet, made


def workbook(name: str, sheets: Sequence[Sheet]) -> Response[bytes]:
    """Return the sheets as a file to save, called `name`."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(made(sheets), media_type=XLSX, headers=headers)
