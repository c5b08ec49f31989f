"""What rules read out of a document: drafts of things in the register, each with the place that it was read from.

Frozen values without a database. A draft becomes a suggestion when its document is published, and nothing more until
somebody accepts it.
"""

import hashlib
import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

import msgspec

from initiatives.decisions import Outcome
from initiatives.grants.facts import KINDS, Basis, ObligationKind, Whose
from initiatives.indicators.targets import Direction, Rule
from initiatives.matters import MatterKind
from initiatives.standing import DueKind


class Confidence(StrEnum):
    """How sure a rule is of what it has read: the words say it, they most likely do, or it is a guess."""

    SURE = "säker"
    LIKELY = "trolig"
    UNSURE = "osäker"


class MatterDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag="matter"):
    """A matter with what an organ proposes or has decided in it; its att-satser are parts of it."""

    title: str
    organ: str
    outcome: Outcome
    kind: MatterKind = MatterKind.OTHER
    diary_number: str = ""
    decided_on: date | None = None
    paragraph: str = ""
    proposed_by: str = ""

    named: ClassVar[tuple[str, ...]] = ("title", "organ", "outcome", "paragraph")


class ClauseDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag="clause"):
    """An att-sats; a negative amount is money taken out of `funding_source`."""

    number: int
    text: str
    verb: str = ""
    addressee: str = ""
    due_kind: DueKind = DueKind.NONE
    due_on: date | None = None
    due_note: str = ""
    amount_kronor: int | None = None
    funding_source: str = ""

    named: ClassVar[tuple[str, ...]] = ("text",)


class GrantDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag="grant"):
    """A state grant; its parts and what it demands are parts of it."""

    name: str
    from_year: int
    to_year: int
    kind: str = KINDS[0]
    national_kronor: int | None = None

    named: ClassVar[tuple[str, ...]] = ("name", "from_year", "to_year")


class ComponentDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag="component"):
    """A part of a state grant in a year; one own amount, or one for each payment."""

    name: str
    year: int
    national_kronor: int | None = None
    own_kronor: tuple[int, ...] = ()
    price_rule: str = ""
    basis: Basis = Basis.OTHER
    whose: Whose = Whose.REGION

    named: ClassVar[tuple[str, ...]] = ("name", "year", "national_kronor", "own_kronor")


class ObligationDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag="obligation"):
    """What a state grant demands, or pays, on a day; `component` is the name of the part that it holds for, if one."""

    kind: ObligationKind
    due_on: date | None = None
    whole_month: bool = False
    due_text: str = ""
    recipient: str = ""
    is_done: bool = False
    component: str = ""

    named: ClassVar[tuple[str, ...]] = ("kind", "due_on", "whole_month", "due_text", "recipient", "component")


class AmountDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag="amount"):
    """Money that is given to somebody for something; goes into the register as an allocation of a fund."""

    amount_kronor: int
    purpose: str
    receiver: str = ""
    year: int | None = None
    recurring: bool = False

    named: ClassVar[tuple[str, ...]] = ("amount_kronor", "purpose")


class DeadlineDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag="deadline"):
    """A last day and what is due; goes into the register as a milestone of an initiative."""

    title: str
    due_on: date
    recipient: str = ""

    named: ClassVar[tuple[str, ...]] = ("title", "due_on")


class InitiativeDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag="initiative"):
    """A measure of an action plan."""

    title: str
    summary: str = ""
    ends_on: date | None = None

    named: ClassVar[tuple[str, ...]] = ("title",)


class IndicatorDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag="indicator"):
    """Something that is measured, with where it stood in a year and what is aimed at."""

    name: str
    unit: str
    direction: Direction = Direction.NONE
    baseline: Decimal | None = None
    baseline_on: date | None = None
    rule: Rule | None = None
    target: Decimal | None = None
    target_year: int | None = None

    named: ClassVar[tuple[str, ...]] = ("name", "target", "target_year")


Draft = (
    MatterDraft
    | ClauseDraft
    | GrantDraft
    | ComponentDraft
    | ObligationDraft
    | AmountDraft
    | DeadlineDraft
    | InitiativeDraft
    | IndicatorDraft
)


class Kind(StrEnum):
    """What a suggestion is a suggestion of; the tags of the drafts."""

    MATTER = "matter"
    CLAUSE = "clause"
    GRANT = "grant"
    COMPONENT = "component"
    OBLIGATION = "obligation"
    AMOUNT = "amount"
    DEADLINE = "deadline"
    INITIATIVE = "initiative"
    INDICATOR = "indicator"


DRAFTS: dict[Kind, type[Draft]] = {
    Kind.MATTER: MatterDraft,
    Kind.CLAUSE: ClauseDraft,
    Kind.GRANT: GrantDraft,
    Kind.COMPONENT: ComponentDraft,
    Kind.OBLIGATION: ObligationDraft,
    Kind.AMOUNT: AmountDraft,
    Kind.DEADLINE: DeadlineDraft,
    Kind.INITIATIVE: InitiativeDraft,
    Kind.INDICATOR: IndicatorDraft,
}


class Found(msgspec.Struct, frozen=True):
    """A draft with characters `start` to `end` of the text that it was read from, and the rule that read it.

    `parent` is the place, in the same sequence, of what it is a part of.
    """

    draft: Draft
    start: int
    end: int
    confidence: Confidence
    rule: str
    parent: int | None = None


def kind_of(draft: Draft) -> Kind:
    """Return what a draft is a draft of."""
    return next(kind for kind, made in DRAFTS.items() if isinstance(draft, made))


def marks(found: Sequence[Found]) -> list[bytes]:
    """Return what tells each from the others of its document, whatever place it has in the text.

    Kind, the fields that name it, and what it is a part of; letters and digits alone count. What stands twice is
    counted. A parent comes before its parts.
    """
    made: list[bytes] = []
    seen: dict[bytes, int] = {}
    for one in found:
        words = " ".join(str(getattr(one.draft, name)) for name in one.draft.named)
        said = " ".join(re.findall(r"\w+", words.casefold()))
        above = b"" if one.parent is None else made[one.parent]
        digest = hashlib.sha256(above + f"{kind_of(one.draft)}\n{said}".encode()).digest()
        seen[digest] = seen.get(digest, 0) + 1
        made.append(digest if seen[digest] == 1 else hashlib.sha256(digest + bytes([seen[digest] % 256])).digest())
    return made
