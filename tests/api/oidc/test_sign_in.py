from dataclasses import replace

import httpx
import pytest
from sqlalchemy import select, update

from api.app import create_app
from api.doors import Doors
from api.oidc.config import OidcConfig
from api.oidc.provider import Provider
from initiatives.access import SYSTEM, ScopedSessions
from initiatives.people import Person
from tests import factories
from tests.api.oidc.conftest import ANNA, Door
from tests.clients import connect
from tests.identity_provider import IdentityProvider, Key


async def test_an_account_signs_in_with_the_role_of_its_group_and_lands_where_it_was_heading(door: Door) -> None:
    answer = await door.sign_in(nasta="/initiativ?q=x")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/initiativ?q=x"
    me = await door.me()
    assert me is not None
    assert (me["name"], me["role"]) == ("Anna Alm", "programgrupp")
    assert [cookie.name for cookie in door.browser.cookies.jar] == ["narplan"], "the cookie of the way is gone"


async def test_the_same_account_is_the_same_person_though_name_and_address_change(door: Door) -> None:
    await door.sign_in()
    first = await door.me()
    door.provider.person |= {"email": "anna.ny@region.example", "name": "Anna Ny"}
    await door.sign_in()
    second = await door.me()
    assert first is not None
    assert second is not None
    assert first["person_id"] == second["person_id"]


async def test_somebody_added_beforehand_is_recognised_by_a_verified_address(door: Door) -> None:
    async with door.sessions(SYSTEM) as session:
        added = await factories.person(session, email=ANNA["email"])
    door.provider.person["email"] = "Anna.Alm@Region.Example"
    await door.sign_in()
    me = await door.me()
    assert me is not None
    assert me["person_id"] == str(added.id)


async def test_an_address_that_is_given_to_another_account_opens_nothing(door: Door) -> None:
    await door.sign_in()
    await door.browser.post("/logga-ut")
    door.provider.person["sub"] = "somebody else"
    answer = await door.sign_in()
    assert answer.status_code == 401
    assert "hör redan till ett annat konto" in answer.text
    assert await door.open_sessions() == 0


async def test_an_account_without_a_group_of_ours_is_refused_and_told_whom_to_ask(door: Door) -> None:
    door.provider.person["groups"] = ["alla"]
    answer = await door.sign_in()
    assert answer.status_code == 401
    assert "ingen roll i Närplan" in answer.text
    assert await door.open_sessions() == 0


async def test_one_who_is_shut_off_here_stays_out_whatever_the_provider_says(door: Door) -> None:
    await door.sign_in()
    async with door.sessions(SYSTEM) as session:
        await factories.closed(session, ANNA["email"])
    assert await door.me() is None
    assert (await door.sign_in()).status_code == 401
    assert await door.open_sessions() == 0


async def test_what_the_id_token_leaves_out_is_asked_for(door: Door) -> None:
    person = door.provider.person
    door.provider.user_info = {"sub": person["sub"]} | {name: person.pop(name) for name in ("email", "groups", "name")}
    await door.sign_in()
    me = await door.me()
    assert me is not None
    assert me["name"] == "Anna Alm"
    assert door.provider.asked["/userinfo"] == 1


async def test_claims_may_be_nested_and_named_otherwise(
    config: OidcConfig, provider: IdentityProvider, door: Door
) -> None:
    provider.person = {
        "sub": "b-2",
        "upn": "bo@region.example",
        "https://idp.example/namn": "Bo Ek",
        "realm_access": {"roles": ["narplan-politiker"]},
    }
    other = replace(
        config,
        email_claim="upn",
        name_claim="https://idp.example/namn",
        groups_claim="realm_access.roles",
        email_always_verified=True,
    )
    async with connect(create_app(door.sessions, None, Doors(provider=Provider(other)))) as browser:
        await replace(door, browser=browser).sign_in()
        assert (await browser.get("/api/v1/session")).json()["role"] == "politiker"


@pytest.mark.parametrize("ways", [["client_secret_post"], ["client_secret_basic"], None, "none"])
async def test_the_client_shows_its_secret_as_the_provider_wants(
    config: OidcConfig, provider: IdentityProvider, door: Door, ways: list[str] | str | None
) -> None:
    if ways == "none":
        provider.secret = None
        config = replace(config, client_secret=None)
    else:
        provider.description["token_endpoint_auth_methods_supported"] = ways or ["client_secret_basic"]
    async with connect(create_app(door.sessions, None, Doors(provider=Provider(config)))) as browser:
        assert (await replace(door, browser=browser).sign_in()).status_code == 303


async def test_keys_rotate_while_people_sign_in(door: Door) -> None:
    door.ours._keys_seconds = 0
    await door.sign_in()
    door.provider.keys.append(Key("k2", "ES256"))
    assert (await door.sign_in()).status_code == 303
    door.provider.keys.pop(0)
    assert (await door.sign_in()).status_code == 303
    assert door.provider.asked["/keys"] == 2, "the keys are fetched again only for one that is not known"


