"""The names that a question means: the things that it asks about, and those that it filters by."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from retrieval.register.asking import Subject, Wanted
from retrieval.register.names import Link, Names
from retrieval.register.reading import Reading, read
from retrieval.turns import give_way

ENOUGH = 0.7
"""How much of a question's telling words a name must cover to be what is meant."""
ALIKE = 0.06
"""Within how much of the best another name is as good."""
WHOLE = 0.95
"""How much of a name must be said for it to filter by."""
CLOSER = 0.25
"""By how much more of a name is said when that name alone is meant."""
HALF = 0.5
"""From how much in common a word of the question is one of a name."""
MOST_OBJECTS = 12
ANCHORED, NAMED = 0.6, 0.2
"""How much of a name is said, and of the question's telling words, where it is meant although others are not known."""
VAGUE, PLAIN = 3, 0.4
"""From how many names a word is too common to mean them, unless it says this much of them."""
FILTERS = frozenset({Subject.NODE, Subject.ORGANISATION, Subject.PERSON, Subject.ORGAN})
PREFERRED = (
    *(Subject.INITIATIVE, Subject.FUND, Subject.GRANT, Subject.INDICATOR, Subject.MEASURE, Subject.MATTER),
    *(Subject.ASSIGNMENT, Subject.GRANT_PART, Subject.ALLOCATION, Subject.DISTRIBUTION, Subject.FRAME),
    *(Subject.AGREEMENT, Subject.DEADLINE, Subject.ROUND, Subject.APPLICATION, Subject.MEETING),
    *(Subject.CLAUSE, Subject.UNIT, Subject.NODE, Subject.ORGANISATION, Subject.PERSON, Subject.ORGAN),
)
KINDS_OF: dict[Subject, tuple[Subject, ...]] = {
    Subject.CLAUSE: (Subject.CLAUSE, Subject.MATTER),
    Subject.DECISION: (Subject.MATTER, Subject.CLAUSE),
    Subject.MATTER: (Subject.MATTER,),
    Subject.ASSIGNMENT: (Subject.ASSIGNMENT, Subject.CLAUSE),
    Subject.INITIATIVE: (Subject.INITIATIVE, Subject.FUND, Subject.APPLICATION),
    Subject.FUND: (Subject.FUND, Subject.ALLOCATION),
    Subject.GRANT: (Subject.GRANT, Subject.GRANT_PART, Subject.FUND),
    Subject.ALLOCATION: (Subject.ALLOCATION, Subject.FUND),
    Subject.MEASURE: (Subject.MEASURE, Subject.FRAME),
    Subject.FRAME: (Subject.FRAME, Subject.FUND),
    Subject.INDICATOR: (Subject.INDICATOR,),
    Subject.DISTRIBUTION: (Subject.DISTRIBUTION, Subject.UNIT),
    Subject.NODE: (Subject.NODE,),
    Subject.ROUND: (Subject.ROUND,),
    Subject.APPLICATION: (Subject.APPLICATION, Subject.ROUND),
    Subject.MEETING: (Subject.MEETING,),
    Subject.AGREEMENT: (Subject.AGREEMENT, Subject.INITIATIVE),
    Subject.DEADLINE: (Subject.DEADLINE, Subject.INITIATIVE, Subject.GRANT),
}
"""Of which kinds the names are that a question with a word for a kind of thing may mean."""
NARROWED = frozenset(
    {
        *(Subject.FUND, Subject.ALLOCATION, Subject.INDICATOR, Subject.GRANT, Subject.MATTER, Subject.DISTRIBUTION),
        *(Subject.INITIATIVE, Subject.ASSIGNMENT, Subject.UNIT),
    }
)
"""Kinds of thing of which a part is asked for by an organisation or a node; others are not those of another place."""

