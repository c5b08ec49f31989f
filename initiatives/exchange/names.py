"""What a cell refers to by name: organisations, people, nodes of the taxonomy, and rows of other tables.

A name that only one thing has stands for it; what shares its name with another is written by its identifier.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from rapidfuzz import fuzz, process
from sqlalchemy import ColumnElement, Select, Text, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import Viewer
from initiatives.assignments import Assignment
from initiatives.clauses import Clause
from initiatives.decisions import Decision
from initiatives.errors import InvalidValue
from initiatives.funds import Allocation, Fund
from initiatives.indicators.tables import Indicator
from initiatives.initiatives import Initiative, visible_to
from initiatives.matters import Matter
from initiatives.measure_frames import MeasureFrame
from initiatives.organisations import Organisation
from initiatives.people import Person
from initiatives.taxonomy import TaxonomyNode

CLOSE, LONGEST = 60, 300
"""How like a word is to be for it to be meant, in hundredths, and how much of a text is compared."""
Query = Callable[[Viewer], Select[*tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Reference:
    """A kind of thing that cells name: how to say that there is none, and the query of identifier and names.

    The first name is the one that is written; the others are read too.
    """

    missing: str
    query: Query


def _joined(*parts: Any) -> ColumnElement[str]:
    return func.concat_ws(", ", *(func.nullif(cast(part, Text), "") for part in parts))


_MATTER = _joined(func.coalesce(func.nullif(Matter.diary_number, ""), Matter.title), Matter.organ)
_DECISION = _joined(_MATTER, Decision.outcome, Decision.decided_on, Decision.paragraph)
_DECISIONS = select(Decision.id, _DECISION).join(Matter, Matter.id == Decision.matter_id)
_CLAUSES = (
    select(Clause.id, func.concat(_DECISION, ", att-sats ", Clause.number))
    .join(Decision, Decision.id == Clause.decision_id)
    .join(Matter, Matter.id == Decision.matter_id)
)
_ASSIGNMENTS = (
    select(Assignment.id, _joined(_DECISION, Assignment.title, Assignment.receiver))
    .join(Decision, Decision.id == Assignment.decision_id)
    .join(Matter, Matter.id == Decision.matter_id)
)

_ALLOCATIONS = select(Allocation.id, _joined(Allocation.purpose, Fund.name, Fund.year)).join(
    Fund, Fund.id == Allocation.fund_id
)

REFERENCES: Mapping[str, Reference] = {
    "organisation": Reference(
        "ingen organisation",
        lambda _: select(Organisation.id, Organisation.name, Organisation.short_name, Organisation.code),
    ),
    "person": Reference("ingen person", lambda _: select(Person.id, Person.email, Person.name)),
    "taxonomy_node": Reference(
        "ingen plats i taxonomin",
        lambda _: select(TaxonomyNode.id, TaxonomyNode.name, TaxonomyNode.code),
    ),
    "initiative": Reference(
        "inget initiativ", lambda person: select(Initiative.id, Initiative.title).where(visible_to(person))
    ),
    "matter": Reference("inget ärende", lambda _: select(Matter.id, _MATTER, Matter.diary_number, Matter.title)),
    "decision": Reference("inget beslut", lambda _: _DECISIONS),
    "clause": Reference("ingen att-sats", lambda _: _CLAUSES),
    "assignment": Reference("inget uppdrag", lambda _: _ASSIGNMENTS),
    "fund": Reference("inget anslag", lambda _: select(Fund.id, func.concat(Fund.name, " ", Fund.year), Fund.name)),
    "allocation": Reference("ingen tilldelning", lambda _: _ALLOCATIONS),
    "measure_frame": Reference("ingen ram", lambda _: select(MeasureFrame.id, MeasureFrame.name)),
    "indicator": Reference("ingen indikator", lambda _: select(Indicator.id, Indicator.name, Indicator.kolada_id)),
}


@dataclass(slots=True)
class Names:
    """The names of everything that some cells may refer to, both ways."""

    labels: dict[str, dict[UUID, str]] = field(default_factory=dict)
    known: dict[str, dict[str, set[UUID]]] = field(default_factory=dict)
    _plain: dict[str, dict[str, str]] = field(default_factory=dict)

    def label(self, kind: str, identifier: UUID) -> str:
        """Return what a thing is called, or its identifier when another one is called the same."""
        called = self.labels[kind].get(identifier, "")
        unique = called and self.known[kind][_plain(called)] == {identifier}
        return called if unique else str(identifier)

    def find(self, kind: str, text: str) -> UUID:
        """Return what is called so, or has this identifier; raise `InvalidValue` if there is none, or several."""
        try:
            identifier = UUID(text)
        except ValueError:
            pass
        else:
            if identifier in self.labels[kind]:
                return identifier
        found = self.known[kind].get(_plain(text), set())
        if len(found) == 1:
            return next(iter(found))
        if found:
            raise InvalidValue(f"Det finns flera som heter ”{text[:60]}”. Skriv id i stället.")
        near = self._nearest(kind, text)
        hint = f" Menar du ”{near}”?" if near else " Kontrollera stavningen."
        raise InvalidValue(f"Det finns {REFERENCES[kind].missing} som heter ”{text[:60]}”.{hint}")

    def _nearest(self, kind: str, text: str) -> str | None:
        """Return as `nearest`; the names are made plain once, for a file may be wrong in every row."""
        if kind not in self._plain:
            self._plain[kind] = {_plain(called): called for called in self.labels[kind].values()}
        return _closest(text, self._plain[kind])


async def load(session: AsyncSession, person: Viewer, kinds: Iterable[str]) -> Names:
    """Return the names of all things of these kinds that the person sees."""
    names = Names()
    for kind in kinds:
        labels: dict[UUID, str] = {}
        first, others = defaultdict[str, set[UUID]](set), defaultdict[str, set[UUID]](set)
        for identifier, called, *also in await session.execute(REFERENCES[kind].query(person)):
            labels[identifier] = called or ""
            first[_plain(called or "")].add(identifier)
            for other in also:
                others[_plain(other or "")].add(identifier)
        names.labels[kind], names.known[kind] = labels, {**others, **first}
    return names


def nearest(text: str, known: Iterable[str]) -> str | None:
    """Return the known word that is spelt most like the text, or None if none is near."""
    return _closest(text, {_plain(one): one for one in known})


def _closest(text: str, plain: Mapping[str, str]) -> str | None:
    """Return the word whose plain form is spelt most like the text."""
    found = process.extractOne(_plain(text)[:LONGEST], plain.keys(), scorer=fuzz.ratio, score_cutoff=CLOSE)
    return plain[found[0]] if found else None


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
