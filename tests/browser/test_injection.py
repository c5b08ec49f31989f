"""Whatever people write, name or bring in is shown as text: nothing of it runs, and nothing fetches from elsewhere.

More than a hundred payloads stand in every field, file name and text. The browser is told to ignore the pages' content
security policy, so that it is the pages themselves that hold; another visit goes with the policy and sees it quiet.
"""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import Browser
from sqlalchemy.ext.asyncio import AsyncSession

from api import postgres
from api.app import create_app
from api.database import Database
from api.rest.answers import ANSWER, CITATION, PASSAGE
from ingest import origins, pipeline
from ingest.jobs import Ingestion
from ingest.pipeline import Pipeline
from initiatives import accesses, invitations, taxonomy
from initiatives.access import SYSTEM, Role
from initiatives.base import new_id
from initiatives.dialogue import answering
from initiatives.grants import agreements, amounts, components, conditions, obligations
from initiatives.indicators import measured
from initiatives.organisations import Organisation, OrganisationKind
from initiatives.swedish import today
from initiatives.taxonomy import Dimension, NodeData, TaxonomyData, editing
from retrieval import conversations, gaps
from retrieval.answering import Assistant
from retrieval.embedding import Embedder
from tests import factories
from tests import site as sites
from tests.access import money
from tests.access.walk import viewer_of
from tests.access.world import InProcess, Maker
from tests.browser.conftest import Visit, Visits
from tests.conftest import copied
from tests.served import Served, serve
from tests.site import Site

pytestmark = pytest.mark.browser

PAYLOADS = tuple(Path(__file__).with_name("payloads.txt").read_text(encoding="utf-8").strip("\n").split("\n"))
WRITER, CHIEF = "skribent@prov.example", "chef@prov.example"
DOCUMENTS = 24
"""How many of the payloads are titles and names of files; all of them stand in the text of each."""
GRANTS = "/pengar/statsbidrag"
LISTS = (
    "/",
    "/samtal",
    "/initiativ",
    "/initiativ?vy=tavla",
    "/initiativ?vy=tidslinje",
    "/initiativ/nytt",
    "/dokument",
    "/delat",
    "/luckor",
    "/om",
    "/beslut",
    "/beslut/att-satser",
    "/beslut/uppdrag",
    "/pengar?ar=alla",
    "/pengar/utlysningar",
    "/pengar/atgarder?ram=alla",
    "/pengar/fordelningar",
    GRANTS,
    "/dialog",
    "/dialog/samtal/nytt",
)
FOLLOWED = (
    *("/uppfoljning", "/uppfoljning?sida=2", "/uppfoljning/tackning", "/uppfoljning/taxonomi"),
    *("/uppfoljning/indikatorer/ny", "/uppfoljning/indikatorer/las-in", "/uppfoljning/taxonomi/las-in"),
)
READ_OVER = (
    *("/laget", "/arshjul", "/forslag", "/forslag?sida=2", "/uppfoljning/granskning", "/uppfoljning/granskning?sida=2"),
    *("/rapport", "/tabeller", "/tabeller/initiativ/las-in", "/initiativ/flera"),
    *(f"/historik?datum={today()}{more}" for more in ("", "&slag=initiative", "&slag=organisation", "&slag=indicator")),
    *("/historik/jamforelse", "/dokument/hamtstallen", "/luckor/anvandning"),
)
ADMINISTRATION = (
    *("/personer", "/api-nycklar", "/logg", "/logg?del=sett", "/logg?del=fragat", "/inloggningar", "/delat"),
    *(f"{path}?sida={number}" for path in ("/personer", "/logg", "/api-nycklar") for number in range(2, 4)),
)
ECHOES = (
    *("/initiativ?q={}", "/dokument?q={}", "/logga-in?nasta={}", "/finns/{}"),
    *("/initiativ?status={}&ansvarig={}", "/uppfoljning?q={}", "/historik?slag=fund&q={}", "/historik?datum={}"),
    *("/tabeller/{}", "/rapport?fran={}", "/arshjul?ar={}", "/forslag?slag={}", "/historik/jamforelse?fran={}&slag={}"),
)
WATCH = "window.pwned = () => { document.documentElement.dataset.pwned = 'yes'; console.error('pwned'); }"
EXPECTED = ("status of 4", "does not conform to the required format")
"""What the browser says of an address that is refused, and of a date field that is given something else."""
STRANGE = """() => {
  const all = [...document.querySelectorAll('*')];
  const attributes = all.flatMap(one => [...one.attributes].map(({name, value}) => [one.tagName, name, value]));
  const acts = ([tag, name]) => /^(on|hx-on|style$|srcdoc$|http-equiv$)/.test(name);
  const leads = ([tag, name]) => /^(href|src|action|formaction|data|poster|srcset|xlink:href)$/.test(name);
  const away = ([tag, name, value]) => new URL(value, location.href).origin !== location.origin;
  return [
    ...attributes.filter(acts).map(one => one.join(' ')),
    ...attributes.filter(leads).filter(away).map(one => one.join(' ')),
    ...[...document.scripts].filter(one => !one.src).map(one => `script ${one.textContent}`),
    ...all.filter(one => /^(base|iframe|object|embed|style|math)$/i.test(one.tagName)).map(one => one.outerHTML),
    ...(document.documentElement.dataset.pwned ? ['a payload ran'] : []),
  ];
}"""
"""What none of our pages has: handlers, inline styles and scripts, frames, and addresses elsewhere."""