BELONGING_TO = frozenset({Subject.MATTER, Subject.GRANT, Subject.FUND, Subject.DISTRIBUTION, Subject.ROUND})
"""Kinds of thing that others belong to, and may be asked for by."""
BESIDE: dict[Subject, frozenset[Subject]] = {
    Subject.UNIT: frozenset({Subject.DISTRIBUTION}),
    Subject.DEADLINE: frozenset({Subject.INITIATIVE}),
}
"""What else may be named beside a thing: in which distribution a unit got something."""


@dataclass(frozen=True, slots=True)
class Understood:
    """A reading with the names that it means; ``unexplained`` are the words that nothing accounts for."""

    reading: Reading
    objects: tuple[Link, ...]
    filters: tuple[Link, ...]
    unexplained: tuple[str, ...]
    explained: float
    unknown: bool


def link(text: str, names: Names, today: dt.date) -> Understood:
    """Read a question on a day, with the names that it means."""
    reading = read(text, names, today)
    give_way()
    needed = [place for place in range(len(reading.words)) if place not in reading.plain]
    weights = [names.rarity(word) for word in reading.words]
    links = names.links(reading.words)
    give_way()
    filters = _told(_filters(links), needed, reading)
    filters = filters or _node_in_part(links, needed, reading)
    objects = _objects([link for link in links if link.named.subject not in FILTERS], needed, weights, reading)
    if (node := _under(_filters(links), objects, reading)) is not None:
        objects, filters = [], [node, *(one for one in filters if one.named.subject is not Subject.NODE)]
    if _only_mention(objects, filters, needed) or _is_of_another_kind(objects, reading):
        objects = []
    if objects:
        covered = frozenset().union(*(link.hit for link in objects[:1]))
        filters = [link for link in filters if not link.hit <= covered]
        if _filters_say_it(filters_all := _told(_filters(links), needed, reading), objects, needed, reading):
            objects, filters = [], filters_all
    else:
        left = [place for place in needed if not any(place in link.hit for link in filters)]
        if left:
            objects = _objects([one for one in links if one.named.subject not in FILTERS], left, weights, reading)
        if objects and objects[0].named.subject not in NARROWED:
            filters = [link for link in filters if link.named.subject in {Subject.PERSON, Subject.ORGAN}]
    covered = frozenset().union(*(link.hit for link in (*objects, *filters)))
    left = [place for place in needed if place not in covered]
    objects = _with_others(objects, links, left, weights, reading)
    hit = frozenset().union(*(link.hit for link in (*objects, *filters)))
    missed = [place for place in needed if place not in hit]
    whole = sum(weights[place] for place in needed)
    explained = 1 - sum(weights[place] for place in missed) / whole if whole else 1.0
    return Understood(
        reading,
        tuple(objects),
        tuple(filters),
        tuple(reading.words[place].text for place in missed),
        explained,
        unknown=not any(link.strengths.get(place, 0.0) >= HALF for link in links for place in missed),
    )


def _under(filters: Sequence[Link], objects: Sequence[Link], reading: Reading) -> Link | None:
    """The node that a question puts things under: *initiativ i delområdet äldre*; no thing's name is said in full."""
    if any(link.name >= WHOLE for link in objects):
        return None
    for link in filters:
        start = min(reading.words[place].start for place in link.hit)
        if link.named.subject is Subject.NODE and UNDER.search(reading.text[:start]):
            return link
    return None


UNDER = re.compile(r"\b(?:delområde(?:t|na)?|inom|hör till|tillhör)(?: delområdet)? [”\"’']?$")


def _only_mention(objects: Sequence[Link], filters: Sequence[Link], needed: Sequence[int]) -> bool:
    """Whether the things share with the question only the whole name of somebody, or of an organ, that they mention."""
    named = frozenset().union(*(link.hit for link in filters if link.named.subject is not Subject.NODE))
    return bool(objects) and all(
        {place for place in link.hit if place in needed} <= named
        and (link.name < WHOLE or link.named.subject is Subject.UNIT)
        for link in objects
    )


