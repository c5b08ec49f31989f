from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from initiatives.errors import InvalidValue
from initiatives.standing import DueKind
from initiatives.wording import drafts, verb

PASTED = """
Regionstyrelsen beslutar

att   avsätta 1,5 mnkr för läkarförsörjning, regiongemensamt,

att   ge chefen för Vårdval Solmark i uppdrag att senast 2026-06-15 redovisa hur
      pengarna har delats, samt

3. **att** genast påbörja insatser i tre delområden.

Utdraget skickas till ekonomiavdelningen.
"""


def test_every_line_that_begins_with_att_is_a_clause() -> None:
    one, two, three = drafts(PASTED, first=4)
    assert [one.number, two.number, three.number] == [4, 5, 6]
    assert one.text == "att avsätta 1,5 mnkr för läkarförsörjning, regiongemensamt"
    assert (one.verb, one.amount_kronor, one.due_kind) == ("avsätta", 1_500_000, DueKind.NONE)
    assert two.text.endswith("redovisa hur pengarna har delats")
    assert (two.verb, two.due_kind, two.due_on) == ("ge i uppdrag", DueKind.DAY, date(2026, 6, 15))
    assert (three.verb, three.text, three.due_kind) == (
        "påbörja",
        "att genast påbörja insatser i tre delområden",
        DueKind.SOON,
    )


def test_the_quotation_is_what_stood_there() -> None:
    assert all(one.quote in PASTED for one in drafts(PASTED))


def test_a_word_on_a_line_of_its_own_waits_for_its_sentence() -> None:
    [one] = drafts("att\n\nanta inriktningen")
    assert (one.verb, one.text) == ("anta", "att anta inriktningen")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("att avsätta 2 mnkr", "avsätta"),
        ("att förstärka budgeten", "förstärka"),
        ("att satsningen finansieras ur anslaget", "finansieras"),
        ("att programmet ska genomföras enligt planen", "genomföras"),
        ("att analyser ska arbetas fram för varje delområde", "arbetas fram"),
        ("att snarast inleda insatser", "inleda"),
        ("att fortsätta och intensifiera dialogen", "fortsätta och intensifiera"),
        ("att uppdra åt direktören att återkomma", "uppdra åt"),
        ("att åtgärderna presenteras som en plan", "presenteras"),
        ("att åtgärderna får belasta eget kapital", "belasta"),
        ("att ge direktören i uppdrag att utreda", "ge i uppdrag"),
        ("att alla kommunerna bör kallas till möte", "kallas till"),
        ("att", ""),
        ("att dnr 12", ""),
    ],
)
def test_the_verb_is_read_from_the_sentence(text: str, expected: str) -> None:
    assert verb(text) == expected


@pytest.mark.parametrize("text", ["", "Styrelsen beslutar\n", "Attityder ska mätas."])
def test_a_text_without_clauses_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        drafts(text)
    assert refused.value.field == "text"


def test_too_many_clauses_are_refused() -> None:
    with pytest.raises(InvalidValue, match="201"):
        drafts("att anta\n" * 201)


@given(st.text(max_size=400))
def test_no_text_makes_it_fail_otherwise(text: str) -> None:
    try:
        found = drafts(f"att anta\n{text}")
    except InvalidValue:
        return
    assert [one.number for one in found] == list(range(1, len(found) + 1))
