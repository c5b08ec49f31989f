"""What comes back from a model server: bounded while it is read, cleaned, judged, and its failures said in words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import AsyncGenerator, AsyncIterator, Iterator

import httpx2
import openai

from retrieval.composing import NOT_IN_MATERIAL
from retrieval.language import ModelDeclined
from retrieval.metering import ModelFailed

MOST_BYTES = 4 * 1024 * 1024
"""Bytes of one response, errors and unfinished lines included; a long answer takes about a tenth."""
THOUGHTS = re.compile(r"\s*<think>.*?</think>", re.DOTALL)
NUMBERS = re.compile(
    r"[\[【]\s*(?:källa\s*)?(\d{1,3}(?:\s*(?:,|;|och)\s*\d{1,3})*)(?:†[^】]*)?\s*[\]】]", re.IGNORECASE
)
"""Source numbers as models write them: [1], [1, 2], [källa 1], 【1】 and 【1†L3】."""
SWEDISH = frozenset(
    (
        *(
            "och",
            "att",
            "det",
            "som",
            "är",
            "för",
            "med",
            "av",
            "till",
            "på",
            "ska",
            "inte",
            "om",
            "ett",
            "från",
            "har",
        ),
        *("enligt", "under", "vid", "år", "den", "de", "en", "i", "får", "eller", "inom", "beslutade", "föreslår"),
    )
)
ENGLISH = frozenset(
    (
        *("the", "of", "and", "to", "is", "are", "was", "were", "for", "with", "that", "this", "which", "by", "from"),
        *("has", "have", "will", "should", "not", "according", "at", "on", "be", "been", "it", "a", "an"),
    )
)
ENOUGH_WORDS = 8
"""From how many words on a text without a single Swedish function word counts as another language."""


def accepted(reply: str) -> str:
    """The reply as plain text with marks such as [1], without thoughts and without characters that nobody can see.

    Raises `ModelFailed` when nothing is left or it is not Swedish, and `ModelDeclined` when it says that the sources
    do not hold the answer.
    """
    text = plain(cleaned(THOUGHTS.sub("", reply, count=1) if reply.lstrip().startswith("<think>") else reply))
    if not text:
        raise ModelFailed("Modellen lämnade ett tomt svar.")
    if text.casefold().startswith(NOT_IN_MATERIAL.rstrip(".").casefold()):
        raise ModelDeclined("Modellen fann inte svaret i de citerade ställena. Kontrollera svaret mot källan.")
    if not is_swedish(text):
        raise ModelFailed("Modellen svarade inte på svenska.")
    return text


def cleaned(text: str) -> str:
    """Text that can be stored and shown: no control, format, private or half characters but line ends."""
    return "".join(
        " " if character == "\t" else character
        for character in text
        if character in "\n\t" or not unicodedata.category(character).startswith("C")
    ).strip()


def plain(text: str) -> str:
    """Text with one way of naming sources, [1], one kind of list item, and without marks for bold and headings."""
    text = NUMBERS.sub(lambda found: "".join(f"[{number}]" for number in re.findall(r"\d+", found[1])), text)
    text = re.sub(r"(?m)^[ ]*[-*•][ ]+", "– ", text)
    return re.sub(r"(?m)\*\*|^#{1,6}[ ]+", "", text).strip()


def is_swedish(text: str) -> bool:
    """Whether a text may pass for Swedish, by its function words; a few words or bare figures may."""
    words = re.findall(r"[^\W\d_]+", text.casefold())
    swedish = sum(word in SWEDISH for word in words)
    english = sum(word in ENGLISH for word in words)
    return english <= swedish and (swedish > 0 or len(words) < ENOUGH_WORDS)


def reason(error: Exception) -> str:
    """What went wrong with the server, in plain Swedish; never what the server said, which may hold anything."""
    if isinstance(error, openai.APIStatusError):
        return _status(error.status_code)
    if any(isinstance(cause, TooMuch) for cause in _causes(error)):
        return "Modellens svar tog aldrig slut."
    if any(isinstance(cause, httpx2.ConnectError) for cause in _causes(error)):
        return "Modellservern gick inte att nå."
    if isinstance(error, openai.APIConnectionError | httpx2.TransportError):
        return "Förbindelsen med modellservern bröts."
    return "Modellservern skickade något som inte gick att läsa."


def took_nothing(error: Exception) -> bool:
    """Whether the server refused the request, or was never reached, so that it cost nothing."""
    return isinstance(error, openai.APIStatusError) or any(isinstance(c, httpx2.ConnectError) for c in _causes(error))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _status(code: int) -> str:
    if code in {401, 403}:
        return "Modellservern godtog inte nyckeln. Den som sköter Närplan kan ändra den i inställningarna."
    if code == httpx2.codes.NOT_FOUND:
        return "Modellen finns inte på modellservern. Den som sköter Närplan kan ändra namn och adress."
    if code == httpx2.codes.TOO_MANY_REQUESTS:
        return "Modellservern har för mycket att göra just nu."
    return f"Modellservern svarade med fel {code}."


class TooMuch(Exception):
    """A response went on after the most that one may hold."""


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = MOST_BYTES
        parts = aiter(self._stream)
        try:
            async for part in parts:
                left -= len(part)
                if left < 0:
                    raise TooMuch
                yield part
        finally:
            if isinstance(parts, AsyncGenerator):  # nobody else closes it when this one is left in the middle
                await parts.aclose()

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _bound(response: httpx2.Response) -> None:
    if isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = _Bounded(response.stream)


def bounded_client() -> httpx2.AsyncClient:
    """A client that reads at most `MOST_BYTES` of a response, unpacks nothing and follows no redirect.

    It has no time limits of its own: the deadline over the whole answer is the one that counts.
    """
    return httpx2.AsyncClient(
        headers={"Accept-Encoding": "identity"},
        timeout=None,
        follow_redirects=False,
        event_hooks={"response": [_bound]},
    )