def _node_in_part(links: Sequence[Link], needed: Sequence[int], reading: Reading) -> list[Link]:
    """The node that all words of a question for what is done under it are part of: *inom förebyggande arbete*."""
    several = reading.acts or (reading.plural and Subject.INITIATIVE in reading.subjects[:1])
    nodes = [link for link in links if link.named.subject is Subject.NODE and link.name >= HALF and _exact(link)]
    return [link for link in nodes if needed and link.hit >= set(needed)][:1] if several else []


def _is_of_another_kind(objects: Sequence[Link], reading: Reading) -> bool:
    """Whether several things of a kind are asked for, and what is found by a word or two is of quite another kind."""
    said = [one for one in reading.subjects if one is not Subject.NODE]
    kinds = {kind for one in said for kind in (one, *KINDS_OF.get(one, ()))}
    counted = reading.plural or Wanted.COUNT in reading.wanted
    return bool(objects and said and counted) and all(
        link.named.subject not in kinds | BELONGING_TO and link.name < ANCHORED for link in objects
    )


def _told(filters: Sequence[Link], needed: Sequence[int], reading: Reading) -> list[Link]:
    """The filters with a word that nothing else accounts for; a node may share all its words with the grammar."""
    return [link for link in filters if Subject.NODE in reading.subjects or not link.hit.isdisjoint(needed)]


def _with_others(
    objects: Sequence[Link], links: Sequence[Link], left: Sequence[int], weights: Sequence[float], reading: Reading
) -> list[Link]:
    """The things that are meant, with others that the words ``left`` name beside the first: to compare them with it."""
    if not objects or not left:
        return list(objects)
    kind = objects[0].named.subject
    kinds = ({kind} if reading.compares else set()) | BESIDE.get(kind, frozenset())
    same = [link for link in links if link.named.subject in kinds and link.hit <= set(left)]
    return [*objects, *_objects(same, left, weights, reading)]


def _filters(links: Sequence[Link]) -> list[Link]:
    """The nodes, organisations and people that are named in full; of those that share words, the one that says most."""
    whole = [link for link in links if link.named.subject in FILTERS and link.name >= WHOLE and _exact(link)]
    chosen: list[Link] = []
    for link in sorted(whole, key=lambda link: (-len(link.hit), -link.name, FILTER_ORDER.index(link.named.subject))):
        if not any(link.hit & other.hit for other in chosen):
            chosen.append(link)
    return chosen


FILTER_ORDER = (Subject.NODE, Subject.ORGANISATION, Subject.PERSON, Subject.ORGAN)


def _exact(link: Link) -> bool:
    return all(link.strengths[place] >= WHOLE for place in link.hit)


def _filters_say_it(filters: Sequence[Link], objects: Sequence[Link], needed: Sequence[int], reading: Reading) -> bool:
    """Whether a question for several things means those under a node or with somebody, and no single thing's name."""
    several = reading.plural and bool(reading.subjects)
    money = Wanted.AMOUNT in reading.wanted[:1] and not (reading.subjects or reading.measured)
    acts = reading.acts and not reading.subjects
    if not filters or not (several or ((money or acts) and filters[0].named.subject is Subject.NODE)):
        return False
    hit = frozenset().union(*(link.hit for link in filters))
    return all(place in hit for place in needed) and all(link.name < WHOLE for link in objects)


def _objects(links: Sequence[Link], needed: Sequence[int], weights: Sequence[float], reading: Reading) -> list[Link]:
    """The names that are meant: those that cover most of the words, of the kind that is spoken of if there is one."""
    if not needed:
        return _by_kind(links, reading)
    known = [place for place in needed if reading.known[place]] or needed
    whole = sum(weights[place] for place in known)

    def covers(link: Link) -> float:
        return sum(weights[place] * link.strengths.get(place, 0.0) for place in known) / whole

    scored = [(covers(link), link) for link in links]
    order = _allowed(reading)
    grants = {Subject.GRANT, Subject.GRANT_PART}
    if order[:1] == (Subject.GRANT,) and any(
        link.named.subject in grants and score >= ENOUGH for score, link in scored
    ):
        order = tuple(kind for kind in order if kind is not Subject.FUND)
    several = reading.plural and Wanted.LIST in reading.wanted and bool(reading.subjects)
    for allowed in (frozenset(order),) if order and several else (frozenset(order), None) if order else (None,):
        found = [(score, link) for score, link in scored if allowed is None or link.named.subject in allowed]
        best = max((score for score, _ in found), default=0.0)
        if best >= ENOUGH:
            near = [link for score, link in found if score >= best - ALIKE]
            return _closest(near, (*order, *PREFERRED))
    return _anchored(scored, order, reading)


