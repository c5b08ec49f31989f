"""A small identity provider that speaks OpenID Connect as it should, on a real port, and that can be made to lie.

`person` holds the claims of whoever sits at the browser. A test changes `claims`, `header`, `token` and `description`
to see what Närplan does with a provider, or somebody in between, that does otherwise.
"""

import asyncio
import base64
import contextlib
import hashlib
import json
import secrets
import socket
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal
from urllib.parse import parse_qs, unquote_plus, urlencode

import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from api.cli.serve import Web

CLIENT = "narplan"
SECRET = "hemligt: å & +"
CODE_SECONDS = 60
Claims = dict[str, Any]


class Key:
    """A key pair of the provider."""

    def __init__(self, key_id: str, algorithm: Literal["RS256", "ES256"] = "RS256") -> None:
        self.key_id, self.algorithm, self.use = key_id, algorithm, "sig"
        self.private: Any = (
            rsa.generate_private_key(public_exponent=65537, key_size=2048)
            if algorithm == "RS256"
            else ec.generate_private_key(ec.SECP256R1())
        )

    @property
    def public(self) -> dict[str, Any]:
        """The public half as a JSON web key."""
        kind = jwt.get_algorithm_by_name(self.algorithm)
        return {**kind.to_jwk(self.private.public_key(), as_dict=True), "kid": self.key_id, "use": self.use}

    def sign(self, claims: Claims, **header: Any) -> str:
        """Return the claims in a signed token."""
        return jwt.encode(claims, self.private, self.algorithm, {"kid": self.key_id, **header})


@cache
def first_key() -> Key:
    """Return the key that every provider has from the start; made once, since that takes time."""
    return Key("k1")


@dataclass
class IdentityProvider:
    """A running provider with one client; `asked` counts requests by path."""

    redirect_address: str
    issuer: str = ""
    secret: str | None = SECRET
    person: Claims = field(default_factory=dict)
    user_info: Claims = field(default_factory=dict)
    keys: list[Key] = field(default_factory=lambda: [first_key()])
    claims: Callable[[Claims], Claims] = lambda claims: claims
    header: Claims = field(default_factory=dict)
    token: Callable[[Claims], str] | None = None
    description: Claims = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request, as ASGI has it."""
        path = scope["path"]
        self.asked[path] = self.asked.get(path, 0) + 1
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        form = _fields((await receive()).get("body", b"").decode())
        status, told, extra = self._answer(path, headers, _fields(scope["query_string"].decode()), form)
        lines = [(b"content-type", b"application/json"), *extra]
        await send({"type": "http.response.start", "status": status, "headers": lines})
        await send({"type": "http.response.body", "body": json.dumps(told).encode()})

    def _answer(
        self, path: str, headers: dict[str, str], query: dict[str, str], form: dict[str, str]
    ) -> tuple[int, Claims, list[tuple[bytes, bytes]]]:
        match path:
            case "/.well-known/openid-configuration":
                return 200, self._description(), []
            case "/keys":
                return 200, {"keys": [key.public for key in self.keys]}, []
            case "/authorize":
                return 302, {}, [(b"location", self._authorize(query).encode())]
            case "/token":
                return *self._exchange(headers, form), []
            case "/userinfo" if headers.get("authorization") == "Bearer access":
                return 200, self.user_info, []
        return 404, {}, []

    def _description(self) -> Claims:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            **self.description,
        }

    def _authorize(self, query: dict[str, str]) -> str:
        assert query["client_id"] == CLIENT
        assert query["redirect_uri"] == self.redirect_address
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        code = secrets.token_urlsafe(16)
        self._codes[code] = query
        return f"{self.redirect_address}?{urlencode({'code': code, 'state': query['state']})}"

    def _exchange(self, headers: dict[str, str], form: dict[str, str]) -> tuple[int, Claims]:
        asked = self._codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if not self._is_client(headers, form):
            return 401, {"error": "invalid_client"}
        if asked is None or asked["code_challenge"] != proof or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "access", "token_type": "Bearer", "id_token": self._id_token(asked["nonce"])}

    def _is_client(self, headers: dict[str, str], form: dict[str, str]) -> bool:
        if self.secret is None:
            return form.get("client_id") == CLIENT
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind == "Basic":
            name, _, secret = base64.b64decode(given).decode().partition(":")
            return (unquote_plus(name), unquote_plus(secret)) == (CLIENT, self.secret)
        return (form.get("client_id"), form.get("client_secret")) == (CLIENT, self.secret)

    def _id_token(self, nonce: str) -> str:
        now = int(time.time())
        base = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce, **self.person}
        claims = self.claims(base)
        return self.token(claims) if self.token else self.keys[-1].sign(claims, **self.header)


def _fields(encoded: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(encoded).items()}


@contextlib.asynccontextmanager
async def running(redirect_address: str) -> AsyncIterator[IdentityProvider]:
    """Serve a provider on a free port of this machine."""
    provider = IdentityProvider(redirect_address)
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        provider.issuer = f"http://127.0.0.1:{door.getsockname()[1]}"
        ready = asyncio.Event()
        config = uvicorn.Config(
            provider, lifespan="off", log_config=None, access_log=False, timeout_graceful_shutdown=1
        )
        server = Web(config, ready.set)
        serving = asyncio.create_task(server.serve([door]))
        await ready.wait()
        try:
            yield provider
        finally:
            server.should_exit = True
            await serving
