import pytest
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import sources
from initiatives.access import SYSTEM, Role, set_scope
from initiatives.base import new_id
from initiatives.errors import InvalidValue, NotAllowed, NotFound
from retrieval.documents import Document
from tests import factories

PAGES = [{"number": 1, "start": 0, "end": 9}, {"number": 2, "start": 9, "end": 20}]


async def test_a_source_stands_word_for_word_in_the_document(session: AsyncSession) -> None:
    document, initiative = await factories.document(session), await factories.initiative(session)
    added = await sources.attach(
        session, SYSTEM, "initiative", initiative.id, document_id=document.id, quote=f"av {document.id}"
    )
    assert (added.start, added.end, added.title) == (10, 10 + 3 + 36, document.title)
    assert added.version_id == document.current_version_id
    [row] = await sources.list_sources(session, SYSTEM, "initiative", [initiative.id])
    assert row.quote == f"av {document.id}"
    assert [row.id for row in await sources.resting_on(session, SYSTEM, document.id)] == [added.id]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"quote": "står inte där"}, "quote"),
        ({"quote": "  "}, "quote"),
        ({"start": 3}, "start"),
        ({"start": -1}, "start"),
        ({"start": 2**31}, "start"),
        ({"document_id": new_id()}, "document_id"),
        ({"version_id": new_id()}, "document_id"),
    ],
)
async def test_what_is_not_there_is_refused(session: AsyncSession, changed: dict[str, object], field: str) -> None:
    document, initiative = await factories.document(session), await factories.initiative(session)
    said = {"document_id": document.id, "quote": "Version 0", **changed}
    with pytest.raises(InvalidValue) as refused:
        await sources.attach(session, SYSTEM, "initiative", initiative.id, **said)  # type: ignore[arg-type]
    assert refused.value.field == field


async def test_only_what_is_there_rests_on_sources(session: AsyncSession) -> None:
    document = await factories.document(session)
    with pytest.raises(NotFound, match="Initiativet"):
        await sources.attach(session, SYSTEM, "initiative", new_id(), document_id=document.id, quote="Version 0")
    with pytest.raises(InvalidValue, match="initiative"):
        await sources.attach(session, SYSTEM, "person", new_id(), document_id=document.id, quote="Version 0")


async def test_the_quotation_survives_its_document(session: AsyncSession) -> None:
    document, initiative = await factories.document(session), await factories.initiative(session)
    await sources.attach(session, SYSTEM, "initiative", initiative.id, document_id=document.id, quote="Version 0")
    initiative_id = initiative.id
    await session.execute(delete(Document).where(Document.id == document.id))
    session.expire_all()
    [row] = await sources.list_sources(session, SYSTEM, "initiative", [initiative_id])
    assert (row.document_id, row.quote, row.title) == (None, "Version 0", "Avtal")


async def test_a_partner_sees_and_writes_none(session: AsyncSession) -> None:
    document, initiative = await factories.document(session), await factories.initiative(session)
    added = await sources.attach(
        session, SYSTEM, "initiative", initiative.id, document_id=document.id, quote="Version 0"
    )
    partner = await factories.viewer(session, Role.PARTNER)
    politician = await factories.viewer(session, Role.POLITICIAN)
    await set_scope(session, partner)
    assert await sources.list_sources(session, partner, "initiative", [initiative.id]) == ()
    assert await sources.resting_on(session, partner, document.id) == ()
    assert await session.get(sources.Source, added.id, populate_existing=True) is None
    with pytest.raises(NotFound):
        await sources.detach(session, partner, added.id)
    await set_scope(session, politician)
    with pytest.raises(NotAllowed):
        await sources.detach(session, politician, added.id)


def test_the_page_is_the_one_that_holds_the_place() -> None:
    assert [sources.page_at(PAGES, place) for place in (0, 8, 9, 20)] == [1, 1, 2, None]