@dataclass(frozen=True, slots=True)
class Poisoned:
    """The pages that show what was written."""

    served: Served
    pages: tuple[str, ...]
    administration: tuple[str, ...]


@pytest.fixture(scope="module")
async def poisoned(server: postgres.Server, embedder: Embedder) -> AsyncIterator[Poisoned]:
    """Return the application over a database in which every text is a payload."""
    async with copied(server) as name:
        database = Database(server.url(database=name))
        pages, administration = await _poison(database, embedder)
        app = create_app(database.scoped, Assistant(database.scoped, embedder, None))
        async with serve(Site(app, database)) as served:
            yield Poisoned(served, tuple(pages), tuple(administration))
        await database.close()


async def _poison(database: Database, embedder: Embedder) -> tuple[list[str], list[str]]:
    make = Maker(database.scoped, embedder)
    region = await make.organisation("Provregionen", OrganisationKind.REGION)
    pages: list[str] = []
    administration: list[str] = []
    async with database.scoped(SYSTEM) as session:
        person = partial(factories.person, session, organisation_id=region.id, password=sites.PASSWORD)
        writer = await person(Role.PROGRAMME_GROUP, email=WRITER)
        await person(Role.ADMINISTRATOR, email=CHIEF)
        nodes = tuple(
            NodeData(Dimension.AREA, f"D{number}", payload, description=payload, aliases=(payload,))
            for number, payload in enumerate(PAYLOADS[:60])
        )
        loaded = await taxonomy.load(session, SYSTEM, region.id, TaxonomyData("Prov", nodes))
        pages += await _followed(session, region, loaded.id)
        viewer = await factories.acting_as(session, writer)
    for number, payload in enumerate(PAYLOADS):
        pages += await _initiative(make, region, payload, number)
    for payload in PAYLOADS[2::6]:
        pages += await _grant(make, region, payload)
    for payload in PAYLOADS[1::6]:
        administration += await _town(make, payload)
    for payload in PAYLOADS[2::8]:
        pages += await _money(make, region, payload)
    for payload in PAYLOADS[3::10]:
        pages += await _shared_and_talked(make, payload)
    for payload in PAYLOADS[3::24]:
        pages += await _decided(make, region, payload)
    for payload in PAYLOADS[:DOCUMENTS]:
        document = await _document(make, payload)
        pages += [f"/dokument/{document}", f"/dokument/{document}/ta-bort"]
        async with make.sessions(SYSTEM) as session:
            (await origins.file(session, payload)).problem = payload
    for payload in PAYLOADS[::8]:
        quoted = dict.fromkeys(("source", "title", "kind", "section", "quote"), payload)
        answer = {**ANSWER, "question": payload, "answer": f"{payload} [1]", "basis": payload, "notice": payload}
        answer["citations"] = [{**CITATION, **quoted}]
        answer["passages"] = [{**PASSAGE, **quoted, "text": payload}]
        async with database.scoped(viewer) as session:
            kept = await conversations.keep_turn(session, viewer, None, payload, answer)
            await gaps.note(session, viewer, payload, 0.1)
            await conversations.revise(session, viewer, kept, shared=True)
            await conversations.rate(session, viewer, kept, UUID(str(answer["id"])), rating="dåligt", reason=payload)
        pages += [f"/samtal/{kept}", f"/samtal/{kept}/delat"]
    return pages, administration


