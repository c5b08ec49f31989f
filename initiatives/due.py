"""The shape in which every room tells its dates, so that they stand in one calendar.

A room with dates has a function `due(person)` that returns `rows(...)` of its own table; `initiatives.deadlines` puts
them together. What the person may not see is not in the query.
"""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, Date, Select, Text, Uuid, cast, false, literal, null, select
from sqlalchemy.orm import InstrumentedAttribute

Column = ColumnElement[Any] | InstrumentedAttribute[Any]


def rows(
    kind: Column | str,
    *,
    subject_type: str,
    subject_id: Column,
    item_id: Column,
    title: Column,
    on: Column,
    whole_month: Column | None = None,
    organisation_id: Column | None = None,
    person_id: Column | None = None,
    done: Column | None = None,
) -> Select[*tuple[Any, ...]]:
    """Return a query for dated things; add joins, and conditions of what the person sees, to it.

    `kind` is the Swedish word for what is due ("redovisning", "milstolpe"); `subject_type` (a table) and `subject_id`
    are what has a page, `item_id` the dated thing itself; `on` its day, where `whole_month` is true some time in that
    month; `organisation_id` and `person_id` who shall do it; `done` whether it is done.
    """
    return select(
        cast(literal(kind) if isinstance(kind, str) else kind, Text).label("kind"),
        literal(subject_type, Text).label("subject_type"),
        subject_id.label("subject_id"),
        item_id.label("item_id"),
        title.label("title"),
        cast(on, Date).label("due_on"),
        (false() if whole_month is None else cast(whole_month, Boolean)).label("whole_month"),
        cast(null() if organisation_id is None else organisation_id, Uuid).label("organisation_id"),
        cast(null() if person_id is None else person_id, Uuid).label("person_id"),
        (false() if done is None else cast(done, Boolean)).label("done"),
    ).where(on.is_not(None))
