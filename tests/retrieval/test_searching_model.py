"""A language model that may search with tools: what it finds, what it may not do, and how it goes wrong."""

import datetime as dt
import json
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest

from initiatives.access import SYSTEM, Viewer
from retrieval import language, prompts
from retrieval.answering import NOT_SEARCHED, SEARCHED_BY_MODEL, UNCONFIRMED, Assistant, ask
from retrieval.answers import Answer
from retrieval.composing import NOT_IN_MATERIAL
from retrieval.language import LanguageConfig, ToolUsingModel
from retrieval.metering import Limits, ModelFailed
from retrieval.register.asking import Subject, Wanted
from retrieval.register.requested import BadRequest, ask_register
from retrieval.register.telling import FROM_REGISTER, unconfirmed
from retrieval.rounds import MOST_CALLS, Tool
from retrieval.widening import BESIDE_THE_POINT
from retrieval.widening import FROM_REGISTER as MARK_OF_REGISTER
from tests import model_server
from tests import site as sites
from tests.model_server import (
    Behaviour,
    ModelServer,
    calls_tool,
    hangs,
    in_turn,
    piece,
    repeats,
    resets,
    says,
    sends,
    status,
)
from tests.retrieval import people

ON = dt.date(2026, 11, 30)
DEADLINE = 4.0
HIDDEN = "Var är det störst risk att pengarna brinner inne?"
"""A question that no rule understands."""


def asks(**query: object) -> Behaviour:
    return calls_tool(prompts.REGISTER, json.dumps(query))


def seeks(query: str) -> Behaviour:
    return calls_tool(prompts.SEARCH, json.dumps({"query": query}))


PAUSED = asks(subject="initiativ", wanted="lista", statuses=["pausat"])
SAID = "Hjärtsviktsmottagning på distans är pausat, och Amina Farah är ansvarig [2]."
TRUE = f"Hjärtsviktsmottagning på distans är pausat, och Amina Farah är ansvarig {MARK_OF_REGISTER}."


@pytest.fixture(scope="module")
async def server_of_models() -> AsyncIterator[ModelServer]:
    async with model_server.running() as running:
        yield running


@pytest.fixture
def serving(server_of_models: ModelServer) -> ModelServer:
    server_of_models.requests.clear()
    return server_of_models


@pytest.fixture(scope="module")
async def made(server_of_models: ModelServer, solmark: Assistant) -> Callable[[float], Awaitable[ToolUsingModel]]:
    """Return what makes models, loaded as all else that the first question would wait for."""
    await ask(solmark, SYSTEM, HIDDEN, keep=False)

    async def make(deadline: float) -> ToolUsingModel:
        model = language.create(
            LanguageConfig("openai:m", server_of_models.base_url, "nyckel", limits=Limits(seconds=deadline), tools=True)
        )
        assert isinstance(model, ToolUsingModel)
        await model.warm()
        return model

    return make


@pytest.fixture
async def searching(made: Callable[[float], Awaitable[ToolUsingModel]], solmark: Assistant) -> Assistant:
    return replace(solmark, language=await made(20))


@pytest.fixture
async def hurried(made: Callable[[float], Awaitable[ToolUsingModel]], solmark: Assistant) -> Assistant:
    return replace(solmark, language=await made(DEADLINE))


async def answered(assistant: Assistant, question: str = HIDDEN, person: Viewer = SYSTEM) -> Answer:
    return await ask(assistant, person, question, keep=False, on=ON)


def results(serving: ModelServer) -> list[str]:
    """Return what the tools answered, as the model was told it."""
    return [one["content"] for one in serving.requests[-1].body["messages"] if one["role"] == "tool"]


async def test_a_question_that_no_rule_understands_is_answered_from_the_register(
    searching: Assistant, solmark: Assistant, serving: ModelServer
) -> None:
    assert (await answered(solmark)).abstained
    serving.behaviour = in_turn(PAUSED, says(SAID))
    answer = await answered(searching)
    assert (answer.answered_by, answer.abstained) == ("språkmodell", False)
    assert answer.register is not None
    assert answer.answer == f"{TRUE}\n\n{answer.register.text}"
    assert answer.register.text.startswith(FROM_REGISTER)
    assert [row.title for row in answer.register.rows] == ["Hjärtsviktsmottagning på distans"]
    assert answer.register.asked == HIDDEN
    assert answer.notice == SEARCHED_BY_MODEL


