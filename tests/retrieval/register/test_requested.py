"""Typed queries that a program writes in names and plain values."""

from dataclasses import fields
from datetime import date
from typing import Any

import msgspec
import pytest

from initiatives.base import new_id
from retrieval import prompts
from retrieval.register.asking import Lacks, Named, Query, Subject, Wanted
from retrieval.register.names import Names
from retrieval.register.requested import BadRequest, as_query, request_type
from retrieval.widening import schema

TODAY = date(2026, 11, 30)
NAMES = Names(
    (
        Named(Subject.INITIATIVE, new_id(), "Trygg hemgång för sköra"),
        Named(Subject.INITIATIVE, new_id(), "Ungas mottagning i Hedby"),
        Named(Subject.FUND, new_id(), "Utvecklingsanslaget", (), 2026),
        Named(Subject.FUND, new_id(), "Utvecklingsanslaget", (), 2027),
        Named(Subject.NODE, new_id(), "Äldre", ("mest sjuka äldre",)),
        Named(Subject.ORGANISATION, new_id(), "Hedby kommun", ("Hedby",)),
        Named(Subject.ORGAN, new_id(), "Regionstyrelsen"),
        Named(Subject.PERSON, new_id(), "Siv Norrman", ("Norrman",)),
    )
)


def asked(**written: Any) -> Query:
    request = msgspec.convert({"subject": "initiativ", "wanted": "lista", **written}, request_type())
    return as_query(request, NAMES, TODAY)


def test_every_field_that_is_told_of_is_one_of_the_query() -> None:
    assert set(prompts.QUERY_FIELDS) <= {one.name for one in fields(Query)}
    assert set(schema(request_type())["properties"]) == set(prompts.QUERY_FIELDS)


def test_the_schema_has_no_references_and_lets_nothing_else_in() -> None:
    made = schema(request_type())
    assert "$ref" not in str(made)
    assert made["additionalProperties"] is False
    assert made["required"] == ["subject", "wanted"]
    assert set(made["properties"]["subject"]["enum"]) == set(Subject)
    assert all(one["description"] for one in made["properties"].values())


def test_names_are_linked_as_those_of_a_question() -> None:
    query = asked(objects=["den trygga hemgången"], nodes=["äldre"], organisations=["Hedby"], people=["Norrman"])
    assert [one.name for one in query.objects] == ["Trygg hemgång för sköra"]
    assert [one.name for one in query.nodes] == ["Äldre"]
    assert [one.name for one in query.organisations] == ["Hedby kommun"]
    assert [one.name for one in query.people] == ["Siv Norrman"]


def test_a_year_in_a_name_is_the_period() -> None:
    query = asked(subject="anslag", wanted="kvar", objects=["Utvecklingsanslaget 2027"])
    assert {one.name for one in query.objects} == {"Utvecklingsanslaget"}
    assert query.period is not None
    assert query.period.year == 2027


def test_plain_values_come_along() -> None:
    query = asked(
        subject="datum",
        wanted="datum",
        kinds=["redovisning"],
        lacks="ansvarig",
        organ="regionstyrelsen",
        late=True,
        top=3,
    )
    assert (query.subject, query.wanted, query.kinds) == (Subject.DEADLINE, Wanted.DUE, ("redovisning",))
    assert (query.lacks, query.late, query.organ) == (Lacks.OWNER, True, "Regionstyrelsen")


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-01-01", "2026-12-31", "2026"),
        ("2026-10-01", "2026-10-31", "oktober 2026"),
        ("2026-10-05", "2026-10-05", "5 oktober 2026"),
        ("2026-10-05", "2026-11-30", "5 oktober 2026 till 30 november 2026"),
    ],
)
def test_a_period_is_called_what_it_is(first: str, last: str, words: str) -> None:
    period = asked(period={"first": first, "last": last}).period
    assert period is not None
    assert (period.first.isoformat(), period.last.isoformat(), period.words) == (first, last, words)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"objects": ["Nattpatrullen"]}, "Nattpatrullen"),
        ({"people": ["Siv Karlsson"]}, "Siv Norrman"),
        ({"nodes": ["Hedby kommun"]}, "Hedby kommun"),
        ({"on": "1066-10-14"}, "orimlig"),
        ({"period": {"first": "2026-02-01", "last": "2026-01-01"}}, "efter den sista"),
    ],
)
def test_what_means_nothing_is_told(written: dict[str, Any], said: str) -> None:
    with pytest.raises(BadRequest, match=said):
        asked(**written)
