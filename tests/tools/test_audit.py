"""The audit never says that all is well when it has looked up nothing.

The real auditor needs the network and an environment of its own; here programs say what it says.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
CLEAN = {"name": "sound", "version": "1", "vulns": []}
WEAK = {"name": "weak", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"]}]}
UNKNOWN = {"name": "unknown", "skip_reason": "not found"}


def audit(folder: Path, said: str, status: int = 0) -> subprocess.CompletedProcess[str]:
    """Return what the audit makes of an auditor that says this and ends so."""
    auditor = folder / "auditor"
    auditor.write_text(f"#!{sys.executable}\nimport sys\nprint({said!r})\nsys.exit({status})\n")
    auditor.chmod(0o755)
    command = [sys.executable, "tools/audit.py", str(auditor), "requirements.lock"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("libraries", "status"), [([CLEAN], 0), ([CLEAN, UNKNOWN], 0), ([CLEAN, WEAK], 1), ([UNKNOWN], 2), ([], 2)]
)
def test_the_exit_status_says_what_was_found(tmp_path: Path, libraries: list[Any], status: int) -> None:
    done = audit(tmp_path, json.dumps({"dependencies": libraries}))
    assert done.returncode == status
    assert ("Ingenting är granskat" in done.stderr) is (status == 2)
    assert ("weak 2: PYSEC-1 (rättat i: 2.1)" in done.stdout) is (status == 1)
    assert ("Inte granskade: unknown." in done.stdout) is (UNKNOWN in libraries and CLEAN in libraries)


@pytest.mark.parametrize("said", ["", "ConnectionError", "{}", "[]"])
def test_an_auditor_that_gave_up_is_no_clean_bill(tmp_path: Path, said: str) -> None:
    done = audit(tmp_path, said, status=1)
    assert done.returncode == 2
    assert "Ingenting är granskat" in done.stderr


def test_without_the_auditor_it_says_so(tmp_path: Path) -> None:
    command = [sys.executable, "tools/audit.py", str(tmp_path / "none"), "requirements.lock"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Ingenting är granskat" in done.stderr
