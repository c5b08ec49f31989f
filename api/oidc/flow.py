"""The two halves of a sign-in: off to the provider, and back with a code that is good once."""

import base64
import hashlib
import hmac
import logging
from collections.abc import Mapping
from urllib.parse import urlencode

from api.oidc.claims import Claimed, claimed
from api.oidc.errors import ProviderUnavailable, Refused
from api.oidc.provider import Provider
from api.oidc.tokens import verify
from initiatives import directory
from initiatives.access import SYSTEM, ScopedSessions

logger = logging.getLogger(__name__)

LONGEST_ANSWER = 4096
STARTED_ELSEWHERE = "Inloggningen påbörjades i en annan webbläsare, eller har redan använts. Börja om."
INTERRUPTED = "Inloggningen avbröts hos organisationens inloggning. Försök igen om du vill."


async def begin(sessions: ScopedSessions, provider: Provider, following: str) -> tuple[str, str]:
    """Return the address at the provider to send the browser to, and the token for its cookie meanwhile.

    `following` is the page of ours to end at. Raises `ProviderUnavailable`.
    """
    try:
        description = await provider.describe()
    except (ProviderUnavailable, Refused) as error:
        logger.warning("OIDC: %s", error.reason)
        raise ProviderUnavailable(error.reason) from error
    async with sessions(SYSTEM) as session:
        started = await directory.start(session, following)
    query = {
        "response_type": "code",
        "client_id": provider.config.client_id,
        "redirect_uri": provider.config.redirect_address,
        "scope": " ".join(provider.config.scopes),
        "state": started.state,
        "nonce": started.nonce,
        "code_challenge": challenge(started.verifier),
        "code_challenge_method": "S256",
    }
    separator = "&" if "?" in description.authorization_endpoint else "?"
    return f"{description.authorization_endpoint}{separator}{urlencode(query)}", started.browser


async def finish(
    sessions: ScopedSessions, provider: Provider, answer: Mapping[str, str], browser: str
) -> tuple[Claimed, str]:
    """Return whom the provider vouches for and the page to end at, given the query it sent the browser back with.

    `browser` is the cookie's token. A sign-in is used up whatever comes of it. Raises `Refused` for everything that
    is forged, stale or used, and `ProviderUnavailable`; the log says why.
    """
    try:
        return await _finish(sessions, provider, answer, browser)
    except (ProviderUnavailable, Refused) as error:
        logger.warning("OIDC: %s", error.reason)
        raise


async def _finish(
    sessions: ScopedSessions, provider: Provider, answer: Mapping[str, str], browser: str
) -> tuple[Claimed, str]:
    async with sessions(SYSTEM) as session:
        returned = await directory.take(session, answer.get("state", ""), browser)
    if returned is None:
        raise Refused("the state is unknown, used, too old or another browser's", STARTED_ELSEWHERE)
    await _check_sender(provider, answer)
    if "error" in answer:
        raise Refused("the provider, or the person, said no", INTERRUPTED)
    code = answer.get("code", "")
    if not 0 < len(code) <= LONGEST_ANSWER:
        raise Refused("there is no code")
    tokens = await provider.exchange(code, returned.verifier)
    claims = await verify(provider, tokens, returned.nonce)
    return await claimed(provider, tokens, claims), returned.following


async def _check_sender(provider: Provider, answer: Mapping[str, str]) -> None:
    """Refuse an answer from another provider (RFC 9207)."""
    sender = answer.get("iss")
    if sender is None and (await provider.describe()).names_itself:
        raise Refused("the answer does not say which provider it is from (iss)")
    if sender is not None and not hmac.compare_digest(sender.encode(), provider.config.issuer.encode()):
        raise Refused("the answer is from another provider (iss)")


def challenge(verifier: str) -> str:
    """Return the S256 challenge of a PKCE verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
