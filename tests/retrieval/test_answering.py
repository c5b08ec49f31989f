import json
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import func, select

from api.database import Database
from initiatives.access import SYSTEM, Viewer
from initiatives.base import new_id
from initiatives.errors import InvalidValue, NotFound
from retrieval.answering import LONGEST_QUESTION, Assistant, ask, stream
from retrieval.answers import Answer, Citation, Delta, Done, Hit, Sources, Status, as_json
from retrieval.composing import NOT_IN_MATERIAL
from retrieval.conversations import turns
from retrieval.documents import get_document
from retrieval.embedding import Embedder
from retrieval.finding import SHOWN
from retrieval.gaps import KnowledgeGap
from retrieval.outcomes import NO_DOCUMENTS
from retrieval.verification import MARK
from tests import site as sites
from tests.retrieval import people

PROPOSAL = "03-forfogandeanslag-2026-forslag.txt"
DECISION = "04-forfogandeanslag-2026-beslut.txt"
INTERNAL = "14-omstallningsatgarder-nytt-arende.txt"
GRANTS = "06-statsbidrag-2026.pdf"
REPORT = "09-lagesrapport-september-2026.md"
UNANSWERABLE = "Vem vann fotbolls-VM?"
ANSWERED = (
    (
        "Hur mycket beslutade regionstyrelsen att avsätta till utvecklingsprojekt inom psykisk ohälsa 2026?",
        DECISION,
        "2,5 mnkr",
    ),
    (
        "När ska vårdcentralerna senast ha redovisat läkarstödet i äldreomsorgen?",
        "07-informationsbrev-lakarstod-aldre.txt",
        "11 december 2026",
    ),
    ("Hur lång är uppsägningstiden i samverkansavtalet?", "08-samverkansavtal-aldre.md", "tolv månader"),
    (
        "Vem reserverade sig mot beslutet om centrum för nära vård?",
        "02-protokoll-regionstyrelsen-2026-03-09.md",
        "Sandell",
    ),
    ("Hur stor är ramen för Omställningsanslaget 2027?", "09-lagesrapport-september-2026.md", "18 000"),
    ("Hur många hembesök gjorde det mobila närsjukvårdsteamet?", REPORT, "1 180"),
    (
        "Vad blev beslutet om var det första centrumet ska ligga?",
        "02-protokoll-regionstyrelsen-2026-03-09.md",
        "återremittera",
    ),
)


@pytest.mark.parametrize(("question", "source", "said"), ANSWERED, ids=[said for _, _, said in ANSWERED])
async def test_a_question_is_answered_from_the_right_document(
    solmark: Assistant, question: str, source: str, said: str
) -> None:
    answer = await ask(solmark, SYSTEM, question, keep=False)
    assert not answer.abstained
    assert answer.citations[0].source == answer.passages[0].source == source
    assert said in answer.answer
    assert answer.answered_by == "extraktiv"
    assert answer.basis
    assert answer.latency_ms > 0
    assert 0 < len(answer.passages) <= SHOWN


async def _holds(assistant: Assistant, answer: Answer) -> None:
    """Check that every quotation and passage stands in its document, word for word, and that every mark has one."""
    async with assistant.sessions(SYSTEM) as session:
        said: list[Citation | Hit] = [*answer.citations, *answer.passages]
        for one in said:
            document = await get_document(session, SYSTEM, one.document_id, version_id=one.version_id)
            quote = one.quote if isinstance(one, Citation) else one.text
            assert quote
            assert document.text[one.start : one.end] == quote
            assert document.summary.file_name == one.source
            assert one.page in {page["number"] for page in document.pages}
    assert {int(mark) for mark in MARK.findall(answer.answer)} == {one.number for one in answer.citations}


@pytest.mark.parametrize("question", [question for question, _, _ in ANSWERED] + [UNANSWERABLE])
async def test_every_quotation_stands_in_its_document_word_for_word(solmark: Assistant, question: str) -> None:
    await _holds(solmark, await ask(solmark, SYSTEM, question, keep=False))


@pytest.mark.parametrize(
    "question",
    [
        "Hur mycket föreslås till läkarförsörjning?",
        "Vad föreslås om fortbildning för allmänläkare?",
        "Vad får omställningsåtgärderna belasta enligt oppositionens ärende?",
    ],
)
async def test_a_proposal_is_never_called_a_decision(solmark: Assistant, question: str) -> None:
    answer = await ask(solmark, SYSTEM, question, keep=False)
    assert answer.citations[0].kind == "förslag"
    assert (answer.basis or "").startswith("Förslag")
    assert "beslut" not in (answer.basis or "").casefold()


async def test_what_was_decided_is_answered_before_what_was_proposed(solmark: Assistant) -> None:
    answer = await ask(solmark, SYSTEM, "Hur mycket avsätts till läkarförsörjning?", keep=False)
    assert answer.citations[0].source == DECISION
    assert "1,5 mnkr" in answer.answer
    assert answer.answer.index("1,5 mnkr") < (answer.answer + "2 mnkr").index("2 mnkr")


