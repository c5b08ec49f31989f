"""Initiatives: how they stand, who answers for them, when they begin and end, what they cost, and which they are.

`one` answers about one that is named (`texts` out of its reports and free text, `quoted` word for word), `several`
lists, counts and ranks those that the filters let through, `columns` and `wording` are the table and the words of both.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import overview
from initiatives.access import Viewer
from initiatives.overview import InitiativeRow
from retrieval.register.asking import Query, Wanted
from retrieval.register.running.found import Found
from retrieval.register.running.initiatives import one, quoted, several


async def run(session: AsyncSession, person: Viewer, query: Query, today: dt.date) -> Found | None:
    """Answer about initiatives that are named, or list those that the filters let through."""
    if not query.objects:
        return await several.run(session, person, query, today)
    rows = [await overview.get(session, person, named.id) for named in query.objects]
    rows = [row for row in rows if _is_of(row, query)]
    if query.mentions and len(rows) == 1:
        return await quoted.run(session, person, query, rows[0])
    if query.counted and len(rows) == 1:
        return await quoted.run(session, person, replace(query, mentions=(query.counted,)), rows[0])
    if not rows or query.wanted is Wanted.COUNT:
        return None
    if len(rows) == 1:
        return await one.run(session, person, query, rows[0], today)
    return await several.named(session, person, query, rows)


def _is_of(row: InitiativeRow, query: Query) -> bool:
    """Whether the organisations that are named have to do with an initiative: lead it, take part in it, or see it."""
    if query.wanted in {Wanted.PARTNERS, Wanted.SHARED}:
        return True
    here = {row.lead_organisation.id, *(partner.id for partner in row.partners or ())}
    here |= {shared.id for shared in row.shared_with}
    return all(organisation.id in here for organisation in query.organisations)
