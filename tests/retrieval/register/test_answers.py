"""What the register answers over the sample region, with the rights of those who ask."""

import re
from datetime import date

import pytest

from initiatives import funds, initiatives, overview, shares
from initiatives.access import SYSTEM, Viewer
from initiatives.sharing import Profile
from initiatives.swedish import format_date
from retrieval.answering import Assistant, ask, stream
from retrieval.answers import Answer, Done, Registered
from retrieval.conversations import turns
from retrieval.register import source
from retrieval.register.shown import RegisterAnswer
from retrieval.register.telling import FROM_DOCUMENTS, FROM_REGISTER, unconfirmed
from tests import site as sites
from tests.retrieval import people

ON = date(2026, 11, 30)
QUESTIONS = (
    "Hur mycket är kvar av omställningsanslaget 2026?",
    "Vilka initiativ är försenade?",
    "Vad ska redovisas i oktober, och vem gör det?",
    "Hur mycket statsbidrag väntas 2026, mot budget?",
    "Vilka beslut är inte återrapporterade?",
    "Vilka är de tre dyraste åtgärderna?",
    "Vad är målet för fallskador?",
    "Vilket delområde har flest initiativ?",
    "Vad går förfogandeanslaget till?",
    "Hur mycket fick Vårdcentralen Eken?",
)


async def asked(assistant: Assistant, question: str, person: Viewer = SYSTEM) -> Answer:
    return await ask(assistant, person, question, keep=False, on=ON)


async def answered(assistant: Assistant, question: str, person: Viewer = SYSTEM) -> RegisterAnswer:
    answer = await asked(assistant, question, person)
    assert answer.register is not None, answer.answer
    return answer.register


async def instead(assistant: Assistant, question: str, person: Viewer) -> str:
    heard = await source.look_up(assistant.sessions, person, question, (), ON)
    assert heard is not None
    assert heard.answer is None
    return heard.instead


@pytest.mark.parametrize("question", QUESTIONS)
async def test_every_figure_of_the_words_stands_in_the_rows(solmark: Assistant, question: str) -> None:
    answer = await asked(solmark, question)
    assert answer.register is not None
    assert answer.register.text in answer.answer
    assert answer.register.text.startswith(f"{FROM_REGISTER}, {format_date(ON)}")
    assert unconfirmed(answer.register) == []
    assert {len(row.values) for row in answer.register.rows} == {len(answer.register.columns)}


async def test_figures_that_no_row_has_are_found_out(solmark: Assistant) -> None:
    found = await answered(solmark, QUESTIONS[0])
    made_up = found.text.replace("500\N{NO-BREAK SPACE}tkr", "700\N{NO-BREAK SPACE}tkr")
    assert made_up != found.text
    changed = RegisterAnswer(made_up, "", ON, True, found.columns, found.rows, 1, ())
    assert [problem.what for problem in unconfirmed(changed)] == ["700 tkr"]


async def test_a_row_says_what_it_is_and_where_it_stands(solmark: Assistant) -> None:
    found = await answered(solmark, QUESTIONS[0])
    (row,) = found.rows
    values = {column.name: value for column, value in zip(found.columns, row.values, strict=True)}
    assert (row.kind, row.title, row.path) == ("fund", "Omställningsanslaget 2026", f"/pengar/anslag/{row.id}")
    assert (values["frame_kronor"], values["left_kronor"]) == (16_000_000, 500_000)
    assert (found.on, found.now) == (ON, True)


async def test_a_proposal_is_never_told_as_a_decision(solmark: Assistant) -> None:
    found = await answered(solmark, "Är listan över omställningsåtgärder framlagd för regionstyrelsen?")
    assert "bara föreslagen, inte beslutad" in found.text
    measure = await answered(solmark, "Är åtgärden flytt av dagkirurgi till Havsunda beslutad?")
    assert "ett förslag och inte beslutad" in measure.text


async def test_both_answers_are_shown_and_marked(solmark: Assistant) -> None:
    answer = await asked(solmark, "Hur stor är ramen för Omställningsanslaget 2027?")
    assert FROM_REGISTER in answer.answer
    assert FROM_DOCUMENTS in answer.answer
    assert answer.citations
    assert answer.register is not None


