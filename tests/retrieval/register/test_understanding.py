from datetime import date

import pytest

from initiatives.base import new_id
from retrieval.register.asking import Lacks, Named, Query, Subject, Wanted
from retrieval.register.names import Names
from retrieval.register.understanding import understand

TODAY = date(2026, 11, 30)


def _named(subject: Subject, name: str, *other: str) -> Named:
    return Named(subject, new_id(), name, other)


NAMES = Names(
    (
        _named(Subject.INITIATIVE, "Trygg hemgång för sköra"),
        _named(Subject.INITIATIVE, "Ungas mottagning i Hedby"),
        _named(Subject.INITIATIVE, "Ungas mottagning i Fors"),
        _named(Subject.FUND, "Utvecklingsanslaget"),
        _named(Subject.GRANT, "Palliativ vård"),
        _named(Subject.MATTER, "Jour i glesbygd", "RS 2026/0012"),
        _named(Subject.CLAUSE, "att presentera investeringsplanen för styrelsen"),
        _named(Subject.INDICATOR, "Andel med läkarkontakt"),
        _named(Subject.NODE, "Äldre", "mest sjuka äldre"),
        _named(Subject.ORGANISATION, "Hedby kommun", "Hedby"),
        _named(Subject.PERSON, "Siv Norrman", "Norrman"),
    )
)


def read(text: str, *history: str) -> Query | None:
    return understand(text, NAMES, TODAY, history)


def asked(text: str, *history: str) -> Query:
    query = read(text, *history)
    assert query is not None, text
    return query


@pytest.mark.parametrize(
    ("text", "subject", "wanted", "name"),
    [
        ("Är investeringsplanen presenterad?", Subject.CLAUSE, Wanted.STATUS, "att presentera investeringsplanen"),
        ("Hur mycket är kvar av utvecklingsanslaget?", Subject.FUND, Wanted.LEFT, "Utvecklingsanslaget"),
        ("hur mkt finns kvar i utvecklingsanslagt", Subject.FUND, Wanted.LEFT, "Utvecklingsanslaget"),
        ("Vem ansvarar för den trygga hemgången?", Subject.INITIATIVE, Wanted.OWNER, "Trygg hemgång för sköra"),
        ("Hur går det med ungas mottagning i Hedby?", Subject.INITIATIVE, Wanted.STATUS, "Ungas mottagning i Hedby"),
        ("Vad händer med ärendet jour i glesbygd?", Subject.MATTER, Wanted.STATUS, "Jour i glesbygd"),
        ("Var ligger läget för RS 2026/0012?", Subject.MATTER, Wanted.STATUS, "Jour i glesbygd"),
        ("Når vi målet för andelen med läkarkontakt?", Subject.INDICATOR, Wanted.VALUE, "Andel med läkarkontakt"),
        ("nar startar trygg hemgang", Subject.INITIATIVE, Wanted.DUE, "Trygg hemgång för sköra"),
    ],
)
def test_a_thing_is_recognised_as_people_write_it(text: str, subject: Subject, wanted: Wanted, name: str) -> None:
    query = asked(text)
    assert (query.subject, query.wanted) == (subject, wanted)
    assert [one.name.startswith(name) for one in query.objects] == [True]


def test_a_name_that_fits_several_means_them_all() -> None:
    assert len(asked("Hur går det med ungas mottagning?").objects) == 2


def test_filters_are_read() -> None:
    late = asked("Vilka initiativ inom äldre är försenade?")
    assert (late.subject, late.late, [one.name for one in late.nodes]) == (Subject.INITIATIVE, True, ["Äldre"])
    assert asked("Hur många initiativ saknar ansvarig?").lacks is Lacks.OWNER
    assert asked("Vilka beslut är inte återrapporterade?").done is False
    assert asked("Vilka uppdrag har Siv Norrman?").people[0].name == "Siv Norrman"
    assert asked("Vilka initiativ leds av Hedby?").organisations[0].name == "Hedby kommun"
    assert asked("Vilka initiativ kostar mer än 2 mnkr?").least == 2_000_001
    assert asked("Vilka är de tre dyraste åtgärderna?").top == 3


def test_what_is_due_is_asked_of_the_calendar() -> None:
    query = asked("Vad ska redovisas i oktober, och vem gör det?")
    assert (query.subject, query.kinds, query.who) == (Subject.DEADLINE, ("redovisning",), True)
    assert query.period is not None
    assert query.period.words == "oktober 2026"


def test_a_follow_up_takes_what_it_leaves_unsaid() -> None:
    before = "Hur mycket är kvar av utvecklingsanslaget 2026?"
    after = asked("Och 2027?", before)
    assert (after.subject, after.wanted, after.objects) == (Subject.FUND, Wanted.LEFT, asked(before).objects)
    assert after.period is not None
    assert after.period.year == 2027
    owner = asked("Vem ansvarar för det?", "Hur går det med trygg hemgång?")
    assert (owner.wanted, owner.objects[0].name) == (Wanted.OWNER, "Trygg hemgång för sköra")
    lacking = asked("Vilka av dem saknar slutdatum?", "Vilka initiativ inom äldre pågår?")
    assert (lacking.lacks, lacking.statuses, lacking.nodes[0].name) == (Lacks.DATE, ("pågår",), "Äldre")


@pytest.mark.parametrize(
    "text",
    [
        "Varför vill landstinget vara en bra arbetsplats för läkare?",
        "Hur räknas ersättningen ut för långvarig smärta?",
        "Vem vann Melodifestivalen 2024?",
        "Hur långt under EU-målet ligger materialåtervinningen av avfall?",
    ],
)
def test_a_question_about_something_else_is_not_one_to_the_register(text: str) -> None:
    query = read(text)
    assert query is None or query.explained < 0.8