async def _shared_and_talked(make: Maker, payload: str) -> list[str]:
    run, listing = await make.distribution(payload)
    town = await make.organisation(f"{payload} stad")
    entry, agreement = await make.dialogue(town, payload)
    partner = viewer_of(await make.person(payload, Role.PARTNER, town))
    async with make.sessions(partner) as session:
        await answering.answer(session, partner, entry, text=payload)
    made = [f"/dialog/samtal/{entry}", f"/dialog/samtal/{entry}/andra", f"/dialog/avtal/{agreement}"]
    shared = "/pengar/fordelningar"
    return [*made, f"{shared}/{run}", f"{shared}/ny?ersatter={run}", f"{shared}/underlag/{listing}"]


async def _followed(session: AsyncSession, region: Organisation, taxonomy_id: UUID) -> list[str]:
    """Make indicators with values, and examples of nodes, of payloads; return the pages that show them."""
    pages = [f"/uppfoljning/taxonomi/{taxonomy_id}"]
    nodes = await taxonomy.list_nodes(session, taxonomy_id=taxonomy_id)
    for node, payload in zip(nodes, PAYLOADS, strict=False):
        await editing.add_item(session, SYSTEM, node.id, kind="exempel", text=payload)
        order = {"start_order": payload}
        await editing.revise_node(session, SYSTEM, node.id, order, revision=None)
        texts = dict.fromkeys(("definition", "source_system", "disaggregation"), payload)
        said: dict[str, Any] = {"unit": payload[:60], "kolada_id": payload[:20], "node_ids": [node.id], **texts}
        made = await factories.indicator(session, name=payload, organisation_id=region.id, **said)
        value: dict[str, Any] = {"organisation_id": region.id, "status": "slutlig", "origin": payload}
        await measured.add(session, SYSTEM, made.id, period="2025", value=Decimal(1), **value)
        await measured.add(session, SYSTEM, made.id, period="2026", value=None, reason=payload, **value)
        pages += [f"/uppfoljning/indikatorer/{made.id}", f"/uppfoljning/taxonomi/noder/{node.id}"]
    pages.append(f"/uppfoljning/indikatorer/{made.id}/andra")
    return pages


async def _decided(make: Maker, region: Organisation, payload: str) -> list[str]:
    """Register a decision in which every text is the payload; return its pages and their forms."""
    made = await make.decided(await make.initiative(region, "", title=payload), payload)
    clause, assignment = f"/beslut/att-satser/{made['clause']}", f"/beslut/uppdrag/{made['assignment']}"
    matter, step = f"/beslut/{made['matter']}", f"/beslut/steg/{made['decision']}"
    forms = (f"{matter}/nytt", f"{step}/initiativ", f"/beslut/reservationer/{made['reservation']}", f"{clause}/uppdrag")
    return [matter, clause, assignment, *forms]


