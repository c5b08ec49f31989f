from retrieval.answering import Assistant
from retrieval.ripening import is_ready, ripen
from retrieval.trials import searched


async def test_units_are_made_ready_once(solmark: Assistant) -> None:
    library = await searched(solmark)
    units = [(view, position) for view in library.views for position in range(len(view.units))]
    waiting = sum(not is_ready(*unit) for unit in units)
    assert await ripen(solmark, lambda: True) == waiting
    assert all(is_ready(*unit) for unit in units)
    assert await ripen(solmark, lambda: True) == 0


async def test_it_ends_when_it_is_told_to(solmark: Assistant) -> None:
    for view in (await searched(solmark)).views:
        view.notes.clear()
    told = iter([True, True, False])
    assert await ripen(solmark, lambda: next(told)) == 2
