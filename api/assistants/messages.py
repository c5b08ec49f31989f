"""What is asked in a conversation as OpenAI's clients send it: the last of the user's messages, and those before it."""

from typing import Any

import msgspec

from initiatives import values
from initiatives.errors import InvalidValue
from retrieval.answering import LONGEST_QUESTION

MOST_BEFORE = 50
"""How many earlier questions count; clients send all that there are."""
ONLY_TEXT = "Närplan läser bara text. Ta bort bilder, ljud och filer ur meddelandet."


class Message(msgspec.Struct, frozen=True):
    """A message. Those of the user are read; all others (system, assistant, tool) are data and change nothing."""

    role: str
    content: str | list[dict[str, Any]] | None = None


def asked(messages: list[Message]) -> tuple[str, tuple[str, ...]]:
    """Return the question and the questions before it, the latest last; raise `InvalidValue` with the message."""
    said = [(place, _text(one, place)) for place, one in enumerate(messages) if one.role == "user"]
    if not said:
        raise InvalidValue("Skicka minst ett meddelande med rollen user.", field="messages")
    place, last = said.pop()
    question = values.line(last, field=f"messages.{place}.content", longest=LONGEST_QUESTION)
    before = [" ".join(text.split())[:LONGEST_QUESTION] for _, text in said]
    return question, tuple([text for text in before if text][-MOST_BEFORE:])


def _text(message: Message, place: int) -> str:
    if not isinstance(message.content, list):
        return message.content or ""
    where = f"messages.{place}.content"
    if any(part.get("type") != "text" for part in message.content):
        raise InvalidValue(ONLY_TEXT, field=where)
    texts = [part.get("text") for part in message.content]
    if not all(isinstance(text, str) for text in texts):
        raise InvalidValue("En textdel ska ha fältet text med en text.", field=where)
    return "\n".join(map(str, texts))
