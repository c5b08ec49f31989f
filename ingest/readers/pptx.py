"""Presentations: each slide a page under its title, with its tables, charts and notes."""

import io
from collections.abc import Iterator
from typing import Any

from lxml import etree

from ingest.errors import UnreadableFile
from ingest.readers.draft import Draft, one_line
from ingest.readers.package import Package, open_package
from ingest.readers.reading import PPTX, Reading

MOST_SLIDES = 2_000
_DEEPEST_GROUP = 20
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def read(data: bytes) -> Reading:
    """Read a presentation (.pptx). Raises `UnreadableFile` when it is damaged, locked or without text."""
    package = open_package(data)
    package.refuse_document_types()
    from pptx import Presentation
    from pptx.exc import PythonPptxError

    try:
        slides = list(Presentation(io.BytesIO(data)).slides)
    except (PythonPptxError, KeyError, ValueError, TypeError, AttributeError, etree.XMLSyntaxError) as error:
        raise UnreadableFile(
            "Presentationen är skadad.", "Spara den på nytt i PowerPoint och lägg in den igen."
        ) from error
    if len(slides) > MOST_SLIDES:
        raise UnreadableFile(f"Presentationen har {len(slides)} bilder, fler än {MOST_SLIDES}.", "Dela upp den.")
    draft, hidden = Draft(), list[int]()
    for number, slide in enumerate(slides, start=1):
        if number > 1:
            draft.page_break()
        if slide.element.get("show") == "0":
            hidden.append(number)
        else:
            _slide(draft, slide, number)
    warnings = [f"Dolda bilder lästes inte: {', '.join(map(str, hidden))}."] if hidden else []
    shown = [slide for number, slide in enumerate(slides, start=1) if number not in hidden]
    return draft.reading(PPTX, None, "".join(_raw(package, shown)), (*warnings, *package.unopened()))


def _slide(draft: Draft, slide: Any, number: int) -> None:
    title = slide.shapes.title
    named = one_line(title.text_frame.text.replace("\v", " ")) if title is not None else ""
    draft.heading(named or f"Bild {number}", 1 if number == 1 else 2)
    for shape in _shapes(slide.shapes):
        if title is None or shape.shape_id != title.shape_id:
            _shape(draft, shape)
    if slide.has_notes_slide and (frame := slide.notes_slide.notes_text_frame) is not None and frame.text.strip():
        draft.paragraph(f"Anteckningar: {_said(frame.text)}")


def _shapes(shapes: Any, depth: int = 0) -> Iterator[Any]:
    for shape in shapes:
        if hasattr(shape, "shapes"):
            if depth < _DEEPEST_GROUP:
                yield from _shapes(shape.shapes, depth + 1)
        elif not _is_furniture(shape):
            yield shape


def _is_furniture(shape: Any) -> bool:
    from pptx.enum.shapes import PP_PLACEHOLDER

    kinds = {PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.HEADER}
    return shape.is_placeholder and shape.placeholder_format.type in kinds


def _shape(draft: Draft, shape: Any) -> None:
    if getattr(shape, "has_table", False):
        draft.table([[_said(cell.text) for cell in row.cells] for row in shape.table.rows])
    elif getattr(shape, "has_chart", False):
        _chart(draft, shape.chart)
    elif shape.has_text_frame:
        written = [one for one in shape.text_frame.paragraphs if one.text.strip()]
        listed = shape.is_placeholder and len(written) > 1
        for one in written:
            if listed:
                draft.item(_said(one.text), "-", one.level)
            else:
                draft.paragraph(_said(one.text))


def _chart(draft: Draft, chart: Any) -> None:
    """Write the figures that a chart shows as a table."""
    for plot in chart.plots:
        heads = [str(one.name) for one in plot.series]
        columns = [[_figure(value) for value in one.values] for one in plot.series]
        rows = [
            [str(category), *(one[place] if place < len(one) else "" for one in columns)]
            for place, category in enumerate(plot.categories)
        ]
        draft.table([["Diagram", *heads], *rows])


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.12g}".replace(".", ",")


def _said(text: str) -> str:
    return text.replace("\v", "\n").replace("\f", " ")


def _raw(package: Package, slides: list[Any]) -> Iterator[str]:
    """Yield the text of the slides' own runs and fields, furniture aside, found the plain way."""
    fields = {f"{_A}fld"}
    for slide in slides:
        for one in package.xml(str(slide.part.partname).lstrip("/")).iter(f"{_A}t"):
            if one.getparent().tag not in fields:
                yield one.text or ""
