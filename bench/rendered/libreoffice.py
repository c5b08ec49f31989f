"""Word documents as LibreOffice saves them: as PDF, and as Word once more."""

from __future__ import annotations

import asyncio
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ingest import conversion


async def saved(paths: Sequence[Path], folder: Path, suffix: str) -> list[Path]:
    """Save every file anew in a folder, all in one run, and return the new files; none where LibreOffice is missing.

    Raises `FileNotFoundError` for a file that LibreOffice does not open.
    """
    program = conversion.program()
    if program is None:
        return []
    await asyncio.to_thread(_run, program, paths, folder, suffix)
    made = [folder / f"{path.stem}.{suffix}" for path in paths]
    if missing := [path.name for path in made if not path.exists()]:
        raise FileNotFoundError(f"LibreOffice did not save {', '.join(missing)}.")
    return made


def _run(program: str, paths: Sequence[Path], folder: Path, suffix: str) -> None:
    with tempfile.TemporaryDirectory(prefix="narplan-") as profile:
        options = ["--headless", "--norestore", f"-env:UserInstallation=file://{profile}"]
        command = [program, *options, "--convert-to", suffix, "--outdir", str(folder), *map(str, paths)]
        subprocess.run(command, check=True, capture_output=True)
