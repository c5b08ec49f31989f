"""What Närplan is made of: CycloneDX JSON from the lock and from what the installed libraries say of themselves.

    python tools/sbom.py [FILE]

Reads only this computer. Names every library of `requirements.lock` and torch, with version, licence, package URL and
which others it needs; writes to FILE, or to standard output. The same lock gives the same text.
"""

import json
import re
import sys
import tomllib
import uuid
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
NAMESPACE = uuid.UUID("6f1d7d0e-2a43-5d0b-9a55-1f0d4c1b7a10")
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;]+)", re.MULTILINE)


def main(target: str | None) -> None:
    """Write the bill of materials."""
    text = json.dumps(bill(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    if target is None:
        sys.stdout.write(text)
    else:
        Path(target).write_text(text, encoding="utf8")


def bill() -> dict[str, Any]:
    """Return the bill of materials as CycloneDX 1.6 has it."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf8")
    torch = re.findall(r"^TORCH := (\S+)", (ROOT / "Makefile").read_text(encoding="utf8"), re.MULTILINE)
    versions = {plain(name): version for name, version in PINNED.findall("\n".join([lock, *torch]))}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]
    own = {
        "type": "application",
        "bom-ref": f"narplan@{project['version']}",
        "name": project["name"],
        "version": project["version"],
        "description": project["description"],
        "licenses": [{"license": {"id": project["license"]}}],
    }
    links = [{"ref": url(name, versions), "dependsOn": needs(name, versions)} for name in sorted(versions)]
    asked = sorted({plain(line) for line in project["dependencies"]} & set(versions))
    links.append({"ref": own["bom-ref"], "dependsOn": [url(name, versions) for name in asked]})
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(NAMESPACE, json.dumps(versions, sort_keys=True))}",
        "version": 1,
        "metadata": {"component": own},
        "components": [component(name, versions) for name in sorted(versions)],
        "dependencies": links,
    }


def component(name: str, versions: dict[str, str]) -> dict[str, Any]:
    """Return one library; its licence is left out where it is not installed or does not say."""
    found: dict[str, Any] = {
        "type": "library",
        "bom-ref": url(name, versions),
        "name": name,
        "version": versions[name],
        "purl": url(name, versions),
    }
    said = about(name)
    if said is None:
        return found
    if licence := licence_of(said):
        found["licenses"] = [licence]
    if summary := said.get("Summary"):
        found["description"] = summary
    return found


def licence_of(said: Any) -> dict[str, Any] | None:
    """Return the licence as an SPDX expression if the library gives one, otherwise by the name that it gives."""
    if expression := said.get("License-Expression"):
        return {"expression": expression}
    classifiers = [line for line in said.get_all("Classifier", []) if line.startswith("License ::")]
    name = classifiers[0].rpartition(" :: ")[2] if classifiers else (said.get("License") or "").strip().split("\n")[0]
    return {"license": {"name": name}} if name and name != "UNKNOWN" else None


def needs(name: str, versions: dict[str, str]) -> list[str]:
    """Return what a library needs of what is locked; what only an extra or another system needs is left out."""
    try:
        lines = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []
    asked = {plain(line) for line in lines if "extra ==" not in line}
    return [url(other, versions) for other in sorted(asked & set(versions))]


def about(name: str) -> Any:
    """Return what an installed library says of itself, or None."""
    try:
        return metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None


def plain(requirement: str) -> str:
    """Return the normal form of a library's name, out of a requirement."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=~!; (]", requirement, maxsplit=1)[0]).lower()


def url(name: str, versions: dict[str, str]) -> str:
    """Return the package URL of a library."""
    return f"pkg:pypi/{name}@{versions[name]}"


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