def _anchored(scored: Sequence[tuple[float, Link]], order: Sequence[Subject], reading: Reading) -> list[Link]:
    """A name that is said nearly in full, in a question with other words that nothing accounts for."""
    found = [
        (score, link)
        for score, link in scored
        if score >= NAMED and link.name >= ANCHORED and (not order or link.named.subject in order)
    ]
    if not found or (reading.plural and not order):
        return []
    best = max(score for score, _ in found)
    return _closest([link for score, link in found if score >= best - ALIKE], (*order, *PREFERRED))


def _by_kind(links: Sequence[Link], reading: Reading) -> list[Link]:
    """What is meant where every word is one of the grammar: a name said in full, or what the words for kinds name."""
    whole = [link for link in links if link.name >= WHOLE and len(link.hit) > 1][:1]
    if whole or len(reading.subjects) == 1 or reading.plural or not reading.subjects:
        return whole
    of_kind = [link for link in links if link.named.subject in KINDS_OF.get(reading.subjects[0], ())]
    best = max((link.asked for link in of_kind), default=0.0)
    return [link for link in of_kind if link.asked >= best - ALIKE and max(link.strengths.values()) >= WHOLE][:1]


def _allowed(reading: Reading) -> tuple[Subject, ...]:
    """The kinds of the names that may be meant, by the words for kinds, the likeliest first."""
    for holds, kinds in _MARKED:
        if holds(reading):
            return kinds
    if Wanted.LEFT in reading.wanted[:1]:
        return (Subject.FUND, Subject.FRAME, Subject.ALLOCATION, Subject.MEASURE, Subject.GRANT, Subject.INITIATIVE)
    if (reading.measured or reading.target or Wanted.COUNT in reading.wanted[:1]) and not reading.subjects:
        return (Subject.INDICATOR,)
    if reading.kinds and not reading.subjects:
        return (Subject.GRANT, Subject.GRANT_PART, Subject.INITIATIVE)
    return tuple(kind for subject in reading.subjects for kind in KINDS_OF.get(subject, ()))


_MARKED: tuple[tuple[Callable[[Reading], bool], tuple[Subject, ...]], ...] = (
    (lambda reading: reading.reserved or reading.casting, (Subject.MATTER,)),
    (lambda reading: reading.subjects[:1] == (Subject.ROUND,), KINDS_OF[Subject.ROUND]),
    (
        lambda reading: reading.head is Subject.ORGANISATION and reading.received and not reading.subjects,
        (Subject.DISTRIBUTION, Subject.FUND),
    ),
    (
        lambda reading: reading.against_budget and not reading.subjects and Wanted.AMOUNT in reading.wanted[:1],
        (Subject.INITIATIVE, Subject.FUND, Subject.MEASURE, Subject.GRANT),
    ),
)
"""The kinds of the names that may be meant where something else than a word for a kind marks them."""


def _closest(links: Sequence[Link], order: Sequence[Subject]) -> list[Link]:
    """Of names that cover the question alike: those that it says most of, and of those the preferred kind."""
    most = max(link.name for link in links)
    near = [link for link in links if link.name >= most - CLOSER]
    subject = min((link.named.subject for link in near), key=order.index)
    found = [link for link in near if link.named.subject is subject]
    return found[:MOST_OBJECTS] if len(found) < VAGUE or most >= PLAIN else []
