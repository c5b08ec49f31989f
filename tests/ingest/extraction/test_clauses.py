"""What the rules read out of papers that somebody decides on, and what they leave alone."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from initiatives.decisions import Outcome
from initiatives.matters import MatterKind
from initiatives.standing import DueKind
from initiatives.suggestions.drafts import ClauseDraft, Confidence, MatterDraft, marks
from tests.ingest.extraction.papers import found

PROPOSAL = """Region Ek
TJÄNSTESKRIVELSE 2026-02-03
Diarienummer RS 2026/0044
Till regionstyrelsen

Pengar till läkarbilar

Bakgrund

Läkarbilarna har prövats i ett år och behöver en fast ordning.

Förslag till beslut

Regionstyrelsen föreslås besluta

att   avsätta 2,5 mnkr till läkarbilar i hela länet,

att   uppdra åt vårddirektören att redovisa arbetet senast
      2026-11-30,

att   snarast utse en samordnare, samt

att   satsningen, 2,5 mnkr, betalas ur styrelsens förfogandeanslag för 2026.

Ek den 3 februari 2026
"""
MINUTES = PROPOSAL.replace("TJÄNSTESKRIVELSE", "PROTOKOLL från sammanträde").replace(
    "Förslag till beslut\n\nRegionstyrelsen föreslås besluta", "Beslut\n\nRegionstyrelsen beslutar"
)


def clauses(text: str) -> list[ClauseDraft]:
    return [one.draft for one in found(text) if isinstance(one.draft, ClauseDraft)]


def matters(text: str) -> list[MatterDraft]:
    return [one.draft for one in found(text) if isinstance(one.draft, MatterDraft)]


def test_a_proposal_gives_a_matter_and_its_clauses() -> None:
    [matter] = matters(PROPOSAL)
    assert (matter.organ, matter.outcome, matter.kind) == ("Regionstyrelsen", Outcome.PROPOSED, MatterKind.OFFICIAL)
    assert (matter.diary_number, matter.decided_on) == ("RS 2026/0044", date(2026, 2, 3))
    assert [one.parent for one in found(PROPOSAL)] == [None, 0, 0, 0, 0]
    assert {one.confidence for one in found(PROPOSAL)} == {Confidence.SURE}


def test_a_clause_tells_who_when_and_how_much() -> None:
    first, second, third, fourth = clauses(PROPOSAL)
    assert (first.number, first.verb, first.amount_kronor) == (1, "avsätta", 2_500_000)
    assert (second.verb, second.addressee, second.due_on) == ("uppdra åt", "vårddirektören", date(2026, 11, 30))
    assert (third.due_kind, third.due_note, third.text) == (
        DueKind.SOON,
        "snarast",
        "att snarast utse en samordnare",
    )
    assert (fourth.amount_kronor, fourth.funding_source) == (-2_500_000, "styrelsens förfogandeanslag för 2026")


def test_minutes_decide_on_the_day_of_the_meeting() -> None:
    [matter] = matters(MINUTES)
    assert (matter.outcome, matter.decided_on) == (Outcome.DECIDED, date(2026, 2, 3))
    assert len(clauses(MINUTES)) == 4


@pytest.mark.parametrize(
    "told",
    [
        "Regionstyrelsen beslutar\n\natt bygga.\n",
        "Nytt ärende\n\nFörslag till beslut\n\nRegionstyrelsen beslutar\n\natt bygga.\n",
        "Protokoll\n\nFörslag till beslut\n\nRegionstyrelsen beslutar\n\natt bygga.\n",
        "Protokoll\n\nYrkanden\n\nRegionstyrelsen föreslås besluta\n\natt bygga.\n",
    ],
)
def test_what_is_not_told_in_minutes_or_under_a_proposal_is_proposed(told: str) -> None:
    assert [one.outcome for one in matters(f"Nya hus\n\n{told}")] == [Outcome.PROPOSED] * len(matters(told))


@pytest.mark.parametrize(
    "text",
    [
        "# Mål\n\nMålet för arbetet är\n\natt fler får hjälp i tid,\n\natt köerna blir kortare.\n",
        "# Möte\n\nAtt göra\n\n- Anna ringer kommunen.\n",
        "# Brev\n\nVi vill påminna om att pengarna måste rekvireras.\n",
        "# Yrkande\n\nAnna Ek yrkar\n\natt frågan bordläggs.\n",
    ],
)
def test_a_list_that_nobody_decides_on_gives_nothing(text: str) -> None:
    assert found(text) == ()


def test_each_paragraph_of_minutes_is_a_matter_of_its_own() -> None:
    text = (
        "# Protokoll från regionstyrelsen den 9 mars 2026\n\n"
        "## § 7 Läkarbilar\n\nDiarienummer: RS 2026/1\n\n**Beslut**\n\nRegionstyrelsen beslutar\n\natt köpa bil.\n\n"
        "## § 8 Hus\n\nDiarienummer: RS 2026/2\n\n**Beslut**\n\nRegionstyrelsen beslutar\n\natt bygga ett hus.\n"
    )
    told = [(one.title, one.paragraph, one.diary_number, one.decided_on) for one in matters(text)]
    day = date(2026, 3, 9)
    assert told == [("Läkarbilar", "§ 7", "RS 2026/1", day), ("Hus", "§ 8", "RS 2026/2", day)]


def test_money_that_is_only_spoken_of_is_not_the_clauses() -> None:
    [clause] = clauses(
        "# Protokoll\n\nStyrelsen beslutar\n\natt ge chefen i uppdrag att visa hur de 15,1 mnkr har delats."
    )
    assert (clause.amount_kronor, clause.addressee) == (None, "chefen")


def test_a_sentence_after_the_clause_is_left_out_of_it() -> None:
    [clause] = clauses("# Beslut\n\nStyrelsen beslutar\n\natt avsätta 2 mnkr till hus. Arbetet leds av regionen.\n")
    assert clause.text == "att avsätta 2 mnkr till hus"


WORDS = st.sampled_from(
    [
        *("Regionstyrelsen", "föreslås", "beslutar", "besluta", "att", "Att", "avsätta", "2 mnkr", "senast"),
        *("2026-05-01", "§ 4", "# Beslut", "## Förslag till beslut", "- ", "**att**", "1.", "\n", "\n\n", ".", ":"),
        *("uppdra åt", "direktören", "snarast", "|", "31 februari 2026", "å\u00a0ä", "\u202e"),
    ]
)


@given(st.lists(WORDS, max_size=60).map(" ".join))
def test_whatever_is_written_places_lie_in_the_text_and_parents_come_first(text: str) -> None:
    made = found(text)
    for place, one in enumerate(made):
        assert 0 <= one.start < one.end <= len(text)
        assert text[one.start : one.end].strip()
        assert one.parent is None or one.parent < place
    assert len(set(marks(made))) == len(made)


@given(st.lists(WORDS, max_size=40).map(" ".join))
def test_what_stands_above_moves_no_mark(text: str) -> None:
    before = [one.draft for one in found(text)]
    assert marks(found(text)) == marks(found(text))
    assert [one.draft for one in found(f"{text}\n")] == before
