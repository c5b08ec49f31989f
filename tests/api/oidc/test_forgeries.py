"""What must not open the door: one thing wrong in a sign-in that otherwise is right. None leaves a session."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import update

from api.app import create_app
from api.database import Database
from api.doors import Doors
from api.oidc.config import OidcConfig
from api.oidc.provider import Provider
from api.oidc.tokens import LONGEST_TOKEN
from initiatives.access import SYSTEM
from initiatives.base import utcnow
from initiatives.directory import DirectorySignIn
from initiatives.organisations import OrganisationKind
from tests import factories
from tests.api.oidc.conftest import ANNA, HOME, MUNICIPALITY, REGION, Door
from tests.clients import connect
from tests.identity_provider import CLIENT, SECRET, IdentityProvider, Key

Forge = Callable[[IdentityProvider, dict[str, Any]], str]
STRANGER = Key("k1")
"""A key that an attacker has made, with the name of the provider's own."""


def part(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def with_secret(secret: bytes, claims: dict[str, Any], algorithm: str = "HS256") -> str:
    signed = f"{part({'alg': algorithm, 'typ': 'JWT', 'kid': 'k1'})}.{part(claims)}"
    mac = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def pem(provider: IdentityProvider) -> bytes:
    public = provider.keys[0].private.public_key()
    return bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def changed_after_signing(provider: IdentityProvider, claims: dict[str, Any]) -> str:
    head, _, signature = provider.keys[0].sign(claims).split(".")
    return f"{head}.{part({**claims, 'sub': 'root'})}.{signature}"


def endless(provider: IdentityProvider, claims: dict[str, Any]) -> str:
    return provider.keys[0].sign({**claims, "more": "x" * LONGEST_TOKEN})


async def assert_shut(door: Door, answer: httpx.Response) -> None:
    assert answer.status_code == 401, answer.text
    assert not [line for line in answer.headers.get_list("set-cookie") if line.startswith("narplan=")]
    assert await door.open_sessions() == 0
    assert await door.me() is None


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"iss": "https://evil.example"}, id="wrong issuer"),
        pytest.param({"iss": None}, id="no issuer"),
        pytest.param({"aud": "another-client"}, id="token of another client"),
        pytest.param({"aud": []}, id="for nobody"),
        pytest.param({"aud": [CLIENT, "another-client"]}, id="for several, asked for by nobody"),
        pytest.param({"azp": "another-client"}, id="asked for by another"),
        pytest.param({"exp": 61}, id="expired"),
        pytest.param({"exp": None}, id="never expires"),
        pytest.param({"exp": "tomorrow"}, id="expires at nonsense"),
        pytest.param({"nbf": -300}, id="not yet valid"),
        pytest.param({"iat": -300}, id="issued in the future"),
        pytest.param({"iat": None}, id="issued never"),
        pytest.param({"nonce": None}, id="no nonce"),
        pytest.param({"nonce": "of another sign-in"}, id="other nonce"),
        pytest.param({"sub": None}, id="about nobody"),
        pytest.param({"sub": ""}, id="about an empty name"),
        pytest.param({"sub": "x" * 256}, id="about an endless name"),
        pytest.param({"email": None}, id="no address"),
        pytest.param({"email": ["anna.alm@region.example"]}, id="addresses in a list"),
        pytest.param({"email_verified": False}, id="address not verified"),
        pytest.param({"email_verified": None}, id="address of unknown worth"),
        pytest.param({"email_verified": "true"}, id="verified in words"),
        pytest.param({"groups": None}, id="in no group"),
        pytest.param({"groups": {"narplan-programgrupp": True}}, id="groups that are no list"),
        pytest.param({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, id="with another access token"),
    ],
)
async def test_a_token_that_says_something_else_is_refused(door: Door, change: dict[str, Any]) -> None:
    now = int(time.time())
    moved = {name: now - value if isinstance(value, int) and value is not False else value
             for name, value in change.items()}  # fmt: skip
    door.provider.claims = lambda claims: {k: v for k, v in (claims | moved).items() if v is not None}
    await assert_shut(door, await door.sign_in())


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(lambda _, claims: f"{part({'alg': 'none'})}.{part(claims)}.", id="alg none"),
        pytest.param(lambda _, claims: f"{part({'alg': 'NoNe', 'kid': 'k1'})}.{part(claims)}.", id="alg NoNe"),
        pytest.param(lambda provider, claims: with_secret(pem(provider), claims), id="HS256 with the public key"),
        pytest.param(lambda _, claims: with_secret(SECRET.encode(), claims), id="HS256 with our secret"),
        pytest.param(lambda _, claims: with_secret(b"", claims, "RS256"), id="HS256 that calls itself RS256"),
        pytest.param(lambda _, claims: STRANGER.sign(claims), id="another key with the right name"),
        pytest.param(lambda _, claims: STRANGER.sign(claims, kid="k9"), id="an unknown key"),
        pytest.param(lambda provider, claims: provider.keys[0].sign(claims, kid="k9"), id="the right key, wrong name"),
        pytest.param(lambda _, claims: STRANGER.sign(claims, jwk=STRANGER.public), id="a key that came along"),
        pytest.param(lambda _, claims: STRANGER.sign(claims, jku=f"{HOME}/keys"), id="a key from elsewhere"),
        pytest.param(lambda provider, claims: provider.keys[0].sign(claims, crit=["exp"]), id="an unknown demand"),
        pytest.param(lambda _, claims: Key("k1", "ES256").sign(claims), id="another kind of key"),
        pytest.param(changed_after_signing, id="changed after it was signed"),
        pytest.param(lambda provider, claims: provider.keys[0].sign(claims)[:-10], id="a cut signature"),
        pytest.param(lambda provider, claims: provider.keys[0].sign(claims).rpartition(".")[0], id="no signature"),
        pytest.param(lambda provider, claims: provider.keys[0].sign(claims)[:40], id="a cut token"),
        pytest.param(endless, id="an endless token"),
        pytest.param(lambda _provider, _claims: "åäö.\0.\ud83d", id="no token at all"),
        pytest.param(lambda _provider, _claims: "", id="nothing"),
        pytest.param(lambda _, claims: f"{part([])}.{part([claims])}.", id="lists"),
    ],
)
async def test_a_token_that_the_provider_did_not_sign_is_refused(door: Door, forge: Forge) -> None:
    provider = door.provider
    provider.token = lambda claims: forge(provider, claims)
    await assert_shut(door, await door.sign_in())


