from pathlib import Path

import pytest

from api import settings
from api.oidc.config import Rule, is_safe_address, memberships, read_rules
from api.readings import BadSetting
from initiatives.access import Role
from initiatives.errors import InvalidValue

RULES = """
[[rules]]
group = "CN=Narplan-Adm,OU=Grupper,DC=region"
organisation = "Region Solmark"
role = "administratör"

[[rules]]
group = "politiker"
organisation = "Region Solmark"
role = "politiker"

[[rules]]
group = "havsunda"
organisation = "Havsunda kommun"
role = "kommunpartner"
"""
NEEDED = {
    "NARPLAN_OIDC_ISSUER": "https://login.region.example/realms/a",
    "NARPLAN_OIDC_CLIENT_ID": "narplan",
    "NARPLAN_PUBLIC_URL": "https://narplan.region.example/",
}


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    rules = tmp_path / "rules.toml"
    rules.write_text(RULES)
    return {**NEEDED, "NARPLAN_OIDC_RULES": str(rules)}


def test_the_first_rule_decides_in_each_organisation(environ: dict[str, str]) -> None:
    rules = read_rules(Path(environ["NARPLAN_OIDC_RULES"]))
    groups = {"CN=Narplan-Adm,OU=Grupper,DC=region", "politiker", "havsunda", "annat"}
    assert memberships(rules, groups) == {"Region Solmark": Role.ADMINISTRATOR, "Havsunda kommun": Role.PARTNER}
    assert memberships(rules, {"Politiker"}) == {}, "names of groups are told apart by case"


def test_the_settings_hold_all_of_it(environ: dict[str, str]) -> None:
    loaded = settings.load({**environ, "NARPLAN_PASSWORDS": "off", "NARPLAN_OIDC_SCOPES": "email grupper"})
    assert not loaded.passwords
    assert loaded.oidc.redirect_address == "https://narplan.region.example/logga-in/svar"
    assert loaded.oidc.scopes == ("openid", "email", "grupper")
    assert loaded.oidc.client_secret is None
    assert loaded.oidc.rules[1] == Rule("politiker", "Region Solmark", Role.POLITICIAN)


@pytest.mark.parametrize("name", [*NEEDED, "NARPLAN_OIDC_RULES"])
def test_half_a_configuration_is_refused(environ: dict[str, str], name: str) -> None:
    del environ[name]
    with pytest.raises(BadSetting) as refused:
        settings.load(environ)
    assert refused.value.field == name


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NARPLAN_OIDC_ISSUER", "http://login.region.example"),
        ("NARPLAN_OIDC_ISSUER", "https://anna:hemligt@login.region.example"),
        ("NARPLAN_PUBLIC_URL", "narplan.region.example"),
        ("NARPLAN_PUBLIC_URL", "https://[::1"),
        ("NARPLAN_OIDC_EMAIL_VERIFIED", "no"),
        ("NARPLAN_PASSWORDS", "maybe"),
        ("NARPLAN_OIDC_RULES", "/nowhere/rules.toml"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused(environ: dict[str, str], name: str, value: str) -> None:
    with pytest.raises(BadSetting) as refused:
        settings.load({**environ, name: value})
    assert refused.value.field == name


def test_there_is_always_a_way_in() -> None:
    with pytest.raises(BadSetting, match="annan väg in"):
        settings.load({"NARPLAN_PASSWORDS": "off"})
    assert settings.load({}).passwords


@pytest.mark.parametrize(
    "content",
    [
        "",
        "rules = []",
        "rules = 1",
        "[[rules]]\ngroup = 'a'\nrole = 'politiker'",
        "[[rules]]\ngroup = 'a'\norganisation = 'b'\nrole = 'system'",
        "[[rules]]\ngroup = 'a'\norganisation = 'b'\nrole = 'chef'",
        "[[rules]]\ngroup = ''\norganisation = 'b'\nrole = 'politiker'",
        "[[rules]]\ngroup = 1\norganisation = 'b'\nrole = 'politiker'",
        "[[rules]]\ngroup = 'a'\norganisation = 'b'\nrole = 'politiker'\nemail = 'x'",
        "not toml",
    ],
)
def test_rules_that_are_wrong_are_told_apart_from_right_ones(tmp_path: Path, content: str) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(content)
    with pytest.raises(InvalidValue):
        read_rules(path)


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://a.example", True),
        ("http://127.0.0.1:8000", True),
        ("http://localhost", True),
        ("http://a.example", False),
        ("http://localhost.evil.example", False),
        ("https://", False),
        ("https://a.example#x", False),
        ("javascript:alert(1)", False),
    ],
)
def test_only_https_is_safe_beyond_this_computer(address: str, safe: bool) -> None:
    assert is_safe_address(address) is safe
