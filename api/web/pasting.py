"""A decision's text pasted: Närplan proposes its att-satser, a person looks them over, and all are saved at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_409_CONFLICT, HTTP_422_UNPROCESSABLE_ENTITY
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import citing, forms
from api.web.decision_looks import show
from api.web.matters import to_matter
from initiatives import clauses, decision_overview, organisations, sources, swedish, wording
from initiatives.access import Viewer, require_writer
from initiatives.decision_overview import DecisionRow
from initiatives.errors import AlreadyExists, InvalidValue, NarplanError
from initiatives.standing import DueKind

FIELDS = {
    "nr": "number",
    "text": "text",
    "verb": "verb",
    "mottagare": "addressee",
    "organisation": "addressee_organisation_id",
    "tid": "due_kind",
    "senast": "due_on",
    "belopp": "amount_kronor",
    "kalla": "funding_source",
    "citat": "quote",
}
"""What the inputs of a draft are called, before its number, and the fields of the register that they fill."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with one draft."""

    place: int
    name: str
    detail: str


@get("/beslut/steg/{decision_id:uuid}/att-satser", include_in_schema=False)
async def paste_page(session: Session, person: Person, decision_id: FromPath[UUID]) -> Template:
    """Show where the operative text is pasted."""
    step = await decision_overview.get_decision(session, person, decision_id)
    require_writer(person)
    return await _page(session, person, step)


@post("/beslut/steg/{decision_id:uuid}/att-satser", include_in_schema=False)
async def take_apart(
    request: Request[Any, Any, Any], session: Session, person: Person, decision_id: FromPath[UUID]
) -> Template | Redirect:
    """Propose the att-satser of the text, or, when the button says so, save those that have been looked over."""
    step = await decision_overview.get_decision(session, person, decision_id)
    require_writer(person)
    form = await request.form()
    if forms.text(form, "gor") == "spara":
        return await _save(session, person, step, form)
    text = forms.text(form, "beslutstext")
    try:
        found = wording.drafts(text, first=await clauses.next_number(session, decision_id))
    except InvalidValue as problem:
        return await _page(session, person, step, text=text, problem=problem)
    drafts = [
        {
            "nr": str(one.number),
            "text": one.text,
            "verb": one.verb,
            "mottagare": "",
            "organisation": "",
            "tid": one.due_kind.value,
            "senast": str(one.due_on or ""),
            "belopp": "" if one.amount_kronor is None else swedish.format_amount(one.amount_kronor),
            "kalla": "",
            "citat": one.quote,
            "med": "ja",
        }
        for one in found
    ]
    return await _page(session, person, step, text=text, drafts=drafts)


async def _save(session: AsyncSession, person: Viewer, step: DecisionRow, form: FormMultiDict) -> Template | Redirect:
    drafts, saved = _drafts(form), 0
    document_id = forms.uuid(forms.text(form, "dokument"))
    try:
        async with session.begin_nested():
            for draft in drafts:
                if draft["med"]:
                    made = await clauses.create(session, person, step.id, **_fields(draft))
                    await _cite(session, person, made.id, document_id, draft["citat"])
                saved += 1
    except (InvalidValue, AlreadyExists) as problem:
        names = {field: name for name, field in FIELDS.items()}
        wrong = Wrong(saved, names.get(problem.field or "", "text"), problem.detail)
        return await _page(session, person, step, drafts=drafts, problem=problem, wrong=wrong, document=document_id)
    return to_matter(step.matter_id, step.id)


async def _cite(session: AsyncSession, person: Viewer, clause_id: UUID, document_id: UUID | None, quote: str) -> None:
    """Let a clause rest on its words in the document; without a document on nothing."""
    if document_id is not None and quote:
        await sources.attach(session, person, "clause", clause_id, document_id=document_id, quote=quote)


def _drafts(form: FormMultiDict) -> list[dict[str, str]]:
    count = min(forms.number(forms.text(form, "antal")) or 0, wording.MOST_CLAUSES)
    return [{name: forms.text(form, f"{name}_{place}") for name in (*FIELDS, "med")} for place in range(count)]


def _fields(draft: Mapping[str, str]) -> dict[str, Any]:
    number = forms.number(draft["nr"])
    if number is None:
        raise InvalidValue("Numret ska vara ett heltal.", field="number")
    return {
        "number": number,
        "text": draft["text"],
        "verb": draft["verb"] or None,
        "addressee": draft["mottagare"],
        "addressee_organisation_id": forms.uuid(draft["organisation"]),
        "due_kind": draft["tid"],
        "due_on": swedish.parse_date(draft["senast"], field="due_on") if draft["senast"] else None,
        "amount_kronor": swedish.parse_amount(draft["belopp"], field="amount_kronor") if draft["belopp"] else None,
        "funding_source": draft["kalla"],
    }


async def _page(
    session: AsyncSession,
    person: Viewer,
    step: DecisionRow,
    *,
    text: str = "",
    drafts: Sequence[Mapping[str, str]] = (),
    problem: NarplanError | None = None,
    wrong: Wrong | None = None,
    document: UUID | None = None,
) -> Template:
    status = HTTP_409_CONFLICT if isinstance(problem, AlreadyExists) else HTTP_422_UNPROCESSABLE_ENTITY
    return show(
        "clauses_paste.html",
        status if problem else 200,
        step=step,
        text=text,
        drafts=drafts,
        problem=problem,
        wrong=wrong,
        document=document,
        documents=await citing.documents(session, person),
        organisations=await organisations.list_organisations(session),
        kinds=tuple(DueKind),
    )


ROUTES = (paste_page, take_apart)
