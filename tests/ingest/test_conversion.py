"""Older Office files: made into today's where LibreOffice is installed, else a word on which program is missing."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from ingest import conversion
from ingest.errors import UnreadableFile
from ingest.parsing import Source
from ingest.readers.image import read as read_image
from ingest.readers.reading import DOC, DOCX, RTF
from ingest.sandbox import Sandbox

LETTER = rb"{\rtf1\ansi Regionstyrelsen beslutar att f\'f6lja planen.\par}"


async def test_without_libreoffice_the_missing_program_is_named(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def silent(_: object) -> None: ...

    monkeypatch.setattr(conversion, "_PLACES", str(tmp_path))
    with pytest.raises(UnreadableFile, match="LibreOffice") as caught:
        await sandbox.parse(Source("a.doc", DOC), b"", silent)
    assert ".docx" in caught.value.remedy


@pytest.mark.slow
@pytest.mark.skipif(conversion.program() is None, reason="LibreOffice is not installed")
async def test_an_older_file_is_read_as_what_it_became(sandbox: Sandbox) -> None:
    async def silent(_: object) -> None: ...

    assert (await conversion.convert(RTF, LETTER, 120))[0] == DOCX
    parsed = await sandbox.parse(Source("brev.rtf", RTF), LETTER, silent)
    assert parsed.text == "Regionstyrelsen beslutar att följa planen."
    assert parsed.warnings == ()


@pytest.mark.slow
@pytest.mark.skipif(conversion.program() is None, reason="LibreOffice is not installed")
async def test_a_damaged_older_file_is_not_taken_for_text() -> None:
    damaged = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument\0".encode("utf-16-le") + b"\xec\xa5" + b"text " * 99
    with pytest.raises(UnreadableFile, match="kunde inte läsa") as caught:
        await conversion.convert(DOC, damaged, 120)
    assert ".docx" in caught.value.remedy


def test_what_is_started_with_limits_has_no_network_and_few_seconds() -> None:
    shown = "import resource as r; print(r.getrlimit(r.RLIMIT_CPU)[1], r.getrlimit(r.RLIMIT_CORE)[1])"
    command = [sys.executable, "-m", "ingest.confined", "7", sys.executable, "-c", shown]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["7", "0"]


def test_a_picture_says_that_it_needs_text_recognition() -> None:
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("L", (200, 200), 255).save(buffer, "PNG")
    with pytest.raises(UnreadableFile, match="ingen text") as caught:
        read_image(buffer.getvalue())
    assert "OCR" in caught.value.remedy
    assert caught.value.page == 1
