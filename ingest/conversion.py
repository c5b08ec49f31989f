"""Older Office files become today's by LibreOffice, a program of its own, in a folder of its own and with limits."""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from ingest.errors import UnreadableFile
from ingest.readers.reading import DOC, DOCX, PPT, PPTX, RTF, XLS, XLSX
from ingest.readers.recognise import WORDS

INTO = {DOC: ("doc", "docx", DOCX), RTF: ("rtf", "docx", DOCX), XLS: ("xls", "xlsx", XLSX), PPT: ("ppt", "pptx", PPTX)}
"""For each older format: the ending that it has, and the ending and media type of what it becomes."""
FILTERS: dict[str, dict[bytes, tuple[str, ...]]] = {
    DOC: {b"\xec\xa5": ("MS Word 97",), b"\xdc\xa5": ("MS Word 95", "MS WinWord 6.0")},
    RTF: {b"{\\rtf": ("Rich Text Format",)},
    XLS: {"Workbook".encode("utf-16-le"): ("MS Excel 97",), "Book".encode("utf-16-le"): ("MS Excel 95",)},
    PPT: {b"": ("MS PowerPoint 97",)},
}
"""What LibreOffice is to read a file of each format with that has some bytes in it, the first that it has.

Left to itself it takes a damaged file for plain text. A file that has none of them is not of the format.
"""
LARGEST = 100 * 1024 * 1024
_ROOT = Path(__file__).resolve().parent.parent
_PLACES = f"{os.defpath}:/usr/local/bin:/opt/libreoffice/program"


def program() -> str | None:
    """Return where LibreOffice is, None where it is not installed."""
    return shutil.which("soffice", path=_PLACES)


async def convert(media_type: str, data: bytes, seconds: float) -> tuple[str, bytes]:
    """Return the media type and the bytes of what the file became. Raises `UnreadableFile` when it cannot be made."""
    suffix, wanted, made = INTO[media_type]
    found = program()
    if found is None:
        raise UnreadableFile(
            f"Filen är {WORDS[media_type]}, och programmet LibreOffice (soffice), som behövs för att läsa den, är inte "
            "installerat.",
            f"Spara den som .{wanted} och lägg in den igen. Den som sköter Närplan kan också installera LibreOffice.",
        )
    with tempfile.TemporaryDirectory(prefix="narplan-") as folder:
        source = Path(folder, f"fil.{suffix}")
        await asyncio.to_thread(source.write_bytes, data)
        result = None
        for name in next((names for mark, names in FILTERS[media_type].items() if mark in data), ()):
            await _run(found, folder, source, (wanted, name), seconds)
            result = await asyncio.to_thread(_result, Path(folder, "ut", f"fil.{wanted}"))
            if result is not None:
                break
        if result is None:
            raise UnreadableFile(
                f"LibreOffice kunde inte läsa filen som {WORDS[media_type]}.",
                f"Öppna den, spara den som .{wanted} och lägg in den igen.",
            )
        return made, result


def _result(path: Path) -> bytes | None:
    if not path.is_file() or path.is_symlink() or path.stat().st_size > LARGEST:
        return None
    return path.read_bytes()


async def _run(libreoffice: str, folder: str, source: Path, how: tuple[str, str], seconds: float) -> None:
    """Convert a file, if LibreOffice can: to an ending, by a filter."""
    wanted, name = how
    command = [libreoffice, "--headless", "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard"]
    command += [f"-env:UserInstallation=file://{folder}/profil", f"--infilter={name}"]
    command += ["--convert-to", wanted, "--outdir", f"{folder}/ut"]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ingest.confined", str(int(seconds) + 1), *command, str(source)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=folder,
        env={"PYTHONPATH": str(_ROOT), "HOME": folder, "TMPDIR": folder, "PATH": os.defpath, "LC_ALL": "C.UTF-8"},
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(seconds):
            await process.wait()
    except TimeoutError as error:
        raise UnreadableFile(
            "LibreOffice hann inte läsa filen, och avbröts.", "Dela upp den, eller spara den i nyare format."
        ) from error
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
