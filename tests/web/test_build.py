import json

from api.web import build


def test_the_lock_file_names_exact_versions_and_no_registry() -> None:
    lock = json.loads((build.HERE / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert set(packages) == {"node_modules/@picocss/pico", "node_modules/htmx.org"}
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert all("resolved" not in entry for entry in packages.values())


def test_what_the_pages_load_is_in_place() -> None:
    assert build.up_to_date()