@pytest.mark.parametrize("question", [UNANSWERABLE, "Vad kostar en läkare i Paris?", "zebra giraff", "12 34"])
async def test_a_refusal_says_so_first_and_still_shows_what_is_nearest(solmark: Assistant, question: str) -> None:
    answer = await ask(solmark, SYSTEM, question, keep=False)
    assert answer.abstained
    assert answer.answer.startswith(NOT_IN_MATERIAL)
    assert answer.citations == ()
    assert answer.basis is None
    assert answer.passages
    assert answer.passages[0].title in answer.answer


async def test_events_come_in_order_and_end_with_the_answer(solmark: Assistant) -> None:
    question = ANSWERED[2][0]
    events = [event async for event in stream(solmark, SYSTEM, question, keep=False)]
    assert [type(event) for event in events] == [Status, Sources, Status, Delta, Done]
    assert isinstance(events[0], Status)
    assert "14 dokument" in events[0].text
    sources, done = events[1], events[-1]
    assert isinstance(sources, Sources)
    assert isinstance(done, Done)
    assert sources.passages == done.answer.passages
    assert "".join(event.text for event in events if isinstance(event, Delta)) == done.answer.answer
    refused = [type(event) async for event in stream(solmark, SYSTEM, UNANSWERABLE, keep=False)]
    assert refused == [Status, Sources, Delta, Done]


async def test_small_talk_is_answered_without_looking_anything_up(solmark: Assistant) -> None:
    events = [event async for event in stream(solmark, SYSTEM, "Hej!", keep=False)]
    assert [type(event) for event in events] == [Delta, Done]
    answer = await ask(solmark, SYSTEM, "Vem är du?", keep=False)
    assert (answer.answered_by, answer.abstained, answer.passages, answer.citations) == ("regel", False, (), ())
    assert "AI-tjänst" in answer.answer


async def test_an_answer_is_plain_json(solmark: Assistant) -> None:
    answer = await ask(solmark, SYSTEM, ANSWERED[0][0], keep=False)
    sent = json.loads(json.dumps(as_json(answer)))
    assert sent["id"] == str(answer.id)
    assert sent["citations"][0]["quote"] == answer.citations[0].quote


@pytest.mark.parametrize("question", ["", "  \n\t", "\x00", "\x00 \x00", "???", "\ud800", "– …"])
async def test_an_empty_question_is_not_asked(solmark: Assistant, question: str) -> None:
    with pytest.raises(InvalidValue, match="Skriv en fråga") as raised:
        await ask(solmark, SYSTEM, question, keep=False)
    assert raised.value.field == "question"


