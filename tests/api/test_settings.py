import operator
from pathlib import Path

import pytest

from api import settings
from api.readings import BadSetting
from api.variables import PREFIX, SETTINGS


def test_without_any_setting_everything_lies_in_the_clone() -> None:
    found = settings.load({})
    assert found.home == Path(__file__).resolve().parents[2] / ".narplan"
    assert found.embedding.cache == found.home / "cache"
    assert (found.host, found.port, found.database_url) == ("127.0.0.1", 8000, None)
    assert not found.port_is_chosen
    assert found.trusted_proxies == "127.0.0.1"


def test_an_empty_setting_is_no_setting() -> None:
    assert settings.load({setting.name: " " for setting in SETTINGS}) == settings.load({})


def test_what_is_set_is_used() -> None:
    found = settings.load({
        "NARPLAN_HOME": "/tmp/x",
        "NARPLAN_DATABASE_URL": "postgresql://app@db/n",
        "NARPLAN_OWNER_DATABASE_URL": "postgresql://owner@db/n",
        "NARPLAN_HOST": "0.0.0.0",
        "NARPLAN_PORT": "8080",
        "NARPLAN_TRUSTED_PROXIES": "10.0.0.1,10.1.0.0/16",
        "NARPLAN_LOG_LEVEL": "DEBUG",
        "NARPLAN_EMBEDDING_MODEL": "/models/e5",
        "NARPLAN_EMBEDDING_CACHE": "/cache",
        "NARPLAN_EMBEDDING_THREADS": "3",
        "NARPLAN_EMBEDDING_PRECISION": "float32",
        "PATH": "/bin",
    })  # fmt: skip
    assert found.home == Path("/tmp/x")
    assert (found.database_url, found.owner_database_url) == ("postgresql://app@db/n", "postgresql://owner@db/n")
    assert (found.host, found.port, found.log_level) == ("0.0.0.0", 8080, "debug")
    assert (found.port_is_chosen, found.trusted_proxies) == (True, "10.0.0.1,10.1.0.0/16")
    model = found.embedding
    assert (model.model, str(model.cache), model.threads, model.precision) == ("/models/e5", "/cache", 3, "float32")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NARPLAN_PORT", "åtta"),
        ("NARPLAN_PORT", "0"),
        ("NARPLAN_PORT", "65536"),
        ("NARPLAN_PORT", "²"),
        ("NARPLAN_TRUSTED_PROXIES", "proxyn"),
        ("NARPLAN_TRUSTED_PROXIES", "10.0.0.1,*"),
        ("NARPLAN_TRUSTED_PROXIES", "10.0.0.1/8"),
        ("NARPLAN_LOG_LEVEL", "mycket"),
        ("NARPLAN_EMBEDDING_THREADS", "-1"),
        ("NARPLAN_EMBEDDING_PRECISION", "int4"),
        ("NARPLAN_DATABASE", "postgresql://db"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name) as refusal:
        settings.load({name: value})
    assert refusal.value.field == name


def test_an_owner_without_a_database_is_refused() -> None:
    with pytest.raises(BadSetting, match="Ange båda"):
        settings.load({"NARPLAN_OWNER_DATABASE_URL": "postgresql://owner@db/n"})


def test_every_setting_says_what_it_is() -> None:
    assert len({setting.name for setting in SETTINGS}) == len(SETTINGS)
    for setting in SETTINGS:
        assert setting.name.startswith(PREFIX)
        assert setting.meaning.endswith(".")
        assert setting.default
        operator.attrgetter(setting.place)(settings.load({}))


def test_outside_a_clone_the_users_data_folder_is_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "__file__", str(tmp_path / "lib" / "api" / "settings.py"))
    assert settings.default_home({"XDG_DATA_HOME": "/data"}) == Path("/data/narplan")
    assert settings.default_home({}) == Path.home() / ".local" / "share" / "narplan"
