"""The register of the sample region as it is written in `register.toml`, read into typed values."""

from datetime import date
from functools import cache
from pathlib import Path

import msgspec

HERE = Path(__file__).parent
DOCUMENTS = HERE / "documents"
QUESTIONS = HERE / "questions.jsonl"
REGISTER_QUESTIONS = HERE / "register_questions.jsonl"
"""Twelve questions over the documents, one JSON object a line, with expected answers and evidence."""


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One table of the file; an unknown or missing key is an error."""


class SampleOrganisation(Entry, frozen=True):
    """An organisation; others refer to it by name."""

    name: str
    short_name: str
    kind: str
    parent: str | None = None


class SampleRole(Entry, frozen=True):
    """What somebody is in one more organisation."""

    organisation: str
    role: str


class SamplePerson(Entry, frozen=True):
    """Somebody who can sign in; others refer to them by e-mail address."""

    name: str
    email: str
    organisation: str
    role: str
    also: tuple[SampleRole, ...] = ()


class SampleNode(Entry, frozen=True):
    """A taxonomy node; initiatives refer to it by code."""

    dimension: str
    code: str
    name: str
    description: str
    aliases: tuple[str, ...]
    prioritised: bool = False


class SampleTaxonomy(Entry, frozen=True):
    """The region's taxonomy."""

    name: str
    valid_from: date
    nodes: tuple[SampleNode, ...]


class SampleFund(Entry, frozen=True):
    """A fund of the region, in whole kronor; budget lines refer to it by name and year."""

    name: str
    year: int
    frame_kronor: int


class SampleBudget(Entry, frozen=True):
    """What an initiative uses of a fund, in whole kronor, in the fund's own year."""

    fund: str
    year: int
    amount_kronor: int


class SampleInitiative(Entry, frozen=True):
    """An initiative with all that hangs on it."""

    title: str
    summary: str
    status: str
    lead: str
    responsible: str
    nodes: tuple[str, ...]
    decision: str = ""
    outcome: str = ""
    reason: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    budget: tuple[SampleBudget, ...] = ()
    shared_with: tuple[str, ...] = ()


class SampleDocument(Entry, frozen=True):
    """A file in `documents/` and who may read it."""

    file: str
    title: str
    visibility: str
    shared_with: tuple[str, ...] = ()


class Register(Entry, frozen=True):
    """The whole file."""

    region: str
    example_questions: tuple[str, ...]
    organisations: tuple[SampleOrganisation, ...]
    people: tuple[SamplePerson, ...]
    taxonomy: SampleTaxonomy
    funds: tuple[SampleFund, ...]
    initiatives: tuple[SampleInitiative, ...]
    documents: tuple[SampleDocument, ...]


@cache
def read() -> Register:
    """Return the register of the sample region; raises `msgspec.ValidationError` naming what is wrong in the file."""
    return msgspec.toml.decode((HERE / "register.toml").read_bytes(), type=Register)
