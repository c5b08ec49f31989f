"""What an answer may take of a language model, and what it does take."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from initiatives.errors import NarplanError

CHARACTERS = 3
"""How many characters count as a token, for servers that do not say; Swedish takes a few more to each."""


class ModelFailed(NarplanError):
    """The language model gave no usable answer; the extractive answer stands."""

    title: ClassVar[str] = "Språkmodellen svarade inte"


@dataclass(frozen=True, slots=True)
class Use:
    """The tokens that a server says that it read and wrote."""

    sent: int
    written: int


@dataclass(slots=True)
class Meter:
    """What one answer takes of a model, in tokens over all its turns, and the most that it may take.

    ``told`` is of how many turns the server has said it, and ``refused`` tells that it took none of them.
    """

    most_sent: int
    most_written: int
    ask_for_use: bool = False
    sent: int = 0
    written: int = 0
    turns: int = 0
    told: int = 0
    refused: bool = False

    @property
    def left_to_write(self) -> int:
        """The tokens that the next turn may write."""
        return self.most_written - self.written

    def begin(self, sent: int) -> None:
        """Count what a turn sends. Raises `ModelFailed` where it is too much, or nothing may be written in reply."""
        if self.sent + sent > self.most_sent:
            raise ModelFailed("Frågan och källorna är längre än vad som får skickas till modellen.")
        if self.left_to_write <= 0:
            raise ModelFailed("Modellen har skrivit så mycket som den får.")
        self.sent += sent
        self.turns += 1

    def end(self, sent: int, written: int, use: Use | None) -> None:
        """Count what a turn wrote, or what it took by the server's word instead of what was thought."""
        self.written += use.written if use else written
        if use:
            self.told += 1
            self.sent += use.sent - sent


@dataclass(frozen=True, slots=True)
class Limits:
    """What answers may take of a model; 0 is no limit for all but ``sent`` and ``written``.

    ``at_once`` and ``at_once_each`` are answers under way, of the installation and of one person. ``sent`` and
    ``written`` are tokens for one answer, ``seconds`` its deadline. Prices are in öre for a million tokens, the
    ceilings ``day`` and ``day_each`` in kronor for a day of the installation's and of one person's.
    """

    seconds: float = 20.0
    sent: int = 30_000
    written: int = 1_500
    at_once: int = 4
    at_once_each: int = 2
    price_sent: int = 0
    price_written: int = 0
    day: int = 0
    day_each: int = 0

    @property
    def most(self) -> int:
        """What an answer may at most cost, in millionths of an öre."""
        return self.sent * self.price_sent + self.written * self.price_written

    def meter(self) -> Meter:
        """A meter for one answer."""
        return Meter(self.sent, self.written, ask_for_use=self.most > 0)

    def cost(self, meter: Meter) -> int:
        """What an answer cost, in millionths of an öre; the most that it may have where the server does not say."""
        if meter.refused or not meter.turns:
            return 0
        if meter.told < meter.turns:
            return self.most
        return meter.sent * self.price_sent + meter.written * self.price_written


def tokens(characters: int) -> int:
    """About how many tokens so many characters are."""
    return math.ceil(characters / CHARACTERS)
