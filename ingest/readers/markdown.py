"""Markdown: the source is the canonical text as it stands, so that every offset is exact."""

import re

from ingest.readers.reading import MARKDOWN, Reading, first_line, split_pages
from ingest.readers.text import canonical

_HEADING = re.compile(r"^#{1,2}[ \t]+(\S.*?)[ \t#]*$", re.MULTILINE)


def read(data: bytes) -> Reading:
    """Read Markdown; the title is the first heading of the first or second level, else the first line."""
    text, warnings = canonical(data)
    whole, pages = split_pages(text)
    heading = _HEADING.search(whole)
    title = heading.group(1).strip() if heading else first_line(whole)
    return Reading(whole, pages, MARKDOWN, title, paged=len(pages) > 1, warnings=warnings)
