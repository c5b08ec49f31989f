"""Webhooks out: one message to one receiver, and how it went.

Neither the answer's size nor its time is the receiver's to choose.
"""

import asyncio
import ssl
import time
from collections.abc import Mapping

import httpx2

from ingest import calling
from ingest.calling import Resolve
from initiatives.dispatch import ANSWER_LENGTH, Outcome

SECONDS = 10.0
"""How long one try may take, all in all."""
LARGEST_ANSWER = 16 * 1024
"""How many bytes of an answer are read at most."""
_SENT = {"Content-Type": "application/json", "User-Agent": "Narplan-Webhook/1"}


async def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    local: bool = False,
    look_up: Resolve = calling.resolve,
    trust: ssl.SSLContext | None = None,
    seconds: float = SECONDS,
) -> Outcome:
    """Send the body and return how it went; whatever goes wrong is an outcome too.

    `local` lets this computer's own addresses be called. `trust` are the certificates to believe, by default the usual.
    """
    begun = time.monotonic()
    status, answer, problem = None, "", None
    try:
        async with asyncio.timeout(seconds):
            sent = {**_SENT, **headers}
            async with calling.call(
                "POST", url, sent, content=body, local=local, look_up=look_up, trust=trust
            ) as response:
                said = await calling.beginning(response, LARGEST_ANSWER)
            status, answer = response.status_code, said.decode("utf-8", "replace")[:ANSWER_LENGTH]
    except TimeoutError:
        problem = f"Mottagaren svarade inte inom {seconds:g} sekunder."
    except Exception as error:  # noqa: BLE001 - a receiver may break in any way, and must break nothing here
        problem = calling.told(error, "Mottagaren")
    if status is not None and problem is None and not httpx2.codes.is_success(status):
        moved = " Omdirigeringar följs inte: ange den slutliga adressen." if httpx2.codes.is_redirect(status) else ""
        problem = f"Mottagaren svarade {status}, och bara 2xx räknas som mottaget.{moved}"
    return Outcome(status, round((time.monotonic() - begun) * 1000), answer, problem)
