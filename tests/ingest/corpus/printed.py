"""The made documents as PDF by three programs, each started once."""

import shutil
from collections.abc import Callable, Mapping
from functools import cache

import pytest

from tests.ingest.corpus import libreoffice, narrow, office, plain
from tests.ingest.corpus.texts import Text, text

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
NUMBERS = range(2)
SOURCES: dict[str, tuple[str, Callable[[Text], bytes]]] = {
    "Word": ("docx", office.word_file),
    "Word, ruled": ("docx", lambda of: office.word_file(of, ruled=True)),
    "Excel": ("xlsx", office.printable_workbook),
    "PowerPoint": ("pptx", office.presentation),
    "HTML": ("html", plain.page),
}
"""What LibreOffice prints: the ending of the file and what makes it."""
NARROW = "narrow columns"

with_chromium = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium to print with")
with_libreoffice = pytest.mark.skipif(libreoffice.PROGRAM is None, reason="LibreOffice is not installed")
once = pytest.mark.xdist_group("printed")
"""Tests that share what the programs have printed, in one process."""


@cache
def by_libreoffice() -> Mapping[str, bytes]:
    """Return PDFs by the name of their source and their number, and the narrow columns."""
    files = {
        f"{name.replace(',', '')} {number}.{suffix}": make(text(number))
        for name, (suffix, make) in SOURCES.items()
        for number in NUMBERS
    }
    saved = libreoffice.saved_as("pdf", files | {f"{NARROW}.docx": narrow.word_file()})
    return {name.rpartition(".")[0]: data for name, data in saved.items()}


@cache
def by_chromium() -> Mapping[str, bytes]:
    """Return PDFs by their number, and the narrow columns."""
    pages = {str(number): plain.page(text(number)) for number in NUMBERS} | {NARROW: narrow.page()}
    return {name: plain.printed_by(CHROMIUM or "", page) for name, page in pages.items()}