async def test_a_key_that_is_not_for_signatures_signs_nothing(door: Door) -> None:
    sealing = Key("k2")
    sealing.use = "enc"
    door.provider.keys.append(sealing)
    await assert_shut(door, await door.sign_in())


async def test_user_information_about_somebody_else_is_refused(door: Door) -> None:
    del door.provider.person["email"]
    door.provider.user_info = {**ANNA, "sub": "somebody else"}
    await assert_shut(door, await door.sign_in())


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"state": "made-up"}, id="wrong state"),
        pytest.param({"state": ""}, id="empty state"),
        pytest.param({"state": None}, id="no state"),
        pytest.param({"state": "\ud83d\0"}, id="state of nonsense"),
        pytest.param({"code": "made-up"}, id="wrong code"),
        pytest.param({"code": None}, id="no code"),
        pytest.param({"code": "x" * 5000}, id="endless code"),
        pytest.param({"error": "access_denied"}, id="the person said no"),
        pytest.param({"iss": "https://evil.example"}, id="answer of another provider"),
    ],
)
async def test_an_answer_that_is_not_the_one_is_refused(door: Door, change: dict[str, str | None]) -> None:
    parts = urlsplit(await door.leave())
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | change
    sent = {name: value.encode("utf8", "replace") for name, value in query.items() if value is not None}
    await assert_shut(door, await door.browser.get(parts.path, params=sent))


