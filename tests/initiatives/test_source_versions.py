"""A quotation follows its document into a new version, and is found by a rule when its words are gone."""

from hypothesis import given
from hypothesis import strategies as st

from initiatives import source_versions, sources
from initiatives.access import SYSTEM, ScopedSessions
from initiatives.source_versions import nearest
from tests import factories


async def test_a_quotation_moves_along_or_is_told_to_be_gone(sessions: ScopedSessions) -> None:
    async with sessions(SYSTEM) as session:
        document = await factories.document(session)
        initiative = await factories.initiative(session)
        await factories.version(session, document, "Styrelsen avsätter 2 mnkr. Nämnden följer upp i maj.")
        for quote in ("avsätter 2 mnkr", "följer upp i maj"):
            await sources.attach(session, SYSTEM, "initiative", initiative.id, document_id=document.id, quote=quote)
        assert await source_versions.check(session, SYSTEM) == []
        newest = await factories.version(session, document, "I dag: Styrelsen avsätter 2 mnkr. Ingen följer upp.")
        await source_versions.follow(session, document.id, newest.id)
        moved, gone = await sources.list_sources(session, SYSTEM, "initiative", [initiative.id])
        (found,) = await source_versions.check(session, SYSTEM)
    assert (moved.version_id, moved.start, moved.current) == (newest.id, 17, True)
    assert (gone.version_id == newest.id, gone.current) == (False, False)
    assert "”följer upp i maj”" in found.detail
    assert found.subject is not None
    assert found.subject.id == initiative.id


@given(st.text("ab", max_size=30), st.text("ab", min_size=1, max_size=3), st.integers(0, 40))
def test_the_nearest_place_is_taken(text: str, quote: str, place: int) -> None:
    there = [start for start in range(len(text)) if text.startswith(quote, start)]
    found = nearest(text, quote, place)
    assert (found is None) == (not there)
    if found is not None:
        assert found in there
        assert abs(found - place) == min(abs(start - place) for start in there)
