"""The bill of materials has what the lock has, made without the network and the same each time."""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CUT_OFF = """
import runpy, socket, sys

def refuse(*_: object, **__: object) -> None:
    raise OSError("no network in this test")

socket.socket.connect = refuse
sys.argv = ["sbom.py"]
runpy.run_path("tools/sbom.py", run_name="__main__")
"""


def test_every_locked_library_is_in_it_with_its_version() -> None:
    done = [
        subprocess.run([sys.executable, "-c", CUT_OFF], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert done[0] == done[1]
    bill = json.loads(done[0])
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    locked = re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    found = {component["name"]: component for component in bill["components"]}
    assert set(found) == {re.sub(r"[-_.]+", "-", name).lower() for name, _ in locked} | {"torch"}
    for name, version in locked:
        component = found[re.sub(r"[-_.]+", "-", name).lower()]
        assert component["purl"] == f"pkg:pypi/{component['name']}@{version}"
    licensed = [component for component in bill["components"] if component.get("licenses")]
    assert len(licensed) > 0.9 * len(found)
    references = {component["bom-ref"] for component in bill["components"]}
    for link in bill["dependencies"]:
        assert set(link["dependsOn"]) <= references, link["ref"]
    assert "pkg:pypi/sqlalchemy" in str(next(link for link in bill["dependencies"] if "alembic" in link["ref"]))
