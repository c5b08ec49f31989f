"""Which files a list of paths stands for."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.cli.files import Found, find, shown

NOBODY = 65534


def make(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text")


def wanted(found: list[Found]) -> list[str]:
    return [one.name for one in found if one.reason is None]


def test_a_folder_is_walked_and_everything_else_in_it_is_accounted_for(tmp_path: Path) -> None:
    make(tmp_path, "b.txt", "a.md", "c/d.PDF", ".dold.txt", ".git/x.txt", "INDEX.tsv", "README.md", "bild.gif")
    found = find([tmp_path])
    assert wanted(found) == ["a.md", "b.txt", "d.PDF"]
    skipped = {one.name: one.reason for one in found if one.skipped}
    assert set(skipped) == {"INDEX.tsv", "README.md", "bild.gif"}
    assert ".gif" in str(skipped["bild.gif"])


def test_what_is_named_outright_is_wanted_even_if_a_folder_would_skip_it(tmp_path: Path) -> None:
    make(tmp_path, "README.md", "INDEX.tsv")
    found = find([tmp_path, tmp_path / "README.md", tmp_path / "INDEX.tsv"])
    assert wanted(found) == ["INDEX.tsv", "README.md"]
    assert len(found) == 2


def test_a_file_that_is_named_twice_comes_once(tmp_path: Path) -> None:
    make(tmp_path, "a.txt")
    assert len(find([tmp_path, tmp_path / "a.txt", tmp_path])) == 1


def test_files_of_the_same_name_are_told_apart_by_their_folder(tmp_path: Path) -> None:
    make(tmp_path, "mars/protokoll.txt", "april/protokoll.txt", "april/bilaga.txt")
    assert wanted(find([tmp_path])) == ["bilaga.txt", "protokoll (april).txt", "protokoll (mars).txt"]


@pytest.mark.parametrize("kind", ["missing", "empty folder", "pipe", "broken link"])
def test_what_cannot_be_brought_in_is_a_failure_by_name(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "något"
    match kind:
        case "empty folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "broken link":
            path.symlink_to(tmp_path / "borta")
    (found,) = find([path])
    assert (found.name, found.skipped) == ("något", False)
    assert found.reason
    assert found.remedy


def test_a_broken_link_in_a_folder_is_a_failure_too(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "borta")
    (found,) = find([tmp_path])
    assert found.reason == "Filen går inte att öppna."


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Return a folder that every user of the machine reaches."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    for path in folder.iterdir():
        path.chmod(0o755)
    shutil.rmtree(folder)


@contextlib.contextmanager
def an_ordinary_user() -> Iterator[None]:
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_without_permission_fails_by_name_and_the_rest_goes_on(open_folder: Path) -> None:
    make(open_folder, "öppen/a.txt", "stängd/b.txt")
    (open_folder / "stängd").chmod(0)
    with an_ordinary_user():
        walked = find([open_folder])
        named = find([open_folder / "stängd" / "b.txt"])
    assert wanted(walked) == ["a.txt"]
    (barred,) = [one for one in walked if one.reason]
    assert (barred.name, barred.reason) == ("stängd", "Mappen går inte att läsa.")
    assert named[0].reason == "Sökvägen går inte att läsa."


def test_names_that_no_terminal_can_carry_are_shown_all_the_same() -> None:
    assert shown(Path("a\r\nb\u202ec\udcff.txt")) == "a��b�c?.txt"
