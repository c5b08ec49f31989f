"""How att-satser and assignments stand: which are open, and what those in a list have in common."""

from __future__ import annotations

from initiatives.assignment_overview import AssignmentRow
from initiatives.clause_overview import ClauseRow
from initiatives.standing import Status
from initiatives.swedish import format_date
from retrieval.register.asking import Lacks, Query, Subject

OPEN = frozenset({Status.DECIDED, Status.GIVEN, Status.ONGOING, Status.LATE})
REPORTED = frozenset({Status.REPORTED, Status.CLOSED})


def words(one: ClauseRow | AssignmentRow) -> str:
    """How one stands, in words; what is only proposed is said to be so."""
    return "bara föreslagen, inte beslutad" if one.status is Status.PROPOSED else one.words


def which(query: Query) -> str:
    """What those in a list have in common, as the end of a sentence."""
    lacks = {Lacks.OWNER: "saknar mottagare", Lacks.DATE: "saknar tid"}
    parts = ["är försenade"] if query.late else []
    since = (
        f" sedan {format_date(query.since)}" if query.since is not None and query.subject is Subject.ASSIGNMENT else ""
    )
    parts += ["är inte rapporterade"] if query.done is False else [f"är rapporterade{since}"] if query.done else []
    parts += [lacks[query.lacks]] if query.lacks in lacks else []
    parts += [f"riktas till {query.organisations[0].name}"] if query.organisations else []
    parts += [f"är givna till {query.people[0].name}"] if query.people else []
    parts += ["är bara föreslagna"] if "förslag" in query.statuses else []
    parts += (
        [f"{'gavs' if query.given else 'ska vara klara'} under {query.period.words}"]
        if query.period and query.subject is Subject.ASSIGNMENT
        else []
    )
    return " och ".join(parts)