async def test_a_question_may_be_long_but_not_too_long(solmark: Assistant) -> None:
    with pytest.raises(InvalidValue, match="för lång"):
        await ask(solmark, SYSTEM, "å" * (LONGEST_QUESTION + 1), keep=False)
    assert (await ask(solmark, SYSTEM, "å " * (LONGEST_QUESTION // 2), keep=False)).answer


@pytest.mark.parametrize(
    "question",
    [
        "Vem reserverade\x00 sig mot beslutet om centrum?",
        "a\ud800b",
        "'; DROP TABLE passage; --",
        "vård" + "🙂" * 50,
        "\u202eomvänd",
    ],
)
async def test_odd_characters_do_no_harm(solmark: Assistant, question: str) -> None:
    answer = await ask(solmark, SYSTEM, question, keep=False)
    assert "\x00" not in answer.question
    assert answer.answer


async def test_an_empty_installation_says_what_to_do(database: Database, embedder: Embedder) -> None:
    answer = await ask(Assistant(database.scoped, embedder), SYSTEM, "Vad kostar en läkarbil?", keep=False)
    assert answer.answer == NO_DOCUMENTS
    assert answer.abstained
    assert answer.passages == ()


@pytest.mark.parametrize(
    ("question", "hidden"),
    [
        ("Vem väckte ärendet om riktade omställningsåtgärder 2026–2027?", INTERNAL),
        ("Vad säger oppositionens ärende om riktade omställningsåtgärder?", INTERNAL),
        ("Varför pausades hjärtsviktsmottagningen på distans?", REPORT),
        ("Hur mycket får Region Solmark till cancervård?", GRANTS),
    ],
)
async def test_a_partner_is_answered_only_from_what_is_public_or_shared(
    solmark: Assistant, question: str, hidden: str
) -> None:
    partner = await people.viewer(solmark, sites.PARTNER)
    inside = await ask(solmark, SYSTEM, question, keep=False)
    assert hidden in {passage.source for passage in inside.passages}
    outside = await ask(solmark, partner, question, keep=False)
    seen = {one.source for one in outside.citations} | {one.source for one in outside.passages}
    assert seen
    assert not seen & {INTERNAL, GRANTS, REPORT}


async def test_a_partner_is_answered_from_what_is_shared_with_the_municipality(solmark: Assistant) -> None:
    partner = await people.viewer(solmark, sites.PARTNER)
    question = "När ska vårdcentralerna senast ha redovisat läkarstödet i äldreomsorgen?"
    answer = await ask(solmark, partner, question, keep=False)
    assert answer.citations[0].source == "07-informationsbrev-lakarstod-aldre.txt"


async def test_a_hidden_document_leaves_no_trace_in_a_refusal(solmark: Assistant) -> None:
    partner = await people.viewer(solmark, sites.PARTNER)
    stranger = replace(partner, organisation_id=new_id())
    mine = [await ask(solmark, partner, question, keep=False) for question in (UNANSWERABLE, "Vad kostar Paris?")]
    assert all("11 dokument" in answer.answer for answer in mine)
    other = await ask(solmark, stranger, UNANSWERABLE, keep=False)
    assert "9 dokument" in other.answer
    assert not {passage.source for passage in other.passages} & {
        "07-informationsbrev-lakarstod-aldre.txt",
        "10-minnesanteckningar-dialogmote-2026-05-20.txt",
    }


async def _gaps(assistant: Assistant) -> list[str]:
    async with assistant.sessions(SYSTEM) as session:
        return list(await session.scalars(select(KnowledgeGap.question)))


async def test_what_the_material_lacks_is_noted_for_the_programme_group(solmark: Assistant) -> None:
    politician = await people.viewer(solmark, sites.POLITICIAN)
    question = "Vem vann melodifestivalen i Paris?"
    assert (await ask(solmark, politician, question)).abstained
    await ask(solmark, politician, ANSWERED[0][0])
    await ask(solmark, politician, "Hej!")
    gaps = await _gaps(solmark)
    assert question in gaps
    assert ANSWERED[0][0] not in gaps
    assert "Hej!" not in gaps


async def _kept(assistant: Assistant, person: Viewer, conversation_id: UUID | None) -> list[str]:
    assert conversation_id is not None
    async with assistant.sessions(person) as session:
        return [turn.question for turn in await turns(session, person, conversation_id)]


async def test_a_follow_up_is_answered_in_its_conversation(solmark: Assistant) -> None:
    politician = await people.viewer(solmark, sites.POLITICIAN)
    first = await ask(solmark, politician, "Hur stor är ramen för Omställningsanslaget 2027?")
    second = await ask(solmark, politician, "Och 2026?", conversation_id=first.conversation_id)
    assert second.conversation_id == first.conversation_id
    assert second.answer.startswith("Ur dokumenten: 16 000 tkr")
    assert await _kept(solmark, politician, first.conversation_id) == [first.question, second.question]


async def test_the_history_of_a_batch_does_the_same(solmark: Assistant) -> None:
    history = ["Hur stor är ramen för Omställningsanslaget 2027?"]
    answer = await ask(solmark, SYSTEM, "Och 2026?", history=history, keep=False)
    assert answer.answer.startswith("Ur dokumenten: 16 000 tkr")
    assert answer.conversation_id is None


async def test_the_kept_turn_holds_the_whole_answer(solmark: Assistant) -> None:
    politician = await people.viewer(solmark, sites.POLITICIAN)
    answer = await ask(solmark, politician, ANSWERED[0][0])
    assert answer.conversation_id is not None
    async with solmark.sessions(politician) as session:
        (turn,) = await turns(session, politician, answer.conversation_id)
    assert turn.answer["answer"] == answer.answer
    assert turn.answer["citations"] == json.loads(json.dumps(as_json(answer)["citations"]))


async def test_nothing_is_kept_of_a_question_that_is_not_to_be_kept(solmark: Assistant) -> None:
    politician = await people.viewer(solmark, sites.POLITICIAN)
    question = "Vem vann skid-VM i Oslo?"
    answer = await ask(solmark, politician, question, keep=False)
    assert answer.conversation_id is None
    assert question not in await _gaps(solmark)


@pytest.mark.parametrize("asker", [sites.PROGRAMME, sites.PARTNER])
async def test_somebody_elses_conversation_does_not_exist(solmark: Assistant, asker: str) -> None:
    politician, other = await people.viewer(solmark, sites.POLITICIAN), await people.viewer(solmark, asker)
    mine = await ask(solmark, politician, "Hej!")
    for person, conversation in ((other, mine.conversation_id), (politician, new_id())):
        with pytest.raises(NotFound, match="Samtalet finns inte"):
            await ask(solmark, person, "Och sedan?", conversation_id=conversation)
        with pytest.raises(NotFound, match="Samtalet finns inte"):
            await ask(solmark, person, "Och sedan?", conversation_id=conversation, history=["Vad?"])
    assert await _kept(solmark, politician, mine.conversation_id) == ["Hej!"]


async def test_a_refused_turn_leaves_no_gap_when_the_conversation_is_not_ones_own(solmark: Assistant) -> None:
    politician, other = await people.viewer(solmark, sites.POLITICIAN), await people.viewer(solmark, sites.PARTNER)
    mine = await ask(solmark, politician, "Hej!")
    question = "Vem vann bandyfinalen i Rom?"
    with pytest.raises(NotFound):
        await ask(solmark, other, question, conversation_id=mine.conversation_id, history=["Vad?"])
    async with solmark.sessions(SYSTEM) as session:
        wanted = select(func.count()).select_from(KnowledgeGap).where(KnowledgeGap.question == question)
        assert await session.scalar(wanted) == 0
