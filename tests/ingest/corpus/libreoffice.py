"""LibreOffice as a writer of files: many at a time, since starting it takes longer than writing one."""

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ingest import conversion

PROGRAM = conversion.program()


def saved_as(wanted: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return files as LibreOffice saves them in another format (an ending), by the names that they had.

    The stems of the names differ. Raises `FileNotFoundError` for a file that LibreOffice does not open.
    """
    with tempfile.TemporaryDirectory(prefix="narplan-") as folder:
        sources = [Path(folder, name) for name in files]
        for source in sources:
            source.write_bytes(files[source.name])
        options = ["--headless", "--norestore", f"-env:UserInstallation=file://{folder}/profil"]
        command = [PROGRAM or "", *options, "--convert-to", wanted, "--outdir", f"{folder}/ut", *map(str, sources)]
        subprocess.run(command, check=True, capture_output=True)
        return {source.name: Path(folder, "ut", f"{source.stem}.{wanted}").read_bytes() for source in sources}