async def test_an_answer_without_its_sender_is_refused_where_one_is_promised(door: Door) -> None:
    door.provider.description["authorization_response_iss_parameter_supported"] = True
    await assert_shut(door, await door.sign_in())


async def test_an_answer_opens_once(door: Door) -> None:
    back = await door.leave()
    assert (await door.browser.get(back)).status_code == 303
    way = door.browser.cookies.get("narplan-vag")
    await door.browser.post("/logga-ut")
    door.browser.cookies.set("narplan-vag", way or "", domain="narplan.example")
    await assert_shut(door, await door.browser.get(back))


async def test_a_used_code_opens_nothing_with_a_fresh_state(door: Door) -> None:
    used = parse_qs(urlsplit(await door.leave()).query)["code"][0]
    fresh = parse_qs(urlsplit(await door.leave()).query)
    door.provider._codes.pop(used)
    await assert_shut(door, await door.browser.get("/logga-in/svar", params={"state": fresh["state"], "code": used}))


async def test_somebody_elses_code_opens_nothing_in_my_sign_in(door: Door) -> None:
    """Code injection: the code was made for another challenge, so that the verifier here does not fit."""
    async with connect(door.app) as other:
        theirs = parse_qs(urlsplit(await replace(door, browser=other).leave()).query)["code"]
    mine = parse_qs(urlsplit(await door.leave()).query)["state"]
    await assert_shut(door, await door.browser.get("/logga-in/svar", params={"state": mine, "code": theirs}))


async def test_an_answer_opens_nothing_in_another_browser(door: Door) -> None:
    """Login forgery: the attacker sends a victim the end of their own sign-in."""
    back = await door.leave()
    async with connect(door.app) as victim:
        await assert_shut(replace(door, browser=victim), await victim.get(back))
    async with connect(door.app) as victim:
        await replace(door, browser=victim).leave()
        await assert_shut(replace(door, browser=victim), await victim.get(back))
    await assert_shut(door, await door.browser.get(back))


async def test_a_verifier_that_does_not_fit_the_challenge_is_refused(door: Door) -> None:
    back = await door.leave()
    async with door.sessions(SYSTEM) as session:
        await session.execute(update(DirectorySignIn).values(verifier="x" * 43))
    await assert_shut(door, await door.browser.get(back))


async def test_a_sign_in_that_took_too_long_is_refused_and_forgotten(door: Door) -> None:
    back = await door.leave()
    async with door.sessions(SYSTEM) as session:
        await session.execute(update(DirectorySignIn).values(expires_at=utcnow() - timedelta(seconds=1)))
    await assert_shut(door, await door.browser.get(back))


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "/logga-ut",
    ],
)
async def test_signing_in_leads_to_no_other_site(door: Door, address: str) -> None:
    answer = await door.sign_in(nasta=address)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/laget"


async def test_nothing_of_the_providers_words_is_shown(door: Door) -> None:
    back = await door.leave()
    state = parse_qs(urlsplit(back).query)["state"]
    query = {"state": state, "error": "x", "error_description": "<script>alert(1)</script>Ring 0900"}
    answer = await door.browser.get("/logga-in/svar", params=query)
    assert "0900" not in answer.text


@pytest.fixture
async def real(config: OidcConfig, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """Return a browser of an application with connections of its own, so that requests truly run at once."""
    async with database.scoped(SYSTEM) as session:
        await factories.organisation(session, REGION, OrganisationKind.REGION)
        await factories.organisation(session, MUNICIPALITY)
    async with connect(create_app(database.scoped, None, Doors(provider=Provider(config)))) as browser:
        yield browser


async def test_the_same_answer_twice_at_once_opens_once(
    real: httpx.AsyncClient, provider: IdentityProvider, database: Database, door: Door
) -> None:
    here = replace(door, browser=real, sessions=database.scoped)
    back = await here.leave()
    answers = await asyncio.gather(*(real.get(back) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [303, 401, 401, 401, 401, 401]
    assert await here.open_sessions() == 1
