"""Presentations: each slide a page under its title, with points, tables, figures of charts and notes."""

import io
from typing import Any

import pptx
import pytest
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE

from ingest import readers
from ingest.errors import UnreadableFile
from ingest.readers import PPTX, Reading
from tests.ingest.office import changed, slides


def saved(presentation: Any) -> Reading:
    buffer = io.BytesIO()
    presentation.save(buffer)
    return readers.read(PPTX, buffer.getvalue())


def test_slides_are_pages_with_points_and_notes() -> None:
    reading = readers.read(PPTX, slides(("Nära vård", ["ett", "två"]), ("Sedan", ["Bara en mening."]), notes="Säg så."))
    assert [reading.text[page.start : page.end].strip() for page in reading.pages] == [
        "# Nära vård\n\n- ett\n- två\n\nAnteckningar: Säg så.",
        "## Sedan\n\nBara en mening.\n\nAnteckningar: Säg så.",
    ]
    assert reading.lost == 0


def test_tables_and_the_figures_of_charts_are_rows() -> None:
    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[6])
    table = slide.shapes.add_table(2, 2, 0, 0, 100, 100).table
    for row, texts in enumerate((("Kommun", "Antal"), ("Alby", "12"))):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    make: Any = CategoryChartData
    data = make()
    data.categories = ["2025", "2026"]
    data.add_series("Andel", (1.5, None))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, 100, 100, data)
    assert saved(presentation).text == (
        "# Bild 1\n\n| Kommun | Antal |\n|---|---|\n| Alby | 12 |\n\n"
        "| Diagram | Andel |\n|---|---|\n| 2025 | 1,5 |\n| 2026 |  |"
    )


def test_hidden_slides_are_told_and_keep_their_number() -> None:
    presentation = pptx.Presentation()
    for title in ("Ett", "Dold", "Tre"):
        presentation.slides.add_slide(presentation.slide_layouts[5]).shapes.title.text = title
    presentation.slides[1].element.set("show", "0")
    reading = saved(presentation)
    assert [page.state for page in reading.pages] == ["text", "empty", "text"]
    assert "Dold" not in reading.text
    assert reading.warnings == ("Dolda bilder lästes inte: 2.",)


def test_a_broken_presentation_has_a_verdict() -> None:
    with pytest.raises(UnreadableFile, match="skadad"):
        readers.read(PPTX, changed(slides(("a", ["b"])), {"ppt/presentation.xml": None}))
