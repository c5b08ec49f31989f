import ast
import subprocess
import sys
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
