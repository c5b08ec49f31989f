"""The ID token: read only when it is signed by the provider, now, for us, and for this very sign-in."""

import base64
import hmac
from collections.abc import Mapping
from typing import Any

import jwt

from api.oidc.errors import Refused
from api.oidc.provider import Provider, Tokens

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures that need the provider's private key; never `none`, never a secret that both know (HS256 and its kin)."""
LONGEST_TOKEN = 64 * 1024
LONGEST_SUBJECT = 255
LEEWAY_SECONDS = 60
REQUIRED = ["iss", "sub", "aud", "exp", "iat"]


async def verify(provider: Provider, tokens: Tokens, nonce: str) -> Mapping[str, Any]:
    """Return the claims of an ID token that is in every way what it should be; raises `Refused` otherwise."""
    token = tokens.id_token
    if len(token) > LONGEST_TOKEN:
        raise Refused("the ID token is too long")
    try:
        header = jwt.get_unverified_header(token)
        key = await _key(provider, header)
        options: Any = {"require": REQUIRED, "enforce_minimum_key_length": True}
        claims = jwt.decode(
            token,
            key,
            algorithms=[key.algorithm_name],
            audience=provider.config.client_id,
            issuer=provider.config.issuer,
            leeway=LEEWAY_SECONDS,
            options=options,
        )
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
        raise Refused(f"the ID token is not valid: {type(error).__name__}") from error
    _check_party(claims, provider.config.client_id)
    if not _same(claims.get("nonce"), nonce):
        raise Refused("the ID token belongs to another sign-in (nonce)")
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise Refused("the ID token names nobody (sub)")
    if "at_hash" in claims and not _same(claims["at_hash"], _half_hash(key, tokens.access_token or "")):
        raise Refused("the access token belongs to another ID token (at_hash)")
    return claims


async def _key(provider: Provider, header: Mapping[str, Any]) -> jwt.PyJWK:
    """Return the one key of the provider that may have signed a token with this header."""
    algorithm, key_id = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS:
        raise Refused("the ID token is not signed with a key pair (alg)")
    if "crit" in header:
        raise Refused("the ID token demands an extension (crit)")
    if key_id is not None and not isinstance(key_id, str):
        raise Refused("the ID token names its key in no way we know (kid)")
    candidates = [key for key in await provider.keys(key_id) if _may_sign(key, str(algorithm))]
    if len(candidates) != 1:
        raise Refused("the ID token is signed with a key that the provider does not have (kid)")
    return jwt.PyJWK(dict(candidates[0]), algorithm=str(algorithm))


def _may_sign(key: Mapping[str, Any], algorithm: str) -> bool:
    kind = "EC" if algorithm.startswith("ES") else "RSA"
    return key.get("kty") == kind and key.get("use", "sig") == "sig" and key.get("alg", algorithm) == algorithm


def _check_party(claims: Mapping[str, Any], client_id: str) -> None:
    audience, party = claims["aud"], claims.get("azp")
    if party is None and isinstance(audience, list) and len(audience) > 1:
        raise Refused("the ID token is for several and does not say which of them asked (azp)")
    if party is not None and party != client_id:
        raise Refused("the ID token was given to another client (azp)")


def _same(given: object, expected: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode(), expected.encode())


def _half_hash(key: jwt.PyJWK, access_token: str) -> str:
    """Return what `at_hash` must be: the left half of the token's digest, made as the signature's algorithm does."""
    digest = key.Algorithm.compute_hash_digest(access_token.encode())
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
