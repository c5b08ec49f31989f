"""Known weaknesses in the libraries, and which of them nobody could tell of.

    python tools/audit.py PIP-AUDIT FILE

Asks with pip-audit of what FILE names by exact version. Ends with 0 when nothing is known of what was looked up, 1 when
something is, and 2 when nothing could be looked up: a mirror of packages alone knows of no weaknesses.
"""

import json
import subprocess
import sys
from typing import Any

WITHOUT_ANSWER = (
    "Ingenting är granskat: tjänsten med kända svagheter gick inte att nå. Kör make audit där det finns nät till den."
)


def main(program: str, requirements: str) -> int:
    """Ask, print what was found and return the exit status."""
    command = [program, "--requirement", requirements, "--no-deps", "--disable-pip", "--progress-spinner", "off"]
    said = ""
    try:
        done = subprocess.run([*command, "--format", "json"], capture_output=True, text=True, check=False)
        said = done.stderr.strip()[-500:]
        libraries: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.stderr.write(f"{said or error}\n{WITHOUT_ANSWER}\n")
        return 2
    asked = [library for library in libraries if "vulns" in library]
    if not asked:
        sys.stderr.write(f"{WITHOUT_ANSWER}\n")
        return 2
    for library in libraries:
        for known in library.get("vulns", ()):
            better = ", ".join(known["fix_versions"]) or "ingen rättad version"
            sys.stdout.write(f"{library['name']} {library['version']}: {known['id']} (rättat i: {better})\n")
    left = [library["name"] for library in libraries if "vulns" not in library]
    sys.stdout.write(f"Granskade {len(asked)} av {len(libraries)} bibliotek.\n")
    if left:
        sys.stdout.write(f"Inte granskade: {', '.join(left)}.\n")
    return int(any(library["vulns"] for library in asked))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