async def test_made_up_keys_do_not_flood_the_provider(door: Door) -> None:
    await door.sign_in()
    await door.browser.post("/logga-ut")
    for number in range(5):
        stranger = Key(f"s{number}", "ES256")
        door.provider.token = stranger.sign
        assert (await door.sign_in()).status_code == 401
    assert door.provider.asked["/keys"] == 1
    assert door.provider.asked["/.well-known/openid-configuration"] == 1


async def test_people_who_sign_in_at_once_do_not_mix(config: OidcConfig, door: Door) -> None:
    async with connect(door.app) as one, connect(door.app) as other:
        first, second = replace(door, browser=one), replace(door, browser=other)
        back = await first.leave()
        door.provider.person = {**ANNA, "sub": "c-3", "email": "c@region.example", "name": "Cia Dal"}
        await second.sign_in()
        door.provider.person = ANNA
        await one.get(back)
        assert (await one.get("/api/v1/session")).json()["name"] == "Anna Alm"
        assert (await other.get("/api/v1/session")).json()["name"] == "Cia Dal"


async def test_signing_in_takes_a_new_token_and_ends_the_old_session(door: Door) -> None:
    door.browser.cookies.set("narplan", "planted", domain="narplan.example")
    await door.sign_in()
    first = door.browser.cookies["narplan"]
    assert first != "planted"
    await door.sign_in()
    assert door.browser.cookies["narplan"] != first
    assert await door.open_sessions() == 1


async def test_over_https_the_cookie_of_the_way_is_bound_to_the_host(door: Door) -> None:
    answer = await door.browser.get("https://narplan.example/logga-in/konto")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-narplan-vag=")
    assert {"HttpOnly", "Path=/", "SameSite=lax", "Secure"} <= set(cookie.split("; "))


async def test_the_page_offers_the_ways_in_that_there_are(
    config: OidcConfig, sessions: ScopedSessions, door: Door
) -> None:
    both = (await door.browser.get("/logga-in", params={"nasta": "/initiativ"})).text
    assert 'href="/logga-in/konto?nasta=%2Finitiativ"' in both
    assert "Logga in med Solmarkskontot" in both
    assert 'type="password"' in both
    async with sessions(SYSTEM) as session:
        await factories.person(session, email="p@x.example", password=factories.PASSWORD)
    only = create_app(sessions, None, Doors(passwords=False, provider=Provider(config)))
    async with connect(only) as browser:
        assert 'type="password"' not in (await browser.get("/logga-in")).text
        form = {"epost": "p@x.example", "losenord": factories.PASSWORD}
        assert (await browser.post("/logga-in", data=form)).status_code == 401
        body = {"email": "p@x.example", "password": factories.PASSWORD}
        assert (await browser.post("/api/v1/session", json=body)).status_code == 401
    assert await door.open_sessions() == 0


async def test_without_a_provider_there_is_no_such_door(anonymous: httpx.AsyncClient) -> None:
    for path in ("/logga-in/konto", "/logga-in/svar?code=a&state=b"):
        assert (await anonymous.get(path)).status_code == 404
    assert "konto?" not in (await anonymous.get("/logga-in")).text


@pytest.mark.parametrize(
    "description",
    [
        {"issuer": "https://other.example"},
        {"code_challenge_methods_supported": ["plain"]},
        {"token_endpoint": "http://elsewhere.example/token"},
        {"jwks_uri": None},
    ],
)
async def test_a_provider_that_cannot_be_trusted_is_said_not_to_answer(door: Door, description: dict[str, str]) -> None:
    door.provider.description = description
    answer = await door.browser.get("/logga-in/konto")
    assert answer.status_code == 503
    assert "Försök igen om en stund" in answer.text


async def test_a_provider_that_is_down_is_a_sentence(door: Door, config: OidcConfig) -> None:
    gone = Provider(replace(config, issuer="http://127.0.0.1:9"))
    async with connect(create_app(door.sessions, None, Doors(provider=gone)), accept="text/html") as browser:
        answer = await browser.get("/logga-in/konto")
    assert answer.status_code == 503
    assert 'type="password"' in answer.text, "the other way in is still offered"


async def test_the_subject_is_kept_with_its_issuer(door: Door) -> None:
    await door.sign_in()
    async with door.sessions(SYSTEM) as session:
        await session.execute(update(Person).where(Person.email == ANNA["email"]).values(email="flyttad@x.example"))
        assert await session.scalar(select(Person.name).where(Person.email == "flyttad@x.example")) == "Anna Alm"
    await door.sign_in()
    me = await door.me()
    assert me is not None
    assert me["name"] == "Anna Alm"
