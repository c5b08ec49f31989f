"""What can go wrong with a file. Every error names the file's trouble, where it arose and what to do about it."""

from enum import StrEnum
from typing import ClassVar

from initiatives.errors import InvalidValue, NarplanError


class Stage(StrEnum):
    """Where in its way through the house a file was when something happened."""

    READING = "reading"
    STRUCTURING = "structuring"
    EMBEDDING = "embedding"
    PUBLISHING = "publishing"

    @property
    def word(self) -> str:
        """The Swedish noun for the stage."""
        return _WORDS[self]


_WORDS = {
    Stage.READING: "läsning",
    Stage.STRUCTURING: "indelning",
    Stage.EMBEDDING: "indexering",
    Stage.PUBLISHING: "publicering",
}


class RefusedFile(InvalidValue):
    """The file is turned away at the door, before anything of it is stored."""

    title: ClassVar[str] = "Filen togs inte emot"

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason} {remedy}", field="file")
        self.reason = reason
        self.remedy = remedy


class UnreadableFile(NarplanError):
    """The file cannot become searchable as it is; trying again with the same bytes gives the same result."""

    title: ClassVar[str] = "Filen gick inte att läsa"

    def __init__(self, reason: str, remedy: str, *, stage: Stage = Stage.READING, page: int | None = None) -> None:
        super().__init__(f"{reason} {remedy}")
        self.reason = reason
        self.remedy = remedy
        self.stage = stage
        self.page = page
