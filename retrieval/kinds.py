"""What a unit of a document is to a reader."""

from enum import StrEnum


class UnitKind(StrEnum):
    """The kind of a unit; the values are stored with it."""

    PARAGRAPH = "paragraph"
    ITEM = "item"
    ATT = "att-sats"
    ROW = "row"
    CONTENTS = "contents"
    HEADING = "heading"
