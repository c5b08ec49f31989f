"""The map of the package names every module, so that one can find one's way."""

import re
from pathlib import Path

import retrieval


def test_every_module_stands_in_the_map_of_the_package_and_nothing_else_does() -> None:
    modules = {path.stem for path in Path(retrieval.__path__[0]).glob("*.py")} - {"__init__"}
    assert set(re.findall(r"`(\w+)`", retrieval.__doc__ or "")) == modules
