"""Readers: bytes of one format in, a `Reading` out. What a file is, is told by its content; its name only helps."""

import importlib

from ingest.readers.reading import (
    CSV,
    DOCX,
    EML,
    HTML,
    JPEG,
    MARKDOWN,
    ODT,
    PDF,
    PLAIN,
    PNG,
    PPTX,
    TIFF,
    XLSX,
    ZIP,
    Page,
    PageState,
    Reading,
)
from ingest.readers.recognise import SHORTLY, SUFFIXES, WORDS, misnamed, recognise

__all__ = [
    "CSV",
    "DOCX",
    "EML",
    "HTML",
    "JPEG",
    "MARKDOWN",
    "ODT",
    "PDF",
    "PLAIN",
    "PNG",
    "PPTX",
    "SHORTLY",
    "SUFFIXES",
    "TIFF",
    "WORDS",
    "XLSX",
    "ZIP",
    "Page",
    "PageState",
    "Reading",
    "misnamed",
    "read",
    "recognise",
]

_READERS = {PDF: "pdf", DOCX: "docx", XLSX: "xlsx", PPTX: "pptx", ODT: "odt", EML: "eml", CSV: "table_text"}
_OF_SEVERAL = {HTML: "html", PNG: "image", JPEG: "image", TIFF: "image"}


def read(media_type: str, data: bytes) -> Reading:
    """Read the bytes with the reader of their media type. Raises `UnreadableFile` when they cannot be read."""
    if name := _READERS.get(media_type):
        reading: Reading = importlib.import_module(f"ingest.readers.{name}").read(data)
    else:
        module = importlib.import_module(f"ingest.readers.{_OF_SEVERAL.get(media_type, 'text')}")
        reading = module.read(data, media_type)
    return reading
