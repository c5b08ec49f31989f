"""What the provider tells of the person, in the words of Närplan."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.oidc.config import OidcConfig
from api.oidc.errors import Refused
from api.oidc.provider import Provider, Tokens

NO_ADDRESS = "Organisationens inloggning lämnade ingen bekräftad e-postadress för dig. Kontakta den som sköter Närplan."


@dataclass(frozen=True, slots=True)
class Claimed:
    """Whom the provider vouches for. `subject` never changes and is never given to another; the rest may change."""

    subject: str
    email: str
    name: str
    groups: frozenset[str]


async def claimed(provider: Provider, tokens: Tokens, claims: Mapping[str, Any]) -> Claimed:
    """Return whom a verified ID token is about; what it leaves out is asked for at the provider's own address.

    Raises `Refused` when there is no address that the provider has confirmed, or when the answer is about another.
    """
    config = provider.config
    wanted = (config.email_claim, config.name_claim, config.groups_claim)
    if tokens.access_token and any(_value(claims, name) is None for name in wanted):
        told = await provider.user_info(tokens.access_token)
        if told and told.get("sub") != claims["sub"]:
            raise Refused("the user information is about another person (sub)")
        claims = {**told, **claims}
    return Claimed(claims["sub"], _email(config, claims), _name(config, claims), _groups(config, claims))


def _email(config: OidcConfig, claims: Mapping[str, Any]) -> str:
    address, verified = _value(claims, config.email_claim), claims.get("email_verified")
    if not isinstance(address, str) or "@" not in address:
        raise Refused("there is no e-mail address", NO_ADDRESS)
    if verified is not True and not (verified is None and config.email_always_verified):
        raise Refused("the e-mail address is not verified", NO_ADDRESS)
    return address.strip().lower()


def _name(config: OidcConfig, claims: Mapping[str, Any]) -> str:
    name = _value(claims, config.name_claim)
    found = " ".join(name.split()) if isinstance(name, str) else ""
    return found if found and found.isprintable() else _email(config, claims)


def _groups(config: OidcConfig, claims: Mapping[str, Any]) -> frozenset[str]:
    found = _value(claims, config.groups_claim)
    listed = [found] if isinstance(found, str) else found
    return frozenset(one for one in listed if isinstance(one, str)) if isinstance(listed, list) else frozenset()


def _value(claims: Mapping[str, Any], name: str) -> Any:
    """Return a claim by its name, or by a path of names with dots between them: `realm_access.roles`."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found
