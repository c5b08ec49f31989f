import json
import re
from pathlib import Path

import msgspec

from api.rest.answer_events import EVENTS, LAST_EVENTS, SourcesOut
from api.rest.answers import AnswerOut, CitationOut
from api.rest.questions import ANSWERED
from api.rest.register_answers import TableOut

PAGE = (Path(__file__).parents[2] / "docs" / "svar-som-handelser.md").read_text(encoding="utf-8")
EVENT = re.compile(r"id: \S+\.(\w+)\nevent: (\w+)\ndata: (.+)\n")
FIELDS: dict[str, type[msgspec.Struct]] = {
    "sources": SourcesOut,
    "citation": CitationOut,
    "table": TableOut,
    "done": AnswerOut,
}


def test_every_event_is_described_and_none_besides() -> None:
    assert tuple(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == EVENTS
    assert all(name in str(ANSWERED[200].description) for name in EVENTS)


def test_the_example_is_a_stream_as_it_may_come() -> None:
    told = EVENT.findall(PAGE)
    assert [place for place, _, _ in told] == [*map(str, range(1, len(told))), "end"]
    names = [name for _, name, _ in told]
    assert names == sorted(names, key=EVENTS.index)
    assert names[-1] in LAST_EVENTS
    for _, name, data in told:
        said = set(json.loads(data))
        known = {field.name for field in msgspec.structs.fields(FIELDS[name])} if name in FIELDS else {"text"}
        assert said <= known, name
