"""Text recognition by Tesseract with Swedish data, a program of its own that is used when it is installed."""

import io
import os
import shutil
import subprocess
from functools import cache
from typing import Any

from ingest.errors import UnreadableFile

PLACES = f"{os.defpath}:/usr/local/bin"
SECONDS = 60
NOTHING_FOUND = "Textigenkänningen (OCR) hittade inget. Skanna sidan på nytt, med högre upplösning."
READ_BY_MACHINE = "Text är läst ur bilder med textigenkänning (OCR) och kan ha fel. Jämför med originalet."
_INSTALL = (
    "Kör textigenkänning (OCR) på filen och lägg in den igen, eller be den som sköter Närplan att installera {what}."
)


@cache
def missing() -> str | None:
    """Return what to do when pictures cannot be read here, None when they can."""
    program = shutil.which("tesseract", path=PLACES)
    if program is None:
        return _INSTALL.format(what="Tesseract (paketen tesseract-ocr och tesseract-ocr-swe)")
    done = subprocess.run([program, "--list-langs"], capture_output=True, check=False, timeout=SECONDS)
    if b"swe" not in done.stdout.split():
        return _INSTALL.format(what="svenska för Tesseract (paketet tesseract-ocr-swe)")
    return None


def recognised(picture: Any) -> str:
    """Return the text in a picture (of Pillow), empty when there is none. Ask `missing` first."""
    program = shutil.which("tesseract", path=PLACES)
    if program is None:
        return ""
    buffer = io.BytesIO()
    picture.convert("L").save(buffer, "PNG")
    command = [program, "stdin", "stdout", "-l", "swe", "--dpi", "200"]
    limits: dict[str, Any] = {"timeout": SECONDS, "env": {"OMP_THREAD_LIMIT": "1"}}
    try:
        done = subprocess.run(command, input=buffer.getvalue(), capture_output=True, check=False, **limits)
    except subprocess.TimeoutExpired as error:
        raise UnreadableFile("Textigenkänningen tog för lång tid.", "Minska upplösningen.") from error
    said: bytes = done.stdout
    return said.decode("utf-8", "replace").replace("\f", "").strip()