async def test_a_question_that_no_rule_understands_is_answered_from_the_documents(
    searching: Assistant, solmark: Assistant, serving: ModelServer
) -> None:
    question = "Vad hette de som sa nej till mittpunkten?"
    assert (await answered(solmark, question)).abstained
    serving.behaviour = in_turn(
        seeks("Vem reserverade sig mot beslutet om centrum för nära vård?"),
        says("Maj-Britt Sandell reserverar sig mot beslutet i den femte punkten [1]."),
    )
    answer = await answered(searching, question)
    assert answer.answered_by == "språkmodell"
    assert [one.number for one in answer.citations] == [1]
    assert answer.citations[0].quote in results(serving)[0].replace("‹", "<")
    assert answer.basis is not None
    assert answer.register is None


async def test_a_model_is_asked_only_where_no_rule_answers(searching: Assistant, serving: ModelServer) -> None:
    serving.behaviour = status(500)
    answer = await answered(searching, "Vilka initiativ är försenade?")
    assert (answer.answered_by, answer.notice) == ("register", None)
    assert serving.requests == []


async def test_what_is_sent_is_the_rules_the_question_and_what_the_tools_found(
    searching: Assistant, serving: ModelServer
) -> None:
    serving.behaviour = in_turn(PAUSED, says(SAID))
    await answered(searching)
    first, second = serving.requests
    assert [one["role"] for one in first.body["messages"]] == ["system", "user"]
    assert [one["function"]["name"] for one in first.body["tools"]] == [prompts.SEARCH, prompts.REGISTER]
    assert "$ref" not in json.dumps(first.body["tools"])
    [told] = results(serving)
    assert told.startswith("<källor>")
    assert told.endswith("</källor>")
    assert second.body["messages"][2]["tool_calls"][0]["function"]["name"] == prompts.REGISTER


async def test_a_call_that_cannot_be_done_is_explained_and_may_be_made_again(
    searching: Assistant, serving: ModelServer
) -> None:
    serving.behaviour = in_turn(asks(subject="initiativ", wanted="lista", statuses=["stannat"]), PAUSED, says("x"))
    await answered(searching)
    refused, told = results(serving)
    assert "går inte att använda" in refused
    assert "statuses" in refused
    assert "Hjärtsvikt" in told