async def _town(make: Maker, payload: str) -> list[str]:
    """Make a town that has seen and been asked about what is shared with it; return the pages that only some read."""
    town = await make.organisation(f"{payload} kommun")
    somebody = await make.person(payload, Role.PARTNER, town)
    made = await make.initiative(town, "", shared_with=(town.id,), title=payload)
    viewer = viewer_of(somebody)
    async with make.sessions(SYSTEM) as session:
        await factories.key(session, Role.READER, organisation_id=town.id, name=payload)
        address = f"{''.join(payload.split()).replace('@', '')}@{new_id()}.example"[-250:]
        _, token = await invitations.invite(session, SYSTEM, email=address, organisation_id=town.id, role=Role.READER)
    async with make.sessions(viewer) as session:
        await accesses.seen(session, viewer, "initiative", [made])
        accesses.asked(session, viewer, payload, conversation_id=None, turn_id=None)
    return [f"/personer/{viewer.person_id}", f"/initiativ/{made}/som/{town.id}", f"/inbjudan/{token}"]


async def _initiative(make: Maker, region: Organisation, payload: str, number: int) -> list[str]:
    if number % 3:
        made = await make.initiative(region, "", title=payload)
    else:
        town = await make.organisation(payload)
        person = await make.person(payload, Role.PARTNER, town)
        responsible = person.viewer.person_id if person.viewer else None
        made = await make.initiative(town, "", responsible=responsible, shared_with=(town.id,), title=payload)
        await make.money(town, made, payload)
        await make.around(made, town, payload)
        await make.dependency(made, region, payload, title=payload)
    if number % 12:
        return [f"/initiativ/{made}"]
    finding = await make.finding(made, payload)
    past = f"/historik/initiative/{made}"
    return [f"/initiativ/{made}", f"/initiativ/{made}/andra", f"/uppfoljning/granskning/{finding}", past]


async def _money(make: Maker, region: Organisation, payload: str) -> list[str]:
    fund, _ = await make.money(region, await make.initiative(region, "", title=payload), payload)
    given = await money.given(make.sessions, region, fund, payload)
    planned = await money.invested(make.sessions, region, payload)
    return [
        f"/pengar/anslag/{fund}",
        f"/pengar/anslag/{fund}/andra",
        f"/pengar/tilldelningar/{given['allocation']}/andra",
        f"/pengar/utlysningar/{given['round']}",
        f"/pengar/ansokningar/{given['application']}",
        f"/pengar/atgarder/{planned['measure']}",
        f"/pengar/atgarder/{planned['measure']}/andra",
        f"/pengar/atgarder?ram={planned['frame']}",
    ]


async def _grant(make: Maker, region: Organisation, payload: str) -> list[str]:
    """Make a state grant in which every text is the payload; return its page and one of its forms."""
    async with make.sessions(SYSTEM) as session:
        grant = await agreements.create(
            session, SYSTEM, organisation_id=region.id, name=payload, kind=payload, from_year=2026, parties=[payload]
        )
        part = await components.create(
            session, SYSTEM, grant.id, name=payload, own_kronor=[1, 1], price_rule=payload, passes_on_to=payload
        )
        await obligations.create(
            session, SYSTEM, grant.id, kind="redovisning", due_text=payload, recipient=payload, decided_by=payload
        )
        await conditions.create(
            session, SYSTEM, grant.id, text=payload, kind=payload, threshold=Decimal(1), unit=payload
        )
        await amounts.create(session, SYSTEM, grant_id=grant.id, year=2026, kind="budget", kronor=1, note=payload)
        await agreements.revise(session, SYSTEM, grant.id, revision=None, elsewhere=payload, note=payload)
    address = f"{GRANTS}/{grant.id}"
    return [address, f"{address}/andra", f"{address}/delar/{part.id}/andra"]


async def _document(make: Maker, payload: str) -> UUID:
    text = f"# {payload}\n\n" + "\n\n".join(PAYLOADS)
    ingestion_id = await make.file(f"{payload.replace('/', '_')}.md", text, title=payload, visibility="public")
    await pipeline.run(Pipeline(make.sessions, make.embedder, InProcess()), ingestion_id)
    async with make.sessions(SYSTEM) as session:
        document_id: UUID | None = (await session.get_one(Ingestion, ingestion_id)).document_id
    if document_id is None:
        raise AssertionError("the document could not be read")
    return document_id