async def test_the_answer_says_where_register_and_document_disagree(solmark: Assistant) -> None:
    async with solmark.sessions(SYSTEM) as session:
        listed, _ = await funds.list_funds(session, SYSTEM, year=2027)
        fund = next(one for one in listed if one.name == "Omställningsanslaget")
        await funds.revise_fund(session, SYSTEM, fund.id, revision=fund.revision, frame_kronor=19_000_000)
    try:
        answer = await asked(solmark, "Hur stor är ramen för Omställningsanslaget 2027?")
    finally:
        async with solmark.sessions(SYSTEM) as session:
            changed = await funds.get_fund(session, SYSTEM, fund.id)
            await funds.revise_fund(session, SYSTEM, fund.id, revision=changed.revision, frame_kronor=18_000_000)
    assert answer.register is not None
    (one,) = answer.register.disagreements
    assert (one.in_register, one.in_documents) == ("19\N{NO-BREAK SPACE}mnkr", "18\N{NO-BREAK SPACE}mnkr")
    assert "säger olika" in answer.answer
    assert one.citation in {citation.number for citation in answer.citations}


async def test_where_they_agree_nothing_is_said(solmark: Assistant) -> None:
    answer = await asked(solmark, "Hur stor är ramen för Omställningsanslaget 2027?")
    assert answer.register is not None
    assert answer.register.disagreements == ()


async def test_what_is_not_there_is_said_and_refused(solmark: Assistant) -> None:
    answer = await asked(solmark, "Vem ansvarar för initiativet Kvantdatorn?")
    assert answer.abstained
    assert answer.register is None
    assert "inget initiativ som heter något med ”kvantdatorn”" in answer.answer


async def test_a_year_without_the_fund_is_refused_with_the_years_there_are(solmark: Assistant) -> None:
    answer = await asked(solmark, "Hur mycket är kvar av omställningsanslaget 2031?")
    assert answer.register is None
    assert answer.abstained is False or "2025, 2026 och 2027" in answer.answer


@pytest.mark.parametrize(
    "question",
    [
        "Hur mycket är kvar av omställningsanslaget 2026?",
        "Vilka beslut är inte återrapporterade?",
        "Vilka uppdrag har Vårdval Solmark?",
        "Vilken är den dyraste åtgärden?",
        "Vilket statsbidrag ger mest?",
        "Vad är målet för fallskador?",
        "Vilket delområde har flest initiativ?",
        "Vad har ändrats sedan i mars?",
        "Hur mycket fick Vårdcentralen Eken?",
        "Hur går det med ortopedkonsulten på vårdcentral?",
    ],
)
async def test_to_a_partner_what_is_not_shared_is_as_if_it_were_not_there(solmark: Assistant, question: str) -> None:
    partner = await people.viewer(solmark, sites.PARTNER)
    assert (await asked(solmark, question)).register is not None
    hidden = (await asked(solmark, question, partner)).register
    assert hidden is None or not hidden.rows


async def test_money_that_a_profile_hides_is_as_money_that_is_not_there(solmark: Assistant) -> None:
    partner = await people.viewer(solmark, sites.PARTNER)
    told = await instead(solmark, "Hur mycket pengar har Handslaget i fem kommuner?", partner)
    without = await instead(solmark, "Hur mycket pengar har Nytt samverkansavtal från 2028?", partner)
    both = ("Handslaget i fem kommuner", "Nytt samverkansavtal från 2028")
    assert told.replace(both[0], "X") == without.replace(both[1], "X")
    assert "5,6" in (await answered(solmark, "Hur mycket pengar har Handslaget i fem kommuner?")).text


async def test_a_partner_lists_what_is_shared_and_no_more(solmark: Assistant) -> None:
    partner = await people.viewer(solmark, sites.PARTNER)
    found = await answered(solmark, "Vilka initiativ finns?", partner)
    async with solmark.sessions(partner) as session:
        shared, total = await overview.list_initiatives(session, partner, limit=100)
    assert {row.title for row in found.rows} == {one.title for one in shared}
    assert found.total == total
    assert set(found.seen or {}) == {str(one.id) for one in shared}


async def test_a_kept_answer_is_withheld_when_it_is_shared_otherwise(solmark: Assistant) -> None:
    partner = await people.viewer(solmark, "sanna.mikkola@alvbro.example.se")
    assert partner.organisation_id is not None
    answer = await ask(solmark, partner, "Vem ansvarar för initiativet En väg in för kommunens sjuksköterskor?")
    assert answer.register is not None
    assert answer.conversation_id is not None
    conversation = answer.conversation_id
    key = next(iter(answer.register.seen or {}))

    async def read() -> str:
        async with solmark.sessions(partner) as session:
            return str([turn.answer for turn in await turns(session, partner, conversation)])

    assert "Mirja Lahti" in await read()
    async with solmark.sessions(SYSTEM) as session:
        initiative = await session.get(initiatives.Initiative, key)
        assert initiative is not None
        await shares.share(session, SYSTEM, initiative.id, partner.organisation_id, profile=Profile.OVERVIEW)
    try:
        withheld = await read()
    finally:
        async with solmark.sessions(SYSTEM) as session:
            await shares.share(session, SYSTEM, initiative.id, partner.organisation_id, profile=Profile.PLAN)
    assert "Mirja Lahti" not in withheld
    assert "inte längre har tillgång" in withheld