REFUSED: dict[str, tuple[Behaviour, str]] = {
    "an unknown tool": (calls_tool("ta_bort_dokument", '{"id": 1}'), "finns inte"),
    "no JSON": (calls_tool(prompts.SEARCH, "query=hjärtsvikt"), "går inte att använda"),
    "half a JSON": (calls_tool(prompts.SEARCH, '{"query": "hjärtsvikt'), "går inte att använda"),
    "JSON of another shape": (calls_tool(prompts.REGISTER, '["initiativ"]'), "går inte att använda"),
    "JSON nested too deep": (calls_tool(prompts.REGISTER, "[" * 3_000), "går inte att använda"),
    "no arguments": (calls_tool(prompts.REGISTER, ""), "går inte att använda"),
    "SQL": (asks(subject="initiativ", wanted="lista", objects=["x'; DROP TABLE initiative; --"]), "finns inget"),
    "another kind": (asks(subject="lösenord", wanted="lista"), "går inte att använda"),
    "another person's rights": (asks(subject="initiativ", wanted="lista", person="system"), "går inte att använda"),
    "a field of our own": (asks(subject="initiativ", wanted="lista", explained=1.0), "går inte att använda"),
    "a day before there were registers": (asks(subject="ändring", wanted="ändringar", since="0001-01-01"), "orimlig"),
    "a period backwards": (
        asks(subject="datum", wanted="lista", period={"first": "2026-12-31", "last": "2026-01-01"}),
        "efter den sista",
    ),
    "a huge number": (asks(subject="initiativ", wanted="lista", least=10**30), "går inte att använda"),
    "a search without words": (seeks(""), "går inte att använda"),
    "a search without end": (seeks("och " * 500), "går inte att använda"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_call_that_is_refused_gives_nothing(name: str, searching: Assistant, serving: ModelServer) -> None:
    behaviour, expected = REFUSED[name]
    serving.behaviour = in_turn(behaviour, says("Regionen satsar 990 mnkr på hjärtsvikt [1]."))
    answer = await answered(searching)
    assert answer.abstained
    assert answer.answer.startswith(NOT_IN_MATERIAL)
    assert "990" not in answer.answer
    assert answer.notice == UNCONFIRMED
    [refusal] = results(serving)
    assert expected in refusal


FAILURES: dict[str, tuple[Behaviour, str]] = {
    "endless calls": (PAUSED, "sökte utan att komma fram"),
    "endless calls of an unknown tool": (calls_tool("kor_kommando"), "sökte utan att komma fram"),
    "endless arguments": (
        repeats(piece(tool_calls=[{"index": 0, "function": {"arguments": "x" * 500}}])),
        "aldrig slut",
    ),
    "endless number of calls": (
        sends("".join(piece(tool_calls=[{"index": n, "id": str(n), "function": {"name": "x"}}]) for n in range(50))),
        "aldrig slut",
    ),
    "silent from the start": (hangs, "inte klar inom 4 s"),
    "401 from the start": (status(401), "godtog inte nyckeln"),
    "429 from the start": (status(429), "för mycket att göra"),
    "500 from the start": (status(500), "fel 500"),
    "HTML from the start": (status(200, "<html></html>", "text/html"), "inte gick att läsa"),
    "a call among other words for ever": (
        repeats(piece("sök ", tool_calls=[{"index": 0, "function": {"arguments": " "}}])),
        "aldrig slut",
    ),
    "cut in a call": (calls_tool(prompts.SEARCH, '{"query": "hj', finish=None), "bröts innan det var klart"),
    "out of tokens in a call": (calls_tool(prompts.SEARCH, '{"query": "hj', finish="length"), "bröts"),
    "cut after a search": (in_turn(PAUSED, says("Hjärtsvikts", finish=None)), "bröts innan det var klart"),
    "reset after a search": (in_turn(PAUSED, resets), "bröts"),
    "silent after a search": (in_turn(PAUSED, hangs), "inte klar inom 4 s"),
    "drips after a search": (in_turn(PAUSED, repeats(piece("och "), 0.2)), "inte klar inom 4 s"),
    "keep-alive after a search": (in_turn(PAUSED, repeats(": ping\n\n", 0.05)), "inte klar inom 4 s"),
    "endless after a search": (in_turn(PAUSED, repeats(piece("och så vidare " * 50))), "aldrig slut"),
    "garbage after a search": (in_turn(PAUSED, sends(b"\xff\xfe\x00\x80" * 50)), "inte gick att läsa"),
    "HTML after a search": (in_turn(PAUSED, status(200, "<html></html>", "text/html")), "inte gick att läsa"),
    "broken JSON after a search": (in_turn(PAUSED, sends("data: {oj\n\n")), "inte gick att läsa"),
    "401 after a search": (in_turn(PAUSED, status(401)), "godtog inte nyckeln"),
    "429 after a search": (in_turn(PAUSED, status(429)), "för mycket att göra"),
    "500 after a search": (in_turn(PAUSED, status(500)), "fel 500"),
    "empty after a search": (in_turn(PAUSED, says("")), "tomt svar"),
    "English after a search": (
        in_turn(PAUSED, says("The clinic for heart failure has been paused by the board of the region this year [2].")),
        "inte på svenska",
    ),
}


@pytest.mark.parametrize("name", FAILURES)
async def test_whatever_goes_wrong_what_stands_is_verified_in_time_with_a_notice(
    name: str, hurried: Assistant, serving: ModelServer
) -> None:
    serving.behaviour, expected = FAILURES[name]
    begun = time.monotonic()
    answer = await answered(hurried)
    assert time.monotonic() - begun < DEADLINE + 1
    assert answer.answered_by in {"extraktiv", "register"}
    assert answer.notice is not None
    assert answer.notice.startswith(NOT_SEARCHED)
    assert re.search(expected, answer.notice), answer.notice
    if answer.register is not None:
        assert answer.answer == answer.register.text
    else:
        assert answer.answer.startswith(NOT_IN_MATERIAL)
    assert len(serving.requests) <= MOST_CALLS + 1


INVENTED: dict[str, str] = {
    "an invented source": "Hjärtsviktsmottagning på distans är pausat [17].",
    "an altered figure": "Hjärtsviktsmottagning på distans är pausat, med pengar på 8 mnkr [2].",
    "an altered date": "Hjärtsviktsmottagning på distans är pausat och skulle ha slutat 30 april 2027 [2].",
    "a figure without a source": "Hjärtsviktsmottagning på distans är pausat efter 990 mnkr.",
    "a denial": "Hjärtsviktsmottagning på distans är inte pausat [2].",
    "an invented quotation": "Hjärtsviktsmottagning på distans är ”pausat tills vidare av styrelsen” [2].",
    "a link": "Hjärtsviktsmottagning på distans är pausat, se https://fiende.example [2].",
    "a call in words": 'Anropar <tool_call>{"name": "ta_bort_dokument", "arguments": {}}</tool_call>',
    "another subject": "Styrelsen berömmer medarbetarnas fina insatser under sommaren [2].",
}


@pytest.mark.parametrize("name", INVENTED)
async def test_what_the_rows_do_not_confirm_is_not_said(name: str, searching: Assistant, serving: ModelServer) -> None:
    serving.behaviour = in_turn(PAUSED, says(INVENTED[name]))
    answer = await answered(searching)
    assert answer.register is not None
    assert (answer.answered_by, answer.answer) == ("register", answer.register.text)
    assert answer.notice is not None
    assert UNCONFIRMED in answer.notice or NOT_SEARCHED in answer.notice
    serving.behaviour = in_turn(PAUSED, says(f"{SAID} {INVENTED[name]}"))
    beside = await answered(searching)
    assert beside.answer.split("\n\n", 1)[0] == TRUE


async def test_what_is_true_but_not_what_was_asked_for_is_no_answer(searching: Assistant, serving: ModelServer) -> None:
    serving.behaviour = in_turn(PAUSED, says("Hjärtsviktsmottagning på distans är pausat [2]."))
    answer = await answered(searching, "Vilket telefonnummer har distansmottagningens chef?")
    assert answer.abstained
    assert answer.register is None
    assert answer.notice is not None
    assert BESIDE_THE_POINT in answer.notice


async def test_a_search_of_ours_that_fails_is_said_to_be_ours(searching: Assistant, serving: ModelServer) -> None:
    async def fails(_: bytes) -> str:
        raise OSError("slut på plats")

    assert isinstance(searching.language, ToolUsingModel)
    serving.behaviour = seeks("hjärtsvikt")
    with pytest.raises(ModelFailed, match="egen sökning") as failure:
        await searching.language.search(HIDDEN, (), [Tool(prompts.SEARCH, "Söker.", {"type": "object"}, fails)])
    assert "slut på plats" not in failure.value.detail


async def test_a_row_speaks_for_itself_alone(searching: Assistant, serving: ModelServer) -> None:
    every = asks(subject="initiativ", wanted="lista", statuses=["pausat", "förslag"])
    serving.behaviour = in_turn(every, says("x"))
    await answered(searching)
    [told] = results(serving)
    rows = re.findall(r"\[(\d+)\] ([^;\n]+); Läge: ([^;\n]+)", told)
    proposed, title, _ = next(row for row in rows if row[2] == "förslag")
    serving.behaviour = in_turn(every, says(f"{title} är beslutat [{proposed}]."))
    answer = await answered(searching)
    assert answer.answered_by == "register"
    assert f"{title} är beslutat" not in answer.answer


async def test_a_new_answer_of_the_register_takes_the_place_of_the_one_before(
    searching: Assistant, serving: ModelServer
) -> None:
    money = asks(subject="anslag", wanted="kvar", objects=["Omställningsanslaget 2026"])
    serving.behaviour = in_turn(PAUSED, money, says(SAID))
    answer = await answered(searching)
    assert answer.register is not None
    assert answer.register.rows[0].kind == "fund"
    assert "pausat" not in answer.answer


async def test_a_server_without_tools_works_as_without_a_model_and_is_not_asked_again(
    hurried: Assistant, solmark: Assistant, serving: ModelServer
) -> None:
    serving.behaviour = status(400, '{"error": {"message": "unknown field: tools"}}')
    plain = await answered(solmark)
    for _ in range(2):
        answer = await answered(hurried)
        assert (answer.answer, answer.notice, answer.abstained) == (plain.answer, None, True)
    assert len(serving.requests) == 1


@pytest.mark.parametrize("said", [NOT_IN_MATERIAL, f"{NOT_IN_MATERIAL} Källorna nämner det inte."])
async def test_a_model_that_finds_nothing_leaves_the_answer_as_it_was(
    said: str, searching: Assistant, solmark: Assistant, serving: ModelServer
) -> None:
    plain = await answered(solmark)
    for behaviour in (says(said), in_turn(PAUSED, says(said))):
        serving.behaviour = behaviour
        answer = await answered(searching)
        assert (answer.answer, answer.notice, answer.register) == (plain.answer, None, None)


async def test_a_server_that_ignores_tools_adds_nothing(searching: Assistant, serving: ModelServer) -> None:
    serving.behaviour = says("Hjärtsviktsmottagning på distans är pausat sedan mars 2026 [1].")
    answer = await answered(searching)
    assert answer.abstained
    assert answer.answer.startswith(NOT_IN_MATERIAL)
    assert answer.notice == UNCONFIRMED


async def test_the_tools_show_what_the_person_sees_and_nothing_else(searching: Assistant, serving: ModelServer) -> None:
    partner = await people.viewer(searching, sites.PARTNER)
    hidden = "Hjärtsviktsmottagning på distans"
    serving.behaviour = in_turn(
        asks(subject="initiativ", wanted="läge", objects=[hidden]),
        PAUSED,
        seeks("hjärtsviktsmottagning på distans pausas"),
        says(f"{hidden} är pausat [1]."),
    )
    answer = await answered(searching, HIDDEN, partner)
    named, listed, sought = results(serving)
    assert "finns inget som den som frågar får se" in named
    assert hidden not in listed
    async with searching.sessions(partner) as session:
        library = await searching.shelf.library(session, partner)
    titles = {view.title for view in library.views}
    for line in re.findall(r"^\[\d+\] (.*)", sought, re.MULTILINE):
        assert any(line.startswith(f"{title} (") for title in titles), line
    assert hidden not in answer.answer


OTHER_FIELDS: tuple[dict[str, object], ...] = (
    {},
    {"objects": ["Hjärtsviktsmottagning på distans"]},
    {"objects": ["Omställningsanslaget 2026"], "period": {"first": "2026-01-01", "last": "2026-12-31"}},
    {"nodes": ["Äldre"], "organisations": ["Havsunda kommun"], "top": 2},
    {"on": "2026-03-31", "since": "2026-03-01"},
    {"objects": ["Hjärtsviktsmottagning på distans"], "on": "2026-06-30", "lacks": "ansvarig"},
    {"late": True, "done": False, "recurring": True, "prioritised": True, "smallest": True, "starts": True},
    {"lacks": "pengar", "least": 1, "most": 10_000_000, "statuses": ["pågår", "risk"], "kinds": ["redovisning"]},
    {"per": "organisation", "begun": True, "latest": True, "trend": "worse"},
    {"people": ["Amina Farah"], "organisations": ["Solmarks sjukhus"], "per": "läge", "trend": "any"},
    {"target": True, "against_budget": True, "next_one": True, "organ": "Regionstyrelsen"},
)


NEEDS_A_NAME = {Subject.PERSON, Subject.ORGANISATION, Subject.NODE, Subject.ORGAN, Subject.STATUS}
"""Kinds of thing that are asked about by name, or only counted by."""


@pytest.mark.parametrize("subject", list(Subject))
async def test_every_query_that_can_be_written_is_answered_or_refused(subject: Subject, solmark: Assistant) -> None:
    """Models combine fields as no question does; every figure of what is told stands in the rows all the same."""
    partner = await people.viewer(solmark, sites.PARTNER)
    told = 0
    for turn, wanted in enumerate(Wanted):
        for place in {0, *(range(turn, turn + 2))}:
            more = OTHER_FIELDS[place % len(OTHER_FIELDS)]
            written = json.dumps({"subject": subject, "wanted": wanted, **more}).encode()
            try:
                asked = await ask_register(solmark.sessions, partner if place % 2 else SYSTEM, HIDDEN, written, ON)
            except BadRequest:
                continue
            told += asked.answer is not None
            assert asked.answer is None or unconfirmed(asked.answer) == [], written
    assert told or subject in NEEDS_A_NAME
