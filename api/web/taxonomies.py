"""Taxonomi: the versions, one with its nodes, files that are tried before they are taken in, and forms for nodes."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_303_SEE_OTHER, HTTP_409_CONFLICT, HTTP_422_UNPROCESSABLE_ENTITY
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.web import forms
from api.web.follow import require_follower
from api.web.pages import page
from initiatives import organisations, sources, swedish
from initiatives.access import Viewer, require_writer
from initiatives.errors import AlreadyExists, InvalidValue, NarplanError, StaleVersion
from initiatives.taxonomy import ItemKind, editing, files, nodes, versions
from initiatives.taxonomy.files import Format, Report

ADDRESS = "/uppfoljning/taxonomi"
FORMATS = {Format.CSV: "Tabell (CSV)", Format.TOML: "TOML", Format.JSON: "JSON"}
ITEM_WORDS = {ItemKind.IDEA: "Kan innebära", ItemKind.EXAMPLE: "Exempel i dag"}
HEAD = {"organisation_id": "organisation", "format": "form", "content": "fil", "name": "namn", "valid_from": "fran",
        "valid_to": "till", "replaces": "ersatter"}  # fmt: skip
NODE = {"name": "namn", "description": "beskrivning", "aliases": "alias", "prioritised": "prioriterad",
        "start_order": "start", "kind": "slag", "text": "text"}  # fmt: skip
Refused = (InvalidValue, AlreadyExists, StaleVersion)


@get(ADDRESS, include_in_schema=False)
async def taxonomies_page(session: Session, person: Person) -> Template:
    """List the versions, those that hold today first."""
    require_follower(person)
    return page("taxonomies.html", versions=await versions.list_taxonomies(session))


@get(f"{ADDRESS}/las-in", include_in_schema=False)
async def import_page(session: Session, person: Person) -> Template:
    """Show the form for a file."""
    require_writer(person)
    return await _import(session, {"form": Format.CSV.value})


@post(f"{ADDRESS}/las-in", include_in_schema=False)
async def import_file(request: Request[Any, Any, Any], session: Session, person: Person) -> Template | Redirect:
    """Try a file, or take it in, as the button says; every fault is told with its row."""
    require_writer(person)
    form = await request.form()
    written = {name: forms.text(form, name) for name in HEAD.values()}
    dry_run = forms.text(form, "gor") != "spara"
    try:
        async with session.begin_nested():
            report = await _bring_in(session, person, written, dry_run=dry_run)
    except Refused as problem:
        return await _import(session, written, problem=problem)
    if dry_run:
        return await _import(session, written, report=report)
    return Redirect(f"{ADDRESS}/{report.taxonomy_id}", status_code=HTTP_303_SEE_OTHER)


@get(f"{ADDRESS}/{{taxonomy_id:uuid}}", include_in_schema=False)
async def taxonomy_page(session: Session, person: Person, taxonomy_id: FromPath[UUID]) -> Template:
    """Show a version: when it holds, its nodes and what they can mean."""
    require_follower(person)
    return await _one(session, taxonomy_id)


@post(f"{ADDRESS}/{{taxonomy_id:uuid}}", include_in_schema=False)
async def revise(
    request: Request[Any, Any, Any], session: Session, person: Person, taxonomy_id: FromPath[UUID]
) -> Template | Redirect:
    """Save name and validity, or show the form again with what is wrong."""
    require_writer(person)
    form = await request.form()
    written = {name: forms.text(form, name) for name in ("namn", "fran", "till")}
    revision = forms.number(forms.text(form, "version")) or 0
    try:
        wanted = {"name": written["namn"], **_days(written)}
        async with session.begin_nested():
            await versions.revise(session, person, taxonomy_id, wanted, revision=revision)
    except Refused as problem:
        return await _one(session, taxonomy_id, written=written, problem=problem)
    return Redirect(f"{ADDRESS}/{taxonomy_id}", status_code=HTTP_303_SEE_OTHER)


@get(f"{ADDRESS}/noder/{{node_id:uuid}}", include_in_schema=False)
async def node_page(session: Session, person: Person, node_id: FromPath[UUID]) -> Template:
    """Show the forms for a node and what it can mean."""
    require_writer(person)
    return await _node(session, person, node_id)


@post(f"{ADDRESS}/noder/{{node_id:uuid}}", include_in_schema=False)
async def revise_node(
    request: Request[Any, Any, Any], session: Session, person: Person, node_id: FromPath[UUID]
) -> Template | Redirect:
    """Do what the button says to the node: save it, or add or take away something that it can mean."""
    require_writer(person)
    form = await request.form()
    written = {name: forms.text(form, name) for name in NODE.values()}
    try:
        async with session.begin_nested():
            match forms.text(form, "gor"):
                case "lagg-till":
                    await editing.add_item(session, person, node_id, kind=written["slag"], text=written["text"])
                case "ta-bort":
                    await editing.remove_item(session, person, forms.uuid(forms.text(form, "rad")) or UUID(int=0))
                case _:
                    revision = forms.number(forms.text(form, "version")) or 0
                    await editing.revise_node(session, person, node_id, _changes(written), revision=revision)
    except Refused as problem:
        return await _node(session, person, node_id, written=written, problem=problem)
    return Redirect(f"{ADDRESS}/noder/{node_id}", status_code=HTTP_303_SEE_OTHER)


async def _bring_in(session: AsyncSession, person: Viewer, written: Mapping[str, str], *, dry_run: bool) -> Report:
    if (owner := forms.uuid(written["organisation"])) is None:
        raise InvalidValue("Välj vems taxonomi det är.", field="organisation_id")
    await organisations.get_organisation(session, owner)
    head = {"name": written["namn"] or None, "replaces": written["ersatter"] or None, **_days(written)}
    data = files.read(written["fil"], written["form"], head)
    return await files.bring_in(session, person, owner, data, dry_run=dry_run)


def _days(written: Mapping[str, str]) -> dict[str, Any]:
    days = {"valid_from": written["fran"], "valid_to": written["till"]}
    return {name: swedish.parse_date(text, field=name) if text else None for name, text in days.items()}


def _changes(written: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": written["namn"],
        "description": written["beskrivning"],
        "aliases": [one.strip() for one in written["alias"].split(",") if one.strip()],
        "prioritised": bool(written["prioriterad"]),
        "start_order": written["start"],
    }


def _named(problem: NarplanError | None, names: Mapping[str, str]) -> NarplanError | None:
    if problem is not None:
        problem.field = names.get(problem.field or "", problem.field)
    return problem


def _status(problem: NarplanError | None) -> int:
    if problem is None:
        return 200
    return HTTP_422_UNPROCESSABLE_ENTITY if isinstance(problem, InvalidValue) else HTTP_409_CONFLICT


async def _import(
    session: AsyncSession,
    written: Mapping[str, str],
    *,
    report: Report | None = None,
    problem: NarplanError | None = None,
) -> Template:
    return page(
        "taxonomy_import.html",
        _status(problem),
        written=written,
        report=report,
        problem=_named(problem, HEAD),
        formats=FORMATS,
        columns=files.COLUMNS,
        organisations=await organisations.list_organisations(session),
        versions=await versions.list_taxonomies(session),
    )


async def _one(
    session: AsyncSession,
    taxonomy_id: UUID,
    *,
    written: Mapping[str, str] | None = None,
    problem: NarplanError | None = None,
) -> Template:
    whole = await versions.get_whole(session, taxonomy_id)
    known = await versions.list_taxonomies(session)
    taxonomy = whole.taxonomy
    stands = {"namn": taxonomy.name, "fran": str(taxonomy.valid_from or ""), "till": str(taxonomy.valid_to or "")}
    return page(
        "taxonomy.html",
        _status(problem),
        whole=whole,
        replaces=next((one for one in known if one.id == taxonomy.replaces_id), None),
        replaced_by=[one for one in known if one.replaces_id == taxonomy.id],
        item_words=ITEM_WORDS,
        written=written or stands,
        problem=_named(problem, HEAD),
    )


async def _node(
    session: AsyncSession,
    person: Viewer,
    node_id: UUID,
    *,
    written: Mapping[str, str] | None = None,
    problem: NarplanError | None = None,
) -> Template:
    node = await nodes.get_node(session, node_id)
    stands = {
        "namn": node.name,
        "beskrivning": node.description,
        "alias": ", ".join(node.aliases),
        "prioriterad": "ja" if node.prioritised else "",
        "start": node.start_order,
        "slag": ItemKind.EXAMPLE.value,
        "text": "",
    }
    return page(
        "taxonomy_node.html",
        _status(problem),
        node=node,
        items=await versions.list_items(session, [node_id]),
        sources=await sources.list_sources(session, person, "taxonomy_node", [node_id]),
        item_words=ITEM_WORDS,
        written=written or stands,
        problem=_named(problem, NODE),
        conflicts=getattr(problem, "conflicts", ()),
    )


ROUTES = (taxonomies_page, import_page, import_file, taxonomy_page, revise, node_page, revise_node)
