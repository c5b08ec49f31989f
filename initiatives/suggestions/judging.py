"""What people make of suggestions: added to the register with their changes, or rejected, which can be undone."""

import re
from collections.abc import Mapping
from textwrap import shorten
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from initiatives import activity, references, sources, values
from initiatives.access import Viewer, require_writer
from initiatives.base import utcnow
from initiatives.decisions import Outcome
from initiatives.errors import InvalidValue, NarplanError
from initiatives.organisations import Organisation
from initiatives.suggestions import listing
from initiatives.suggestions.drafts import DRAFTS, Draft
from initiatives.suggestions.registering import REGISTER, Where
from initiatives.suggestions.tables import State, Suggestion

LONGEST_REASON = 1_000


class AlreadyJudged(NarplanError):
    """Somebody has accepted or rejected the suggestion, or a newer version of the document no longer has it."""

    title: ClassVar[str] = "Förslaget är inte öppet"


async def accept(
    session: AsyncSession,
    person: Viewer,
    suggestion_id: UUID,
    *,
    fields: Mapping[str, Any] = {},
    under_id: UUID | None = None,
    organisation_id: UUID | None = None,
    parts: bool = False,
) -> Suggestion:
    """Add a suggestion to the register, with what the person has changed in it, resting on its words in the document.

    `under_id` is what it becomes a part of; without it what its own whole became. With `parts` the open parts of it are
    added too, all or none. Raises `NotFound`, `AlreadyJudged`, `InvalidValue` with the field, and what the register
    raises.
    """
    row = await _lock(session, person, suggestion_id)
    await references.require(session, Organisation, organisation_id, field="organisation_id")
    draft = _changed(DRAFTS[row.kind], row.draft, fields)
    parent = None if row.parent_id is None else await session.get(Suggestion, row.parent_id)
    where = Where(
        under_id or (parent.became_id if parent else None),
        organisation_id,
        (parent or row).draft.get("outcome") == Outcome.PROPOSED,
    )
    became_type, became_id = await REGISTER[row.kind](session, person, draft, where)
    await sources.attach(
        session,
        person,
        became_type,
        became_id,
        document_id=row.document_id,
        version_id=row.version_id,
        quote=row.quote,
        start=row.start,
    )
    row.draft = msgspec.to_builtins(draft)
    row.became_type, row.became_id = became_type, became_id
    _judge(session, person, row, State.ACCEPTED, "lade till förslag i registret")
    await session.flush()
    if parts:
        for part in await _open_parts(session, row.id):
            await _accept_part(session, person, part)
    return row


async def _accept_part(session: AsyncSession, person: Viewer, part: Suggestion) -> None:
    try:
        await accept(session, person, part.id, parts=True)
    except NarplanError as error:
        error.detail = f"{shorten(part.quote, 60, placeholder=' …')}: {error.detail}"
        raise


async def reject(session: AsyncSession, person: Viewer, suggestion_id: UUID, *, reason: str = "") -> Suggestion:
    """Put a suggestion aside, with its open parts; raise `NotFound`, `AlreadyJudged` or `InvalidValue`."""
    row = await _lock(session, person, suggestion_id)
    row.reason = values.paragraph(reason, field="reason", longest=LONGEST_REASON)
    _judge(session, person, row, State.REJECTED, "avvisade förslag till registret")
    await session.flush()
    for part in await _open_parts(session, row.id):
        await reject(session, person, part.id, reason=reason)
    return row


async def reopen(session: AsyncSession, person: Viewer, suggestion_id: UUID) -> Suggestion:
    """Undo a rejection, or an acceptance whose thing has been removed from the register.

    Raises `NotFound`, and `AlreadyJudged` for other suggestions and those whose words stand no longer in the document.
    """
    row = await _lock(session, person, suggestion_id, judged=True)
    if row.state is State.ACCEPTED and await listing.place(session, row.became_type, row.became_id):
        raise AlreadyJudged("Förslaget är tillagt. Ta först bort det ur registret, om det blev fel.")
    if not await listing.is_current(session, row):
        raise AlreadyJudged("Orden står inte kvar i dokumentets nya version, så förslaget går inte att öppna igen.")
    row.state, row.reason, row.updated_at = State.OPEN, "", utcnow()
    row.decided_by = row.decided_at = row.became_type = row.became_id = None
    activity.record(session, person, "öppnade förslag till registret igen", "suggestion", row.id)
    await session.flush()
    return row


async def _lock(session: AsyncSession, person: Viewer, suggestion_id: UUID, *, judged: bool = False) -> Suggestion:
    shown = await listing.get(session, person, suggestion_id)
    require_writer(person)
    query = select(Suggestion).where(Suggestion.id == shown.id).with_for_update()
    row = (await session.scalars(query.execution_options(populate_existing=True))).one()
    if row.state is State.SUPERSEDED or (row.state is State.OPEN) == judged:
        raise AlreadyJudged(_WHY[row.state])
    return row


_WHY: Mapping[State, str] = {
    State.OPEN: "Förslaget är öppet. Lägg till det eller avvisa det.",
    State.ACCEPTED: "Förslaget är redan tillagt i registret.",
    State.REJECTED: "Förslaget är avvisat. Öppna det igen först.",
    State.SUPERSEDED: "Dokumentet har en ny version där det här inte står. Se den nya versionens förslag.",
}


def _changed(kind: type[Draft], draft: Mapping[str, Any], fields: Mapping[str, Any]) -> Draft:
    """Return the draft with what a person has changed in it; raise `InvalidValue` with the field."""
    unknown = sorted(set(fields) - set(kind.__struct_fields__))
    if unknown:
        known = ", ".join(kind.__struct_fields__)
        raise InvalidValue(f"Det fältet finns inte här. Fälten är {known}.", field=unknown[0])
    try:
        return msgspec.convert({**draft, **fields}, kind)
    except msgspec.ValidationError as error:
        named = re.search(r"\$\.(\w+)", str(error))
        raise InvalidValue(
            "Värdet går inte att läsa. Se hur fältet är skrivet i förslaget.", field=named[1] if named else None
        ) from None


def _judge(session: AsyncSession, person: Viewer, row: Suggestion, state: State, action: str) -> None:
    row.state, row.decided_by, row.decided_at = state, person.person_id, utcnow()
    row.updated_at = row.decided_at
    after = {"state": state, "became_type": row.became_type, "became_id": row.became_id}
    activity.record(session, person, action, "suggestion", row.id, after=after)


async def _open_parts(session: AsyncSession, suggestion_id: UUID) -> list[Suggestion]:
    of_it = Suggestion.parent_id == suggestion_id, Suggestion.state == State.OPEN
    return list(await session.scalars(select(Suggestion).where(*of_it).order_by(Suggestion.position)))
