import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("api", "ingest", "retrieval", "initiatives")
SOURCES = sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py") if "node_modules" not in path.parts)
READS_ENVIRONMENT = {"environ", "environb", "getenv", "getenvb"}


def test_imports_point_down_and_libraries_stay_in_their_rooms() -> None:
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_only_the_settings_read_the_environment() -> None:
    readers = {path for path in SOURCES if _reads_environment(ast.parse(path.read_text()))}
    assert readers == {ROOT / "api" / "settings.py"}


def _reads_environment(tree: ast.AST) -> bool:
    return any(
        (isinstance(node, ast.Attribute) and node.attr in READS_ENVIRONMENT)
        or (isinstance(node, ast.ImportFrom) and not READS_ENVIRONMENT.isdisjoint(alias.name for alias in node.names))
        for node in ast.walk(tree)
    )


def test_the_command_line_starts_quickly() -> None:
    """Heavy libraries are not imported just to show the help."""
    program = "import sys, api.cli.main; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    heavy = {"torch", "transformers", "sentence_transformers", "langchain", "litestar", "sqlalchemy", "numpy"}
    assert not heavy & set(loaded.stdout.split())


def test_every_library_that_is_imported_is_asked_for() -> None:
    """What only happens to be there because another library brings it may be gone tomorrow.

    The benchmarks' peers are not asked about: they are installed in an environment of their own.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = {_plain(line) for line in [*project["dependencies"], *project["optional-dependencies"]["dev"]]}
    brought_by = importlib.metadata.packages_distributions()
    own = [path for path in (ROOT / "bench").rglob("*.py") if not path.name.startswith("peers_")]
    missing = {
        name
        for path in [*SOURCES, *(ROOT / "tests").rglob("*.py"), *own]
        for name in _libraries(ast.parse(path.read_text()))
        if not asked & {_plain(library) for library in brought_by.get(name, [name])}
    }
    assert not missing


def test_the_product_does_without_what_is_not_installed_with_it() -> None:
    """Tests and benchmarks stay behind when the product is installed; they may know it, but it may not know them."""
    known = {path: set(_modules(ast.parse(path.read_text()))) & {"bench", "tests"} for path in SOURCES}
    assert [path for path, names in known.items() if names] == []


def test_what_the_program_reads_beside_its_code_is_installed_with_it() -> None:
    packaged = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["*"]
    read = {path for floor in FLOORS[1:] for path in (ROOT / floor).rglob("*") if path.is_file()}
    left = [path for path in read if path.suffix not in {".py", ".pyc"} and not any(map(path.match, packaged))]
    assert left == []


def test_the_lock_has_every_library_that_is_asked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = {_plain(line) for line in [*project["dependencies"], *project["optional-dependencies"]["dev"]]}
    locked = {_plain(line) for line in (ROOT / "requirements.lock").read_text().splitlines() if "==" in line}
    assert asked - locked == {"torch"}


def _plain(requirement: str) -> str:
    return re.split(r"[\[<>=~ ]", requirement)[0].lower().replace("_", "-")


def _libraries(tree: ast.AST) -> Iterator[str]:
    for top in _modules(tree):
        if top not in sys.stdlib_module_names and top not in {*FLOORS, "tests", "bench"}:
            yield top


def _modules(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules = [node.module]
        else:
            continue
        yield from {module.partition(".")[0] for module in modules}