async def _open(visit: Visit, path: str) -> None:
    """Open a page, and see that it holds nothing strange and that nothing happened."""
    await visit.page.goto(visit.address + path, wait_until="load")
    assert await visit.page.evaluate(STRANGE) == [], path
    wrong = [problem for problem in visit.problems if not any(said in problem for said in EXPECTED)]
    assert wrong == [], path
    visit.problems.clear()


@contextlib.asynccontextmanager
async def _visit(poisoned: Poisoned, chromium: Browser, *, policy: bool, email: str = WRITER) -> AsyncIterator[Visit]:
    async with Visits(poisoned.served, chromium)(email, bypass_csp=not policy) as visit:
        await visit.page.add_init_script(WATCH)
        visit.page.on("dialog", lambda dialog: visit.problems.append(f"dialog {dialog.message}"))
        yield visit


def test_there_are_more_than_a_hundred_payloads_and_no_two_alike() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) > 100


async def test_the_watch_sees_a_payload_that_runs(poisoned: Poisoned, chromium: Browser) -> None:
    async with _visit(poisoned, chromium, policy=False) as visit:
        await visit.go("/om")
        await visit.page.evaluate("document.body.innerHTML = '<img src=/x onerror=pwned(1)><a href=javascript:1>x</a>'")
        await visit.page.wait_for_function("document.documentElement.dataset.pwned")
        strange = " ".join(await visit.page.evaluate(STRANGE))
        assert "IMG onerror pwned(1)" in strange
        assert "javascript:1" in strange
        assert "a payload ran" in strange
        assert any("pwned" in problem for problem in visit.problems)
        visit.problems.clear()


async def test_nothing_that_was_written_runs_on_any_page(poisoned: Poisoned, chromium: Browser) -> None:
    async with _visit(poisoned, chromium, policy=False) as visit:
        for path in (*LISTS, *FOLLOWED, *READ_OVER, *poisoned.pages):
            await _open(visit, path)
        for path in ("/initiativ", "/dokument", "/samtal", "/luckor"):
            for number in range(2, 5):
                await _open(visit, f"{path}?sida={number}")


async def test_nothing_that_was_written_runs_on_the_pages_of_administrators(
    poisoned: Poisoned, chromium: Browser
) -> None:
    async with _visit(poisoned, chromium, policy=False, email=CHIEF) as visit:
        for path in (*ADMINISTRATION, *poisoned.administration):
            await _open(visit, path)


async def test_nothing_in_an_address_runs(poisoned: Poisoned, chromium: Browser) -> None:
    async with _visit(poisoned, chromium, policy=False) as visit:
        for number, payload in enumerate(PAYLOADS):
            encoded = "".join(f"%{byte:02X}" for byte in payload.encode())
            await _open(visit, ECHOES[number % len(ECHOES)].replace("{}", encoded))


async def test_the_policy_has_nothing_to_refuse(poisoned: Poisoned, chromium: Browser) -> None:
    async with _visit(poisoned, chromium, policy=True) as visit:
        for path in (*LISTS, *FOLLOWED, *READ_OVER, *poisoned.pages[::9]):
            await _open(visit, path)


async def test_nothing_that_is_asked_runs_in_the_answer(poisoned: Poisoned, chromium: Browser) -> None:
    async with _visit(poisoned, chromium, policy=False) as visit:
        for payload in PAYLOADS[::12]:
            await visit.go("/")
            await visit.page.fill("#fraga", f"Vad är {payload}?")
            await visit.page.click(".ask button")
            await visit.page.locator("#samtal .turn").first.wait_for()
            assert await visit.page.evaluate(STRANGE) == [], payload
            assert visit.problems == [], payload