async def test_changes_and_the_past_are_told(solmark: Assistant) -> None:
    async with solmark.sessions(SYSTEM) as session:
        found, _ = await overview.list_initiatives(session, SYSTEM, overview.Filters(q="triagering"))
        one = found[0]
        await initiatives.revise(session, SYSTEM, one.id, revision=one.revision, summary="Kanariesamtal prövades.")
    changes = await ask(solmark, SYSTEM, "Vad har ändrats i digital triagering sedan i januari?", keep=False)
    assert changes.register is not None
    assert "tillagt" in changes.register.text
    day = format_date(date.fromisoformat("2026-01-31"))
    before = await ask(solmark, SYSTEM, f"Hur såg digital triagering ut den {day}?", keep=False)
    assert before.register is None
    assert re.search(r"Det fanns inte då|framgår inte|Ur dokumenten|\[1\]", before.answer)
    now = date.today()  # noqa: DTZ011 - the day that the change above was made on
    then = await ask(solmark, SYSTEM, f"Hur ser digital triagering ut per den {format_date(now)}?", keep=False)
    assert then.register is not None
    assert "avbrutet" in then.register.text


async def test_a_stream_tells_the_rows_before_the_end(solmark: Assistant) -> None:
    events = [event async for event in stream(solmark, SYSTEM, QUESTIONS[0], keep=False, on=ON)]
    kinds = [type(event) for event in events]
    assert kinds.index(Registered) < kinds.index(Done)


@pytest.mark.parametrize("question", ["Vilka initiativ saknar ansvarig?", "Vilken åtgärd kostar mest?", QUESTIONS[1]])
async def test_what_only_the_register_can_tell_stands_alone(solmark: Assistant, question: str) -> None:
    answer = await asked(solmark, question)
    assert (answer.answered_by, answer.citations) == ("register", ())
    assert FROM_DOCUMENTS not in answer.answer


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Vilka initiativ har fått en ny lägesrapport sedan den 1 november?", "5 initiativ har en lägesrapport från"),
        ("Vilka initiativ har startat sedan i mars?", "8 initiativ började den 1 mars 2026 eller senare"),
        ("Vem fick avslag i utlysningen om psykisk ohälsa?", "Vårdcentralen Torget"),
        ("Hur många ansökningar beviljades i utlysningen om psykisk ohälsa?", "11 ansökningar"),
        ("Vilka kommuner ingår inte i mobila närsjukvårdsteamet?", "Stenmåla"),
        ("Vilka uppdrag har passerat sitt slutdatum utan att vara redovisade?", "är försenat"),
    ],
)
async def test_what_has_come_become_or_is_left_out_is_told(solmark: Assistant, question: str, told: str) -> None:
    assert told in (await answered(solmark, question)).text


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Hur många hembesök har mobila närsjukvårdsteamet gjort?", "”1 180 hembesök under januari till augusti.”"),
        ("Vad är nytt med äldremottagningarna sedan i september?", "Lägesrapporten den 16 november 2026"),
        ("§ 33 regionstyrelsen mars 2026", "Familjecentral i Stenmåla"),
        ("Hur är regionstyrelsens förfogandeanslag 2026 fördelat?", "4 tilldelningar"),
        ("Vilka uppdrag har redovisats efter den 1 september 2026?", "sedan 1 september 2026"),
        ("Vilka satsningar har fått bedömningen risk i sin senaste lägesrapport?", "Fortbildning för allmänläkare"),
        ("Hur många initiativ för barn och unga är i full gång just nu?", "initiativ pågår"),
    ],
)
async def test_what_the_texts_say_and_what_has_come_since_is_told(solmark: Assistant, question: str, told: str) -> None:
    assert told in (await answered(solmark, question)).text.replace("\u00a0", " ")


async def test_what_is_counted_is_never_taken_for_initiatives(solmark: Assistant) -> None:
    answer = await asked(solmark, "Hur många hembesök har det mobila teamet hunnit med?")
    assert "4 initiativ" not in answer.answer
