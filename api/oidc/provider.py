"""The identity provider as it is reached over the network: its description, its keys, tokens and user information.

Nothing is followed to another address, nothing long is read, and everything has a time limit. The description is kept
for an hour. The keys are fetched anew when a token names one that is not known, but not more often than every half
minute, so that made-up names cannot be used to flood the provider.
"""

import asyncio
import json
import ssl
import time
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote_plus

import httpx2

from api.oidc.config import OidcConfig, is_safe_address
from api.oidc.errors import ProviderUnavailable, Refused

DESCRIPTION = "/.well-known/openid-configuration"
SECONDS = 10
MOST_BYTES = 512 * 1024
DESCRIPTION_SECONDS = 3600
KEYS_SECONDS = 30
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Description:
    """What the provider says of itself: addresses, and what it can do."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    secret_in_body: bool
    names_itself: bool


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a code was exchanged for."""

    id_token: str
    access_token: str | None


class Provider:
    """One identity provider; keeps its description and keys between sign-ins."""

    def __init__(self, config: OidcConfig, *, keys_seconds: float = KEYS_SECONDS) -> None:
        """Take the configuration, and how many seconds must pass before keys are fetched again."""
        self.config = config
        self._keys_seconds = keys_seconds
        self._description: tuple[float, Description] | None = None
        self._keys: tuple[float, tuple[Mapping[str, Any], ...]] | None = None
        self._lock = asyncio.Lock()

    async def describe(self) -> Description:
        """Return the provider's description; raises `ProviderUnavailable` if it has none that can be used."""
        async with self._lock:
            if self._description is None or time.monotonic() - self._description[0] > DESCRIPTION_SECONDS:
                found = await _json("GET", self.config.issuer.rstrip("/") + DESCRIPTION)
                self._description = time.monotonic(), _description(found, self.config.issuer)
            return self._description[1]

    async def keys(self, key_id: str | None) -> tuple[Mapping[str, Any], ...]:
        """Return the provider's keys with this identifier, or all when it is None; empty when there are none."""
        found = _with_id(await self._fetched_keys(), key_id)
        if found:
            return found
        return _with_id(await self._fetched_keys(renew=True), key_id)

    async def exchange(self, code: str, verifier: str) -> Tokens:
        """Return the tokens for a code; raises `Refused` if the provider does not give any."""
        description = await self.describe()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.config.redirect_address,
            "code_verifier": verifier,
        }
        auth: httpx2.BasicAuth | None = None
        if self.config.client_secret is None:
            form["client_id"] = self.config.client_id
        elif description.secret_in_body:
            form |= {"client_id": self.config.client_id, "client_secret": self.config.client_secret}
        else:
            auth = _basic(self.config.client_id, self.config.client_secret)
        found = await _json("POST", description.token_endpoint, data=form, auth=auth)
        id_token, access_token = found.get("id_token"), found.get("access_token")
        if not isinstance(id_token, str):
            raise Refused("the token endpoint gave no ID token")
        return Tokens(id_token, access_token if isinstance(access_token, str) else None)

    async def user_info(self, access_token: str) -> Mapping[str, Any]:
        """Return what the provider tells of the person beside the ID token; nothing where it has no such address."""
        endpoint = (await self.describe()).userinfo_endpoint
        if endpoint is None:
            return {}
        return await _json("GET", endpoint, headers={"Authorization": f"Bearer {access_token}"})

    async def _fetched_keys(self, *, renew: bool = False) -> tuple[Mapping[str, Any], ...]:
        address = (await self.describe()).jwks_uri
        async with self._lock:
            age = float("inf") if self._keys is None else time.monotonic() - self._keys[0]
            if self._keys is None or age > DESCRIPTION_SECONDS or (renew and age > self._keys_seconds):
                found = (await _json("GET", address)).get("keys")
                keys = found if isinstance(found, list) else []
                self._keys = time.monotonic(), tuple(key for key in keys if isinstance(key, dict))
            return self._keys[1]


def _with_id(keys: tuple[Mapping[str, Any], ...], key_id: str | None) -> tuple[Mapping[str, Any], ...]:
    return keys if key_id is None else tuple(key for key in keys if key.get("kid") == key_id)


def _basic(client_id: str, secret: str) -> httpx2.BasicAuth:
    """Return the client's name and secret as RFC 6749 wants them: encoded as in a form before they are joined."""
    return httpx2.BasicAuth(quote_plus(client_id), quote_plus(secret))


def _description(found: Mapping[str, Any], issuer: str) -> Description:
    if found.get("issuer") != issuer:
        raise ProviderUnavailable(f"the description is of {found.get('issuer')!r}, not of {issuer!r}")
    for name in ENDPOINTS:
        if not isinstance(found.get(name), str) or not is_safe_address(found[name]):
            raise ProviderUnavailable(f"the description has no safe {name}")
    challenges = found.get("code_challenge_methods_supported")
    if isinstance(challenges, list) and "S256" not in challenges:
        raise ProviderUnavailable("the provider does not know PKCE with S256")
    userinfo = found.get("userinfo_endpoint")
    ways = found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return Description(
        authorization_endpoint=found["authorization_endpoint"],
        token_endpoint=found["token_endpoint"],
        jwks_uri=found["jwks_uri"],
        userinfo_endpoint=userinfo if isinstance(userinfo, str) and is_safe_address(userinfo) else None,
        secret_in_body="client_secret_basic" not in ways and "client_secret_post" in ways,
        names_itself=found.get("authorization_response_iss_parameter_supported") is True,
    )


@cache
def _trust() -> ssl.SSLContext:
    """Return whose certificates are trusted; reading them takes time, so it is done once."""
    return httpx2.create_ssl_context()


async def _json(
    method: str,
    address: str,
    *,
    data: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    auth: httpx2.BasicAuth | None = None,
) -> Mapping[str, Any]:
    """Return the JSON object at an address; raises `Refused` for what is refused there, else `ProviderUnavailable`."""
    accept = {"Accept": "application/json", "Accept-Encoding": "identity", **(headers or {})}
    try:
        async with (
            asyncio.timeout(SECONDS),
            httpx2.AsyncClient(verify=_trust(), follow_redirects=False, timeout=SECONDS) as client,
            client.stream(method, address, data=data, headers=accept, auth=auth) as answer,
            aclosing(answer.aiter_raw()) as parts,
        ):
            body = b""
            async for part in parts:
                body += part
                if len(body) > MOST_BYTES:
                    raise ProviderUnavailable(f"{address} never ends")
            status = answer.status_code
    except (httpx2.HTTPError, TimeoutError, OSError) as error:
        raise ProviderUnavailable(f"{address}: {type(error).__name__}") from error
    if httpx2.codes.is_client_error(status):
        raise Refused(f"{address} answered {status}")
    try:
        found = json.loads(body) if status == httpx2.codes.OK else None
    except (ValueError, RecursionError) as error:
        raise ProviderUnavailable(f"{address} answered something that is not JSON") from error
    if not isinstance(found, dict):
        raise ProviderUnavailable(f"{address} answered {status}, not an object")
    return found
