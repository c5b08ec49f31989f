"""What must be known about the identity provider, and which of its groups give which role."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from initiatives.access import Role
from initiatives.errors import InvalidValue

CALLBACK = "/logga-in/svar"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
RULE_FIELDS = frozenset({"group", "organisation", "role"})


@dataclass(frozen=True, slots=True)
class Rule:
    """Whoever is in `group` at the provider has `role` in the organisation with this name."""

    group: str
    organisation: str
    role: Role


@dataclass(frozen=True, slots=True)
class OidcConfig:
    """The provider and how its claims are read; without an issuer nobody signs in this way.

    `public_address` is where browsers reach Närplan, without a slash at the end. `email_always_verified` is for
    providers that only know addresses of their own and do not send `email_verified`.
    """

    issuer: str = ""
    client_id: str = ""
    client_secret: str | None = None
    public_address: str = ""
    name: str = "organisationens konto"
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    email_claim: str = "email"
    name_claim: str = "name"
    groups_claim: str = "groups"
    email_always_verified: bool = False
    rules: tuple[Rule, ...] = ()

    @property
    def redirect_address(self) -> str:
        """Where the provider sends the browser back to; must be registered there, letter by letter."""
        return f"{self.public_address}{CALLBACK}"


def is_safe_address(address: str) -> bool:
    """Tell whether the address is https, or http on this very computer, and is nothing but an address."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    plain = bool(host) and not (parts.username or parts.password or parts.fragment)
    return plain and (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK))


def read_rules(path: Path) -> tuple[Rule, ...]:
    """Return the rules in a TOML file of `[[rules]]`; raises `InvalidValue` that says which one is wrong and how."""
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidValue(f"Filen {path} går inte att läsa som TOML: {error}.") from error
    found = content.get("rules")
    if not isinstance(found, list) or not found or set(content) != {"rules"}:
        raise InvalidValue(f"Filen {path} ska bestå av en eller flera [[rules]] med group, organisation och role.")
    return tuple(_rule(number, rule) for number, rule in enumerate(found, 1))


def memberships(rules: Collection[Rule], groups: Collection[str]) -> Mapping[str, Role]:
    """Return organisation and role for one who is in these groups; of several roles in one place the first rule's."""
    given: dict[str, Role] = {}
    for rule in rules:
        if rule.group in groups:
            given.setdefault(rule.organisation, rule.role)
    return given


def _rule(number: int, rule: Any) -> Rule:
    if not isinstance(rule, dict) or set(rule) != RULE_FIELDS or not all(_is_text(value) for value in rule.values()):
        raise InvalidValue(f"Regel {number} ska ha group, organisation och role, alla som text, och inget annat.")
    roles = [role for role in Role if role is not Role.SYSTEM]
    if rule["role"] not in roles:
        raise InvalidValue(f"Regel {number}: rollen ”{rule['role']}” finns inte. Välj {', '.join(roles)}.")
    return Rule(rule["group"], rule["organisation"], Role(rule["role"]))


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
