from typing import Any
from uuid import UUID

import pytest

from initiatives.access import SYSTEM, Viewer
from initiatives.base import new_id
from initiatives.errors import NotFound
from retrieval.answering import Assistant
from retrieval.documents import DocumentSummary, get_document, kinds, list_documents, original_file
from tests import site as sites
from tests.retrieval import people


async def listed(assistant: Assistant, person: Viewer = SYSTEM, **filters: Any) -> list[DocumentSummary]:
    async with assistant.sessions(person) as session:
        found, total = await list_documents(session, person, **filters)
    assert total >= len(found)
    return found


async def hidden(assistant: Assistant) -> UUID:
    return next(one.id for one in await listed(assistant) if one.file_name.startswith("14-"))


async def test_the_list_has_everything_that_one_may_see(solmark: Assistant) -> None:
    partner = await people.viewer(solmark, sites.PARTNER)
    assert len(await listed(solmark)) == 14
    names = {one.file_name[:2] for one in await listed(solmark, partner)}
    assert names == {f"{number:02}" for number in range(1, 15)} - {"06", "09", "14"}


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({"text": "SAMVERKANSAVTAL"}, 1),
        ({"text": ".pdf"}, 3),
        ({"text": "%"}, 0),
        ({"text": "_"}, 0),
        ({"kind": "protokoll"}, 2),
        ({"kind": "roman"}, 0),
        ({"visibility": "internal"}, 5),
        ({"visibility": "internal", "kind": "rapport"}, 1),
        ({"limit": 3}, 3),
        ({"limit": 20, "offset": 12}, 2),
        ({"offset": 99}, 0),
    ],
)
async def test_the_list_is_narrowed_down(solmark: Assistant, filters: dict[str, Any], count: int) -> None:
    assert len(await listed(solmark, **filters)) == count


async def test_pages_of_the_list_neither_repeat_nor_miss(solmark: Assistant) -> None:
    pages = [await listed(solmark, limit=5, offset=offset) for offset in (0, 5, 10)]
    assert len({one.id for page in pages for one in page}) == 14


async def test_kinds_are_those_one_may_see(solmark: Assistant) -> None:
    async with solmark.sessions(SYSTEM) as session:
        found = await kinds(session, SYSTEM)
    assert found == sorted(set(found))
    assert {"förslag", "protokoll", "handlingsplan", "rapport"} <= set(found)


async def test_a_document_comes_with_text_pages_sections_and_passages(solmark: Assistant) -> None:
    for summary in await listed(solmark):
        async with solmark.sessions(SYSTEM) as session:
            document = await get_document(session, SYSTEM, summary.id)
        assert document.summary == summary
        assert len(document.pages) == summary.page_count
        assert len(document.passages) == summary.passage_count > 0
        assert document.pages[0]["start"] == 0
        assert document.pages[-1]["end"] == len(document.text)
        assert [section.position for section in document.sections] == list(range(len(document.sections)))
        assert all(document.text[start:end].strip() for _, start, end in document.passages)


async def test_the_file_is_given_back_as_it_came(solmark: Assistant) -> None:
    (summary,) = await listed(solmark, text="12-regelbok")
    async with solmark.sessions(SYSTEM) as session:
        name, media_type, data = await original_file(session, SYSTEM, summary.id)
    assert (name, media_type) == ("12-regelbok-utdrag-2026.pdf", "application/pdf")
    assert data.startswith(b"%PDF-")


async def test_a_document_that_one_may_not_see_is_as_one_that_does_not_exist(solmark: Assistant) -> None:
    partner = await people.viewer(solmark, sites.PARTNER)
    said = set()
    for document_id in (await hidden(solmark), new_id()):
        async with solmark.sessions(partner) as session:
            with pytest.raises(NotFound) as raised:
                await get_document(session, partner, document_id)
            said.add(raised.value.detail)
        async with solmark.sessions(partner) as session:
            with pytest.raises(NotFound) as raised:
                await original_file(session, partner, document_id)
            said.add(raised.value.detail)
    assert len(said) == 2


async def test_another_documents_version_is_not_found(solmark: Assistant) -> None:
    first, second = (await listed(solmark))[:2]
    for version_id in (second.version_id, new_id()):
        async with solmark.sessions(SYSTEM) as session:
            with pytest.raises(NotFound, match="versionen"):
                await get_document(session, SYSTEM, first.id, version_id=version_id)
