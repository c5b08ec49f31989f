"""From a file to the register, by way of somebody who judges: nothing enters by itself."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import func, select

from ingest import jobs, removal
from ingest import pipeline as work
from ingest.pipeline import Pipeline
from initiatives import clauses, matters, milestones, removing, sources
from initiatives.access import SYSTEM, Role, Viewer, set_scope
from initiatives.clauses import Clause
from initiatives.decisions import Decision, Outcome
from initiatives.errors import AlreadyExists, InvalidValue, NotFound
from initiatives.funds import FundOverdrawn
from initiatives.funds.tables import Allocation
from initiatives.grants import agreements, components, reading
from initiatives.indicators.tables import Indicator
from initiatives.initiatives import Initiative
from initiatives.matters import Matter
from initiatives.standing import DueKind
from initiatives.suggestions import judging, listing
from initiatives.suggestions.drafts import Kind
from initiatives.suggestions.judging import AlreadyJudged
from initiatives.suggestions.listing import Filters, SuggestionRow
from initiatives.suggestions.tables import State, Suggestion
from retrieval.documents import DocumentVersion
from tests import factories
from tests.ingest.steps import bring_in, count

PROPOSAL = (
    "# Läkarbilar\n\nDiarienummer: RS 2026/1\n\n## Förslag till beslut\n\nRegionstyrelsen föreslås besluta\n\n"
    "att avsätta 2 mnkr till läkarbilar,\n\natt uppdra åt vårddirektören att redovisa arbetet senast 2026-11-30,\n\n"
    "att utse en samordnare.\n"
)
MINUTES = (
    "# Protokoll från regionstyrelsen den 9 mars 2026\n\n## § 7 Läkarbilar\n\nDiarienummer: RS 2026/1\n\n**Beslut**\n\n"
    "Regionstyrelsen beslutar\n\natt avsätta 2 mnkr till läkarbilar.\n"
)
REGISTER = ("matter", "decision", "clause", "source")


async def suggested(work: Pipeline, content: str = PROPOSAL, name: str = "bilar.md") -> Sequence[SuggestionRow]:
    done = await bring_in(work, name, content)
    assert done.document_id is not None
    return await shown(work, done.document_id)


async def shown(work: Pipeline, document_id: UUID) -> Sequence[SuggestionRow]:
    async with work.sessions(SYSTEM) as session:
        return (await listing.list_suggestions(session, SYSTEM, Filters(document_id=document_id), limit=100))[0]


async def test_reading_a_document_suggests_and_registers_nothing(pipeline: Pipeline) -> None:
    before = [await count(pipeline.sessions, table) for table in REGISTER]
    rows = await suggested(pipeline)
    assert [row.kind for row in rows] == [Kind.MATTER, Kind.CLAUSE, Kind.CLAUSE, Kind.CLAUSE]
    assert {row.state for row in rows} == {State.OPEN}
    assert (rows[0].waiting, rows[1].parent_id) == (3, rows[0].id)
    assert [await count(pipeline.sessions, table) for table in REGISTER] == before


async def test_every_quotation_stands_word_for_word_where_it_says(pipeline: Pipeline) -> None:
    for row in await suggested(pipeline):
        async with pipeline.sessions(SYSTEM) as session:
            version = await session.get_one(DocumentVersion, row.version_id)
        assert version.text[row.start : row.end] == row.quote == row.quote.strip()


async def test_a_matter_is_added_with_all_its_clauses_and_stays_a_proposal(pipeline: Pipeline) -> None:
    rows = await suggested(pipeline)
    async with pipeline.sessions(SYSTEM) as session:
        await judging.accept(session, SYSTEM, rows[0].id, parts=True)
        decision = await session.get_one(Decision, (await listing.get(session, SYSTEM, rows[0].id)).became_id)
        matter = await session.get_one(Matter, decision.matter_id)
        written = list(await session.scalars(select(Clause).where(Clause.decision_id == decision.id)))
        second = next(one for one in written if one.number == 2)
        resting = await sources.list_sources(session, SYSTEM, "clause", [second.id])
    assert (decision.outcome, matter.diary_number) == (Outcome.PROPOSED, "RS 2026/1")
    assert {one.ruling for one in written} == {clauses.Ruling.PROPOSED}
    assert (second.addressee, second.due_kind, second.due_on) == (
        "vårddirektören",
        DueKind.DAY,
        date(2026, 11, 30),
    )
    assert [one.quote for one in resting] == [rows[2].quote]
    assert {row.state for row in await shown(pipeline, rows[0].document_id)} == {State.ACCEPTED}


async def test_what_the_person_changes_is_what_is_added(pipeline: Pipeline) -> None:
    rows = await suggested(pipeline)
    async with pipeline.sessions(SYSTEM) as session:
        await judging.accept(session, SYSTEM, rows[0].id, fields={"title": "Bilar i hela länet"})
        changed = {"amount_kronor": 3_000_000, "due_on": date(2026, 5, 1), "due_kind": "datum"}
        await judging.accept(session, SYSTEM, rows[1].id, fields=changed)
        clause = await session.get_one(Clause, (await listing.get(session, SYSTEM, rows[1].id)).became_id)
        matter = (await session.scalars(select(Matter).where(Matter.title == "Bilar i hela länet"))).one()
    assert (clause.amount_kronor, clause.due_on, matter.organ) == (3_000_000, date(2026, 5, 1), "Regionstyrelsen")


@pytest.mark.parametrize(
    ("place", "fields", "field"),
    [
        (0, {"outcome": "beslutat", "decided_on": "2026-03-09"}, "outcome"),
        (0, {"title": " "}, "title"),
        (0, {"organ": "x" * 300}, "organ"),
        (0, {"kind": "önskan"}, "kind"),
        (0, {"decided_on": "2026-13-01"}, "decided_on"),
        (0, {"colour": "red"}, "colour"),
        (0, {"type": "clause"}, "type"),
        (1, {}, "under_id"),
    ],
)
async def test_what_cannot_be_added_names_the_field_and_adds_nothing(
    pipeline: Pipeline, place: int, fields: dict[str, str], field: str
) -> None:
    rows = await suggested(pipeline)
    before = [await count(pipeline.sessions, table) for table in REGISTER]
    with pytest.raises(InvalidValue) as refused:
        async with pipeline.sessions(SYSTEM) as session:
            await judging.accept(session, SYSTEM, rows[place].id, fields=fields)
    assert refused.value.field == field
    assert [await count(pipeline.sessions, table) for table in REGISTER] == before


async def test_all_or_none_of_the_parts_are_added(pipeline: Pipeline) -> None:
    rows = await suggested(pipeline, PROPOSAL.replace("samordnare", "samordnare " + "för bilar " * 1_100))
    with pytest.raises(InvalidValue) as refused:
        async with pipeline.sessions(SYSTEM) as session:
            await judging.accept(session, SYSTEM, rows[0].id, parts=True)
    assert refused.value.detail.startswith("att utse en samordnare")
    assert {row.state for row in await shown(pipeline, rows[0].document_id)} == {State.OPEN}
    assert await count(pipeline.sessions, "matter") == 0


async def test_a_decision_goes_under_the_matter_of_its_proposal(pipeline: Pipeline) -> None:
    proposed = await suggested(pipeline)
    decided = await suggested(pipeline, MINUTES, "protokoll.md")
    async with pipeline.sessions(SYSTEM) as session:
        await judging.accept(session, SYSTEM, proposed[0].id, parts=True)
        matter = (await session.scalars(select(Matter))).one()
        await judging.accept(session, SYSTEM, decided[0].id, under_id=matter.id, parts=True)
        outcomes = list(await session.scalars(select(Decision.outcome).order_by(Decision.id)))
        rulings = set(await session.scalars(select(Clause.ruling)))
    assert outcomes == [Outcome.PROPOSED, Outcome.DECIDED]
    assert rulings == {clauses.Ruling.PROPOSED, clauses.Ruling.APPROVED}


async def test_the_same_case_number_again_is_refused(pipeline: Pipeline) -> None:
    rows = await suggested(pipeline)
    async with pipeline.sessions(SYSTEM) as session:
        await matters.create(session, SYSTEM, title="Bilar", organ="Regionstyrelsen", diary_number="RS 2026/1")
    with pytest.raises(AlreadyExists) as refused:
        async with pipeline.sessions(SYSTEM) as session:
            await judging.accept(session, SYSTEM, rows[0].id)
    assert refused.value.field == "diary_number"


async def test_a_proposed_clause_never_goes_under_a_decision(pipeline: Pipeline) -> None:
    proposed = await suggested(pipeline)
    decided = await suggested(pipeline, MINUTES, "protokoll.md")
    async with pipeline.sessions(SYSTEM) as session:
        decision = (await judging.accept(session, SYSTEM, decided[0].id)).became_id
    with pytest.raises(InvalidValue) as refused:
        async with pipeline.sessions(SYSTEM) as session:
            await judging.accept(session, SYSTEM, proposed[1].id, under_id=decision)
    assert refused.value.field == "under_id"


async def test_a_rejection_takes_the_parts_along_and_can_be_undone(pipeline: Pipeline) -> None:
    rows = await suggested(pipeline)
    async with pipeline.sessions(SYSTEM) as session:
        await judging.reject(session, SYSTEM, rows[0].id, reason="Står redan i registret.")
    after = await shown(pipeline, rows[0].document_id)
    assert {row.state for row in after} == {State.REJECTED}
    assert after[0].reason == "Står redan i registret."
    async with pipeline.sessions(SYSTEM) as session:
        await judging.reopen(session, SYSTEM, rows[0].id)
        with pytest.raises(AlreadyJudged):
            await judging.accept(session, SYSTEM, rows[1].id)
        with pytest.raises(AlreadyJudged):
            await judging.reopen(session, SYSTEM, rows[0].id)
    assert (await shown(pipeline, rows[0].document_id))[0].state is State.OPEN


async def test_what_is_added_opens_again_only_when_it_has_been_removed(pipeline: Pipeline) -> None:
    rows = await suggested(pipeline)
    async with pipeline.sessions(SYSTEM) as session:
        decision = (await judging.accept(session, SYSTEM, rows[0].id)).became_id
        assert decision is not None
        with pytest.raises(AlreadyJudged, match="Ta först bort"):
            await judging.reopen(session, SYSTEM, rows[0].id)
        await removing.remove_decision(session, SYSTEM, decision)
        await judging.reopen(session, SYSTEM, rows[0].id)
    assert (await shown(pipeline, rows[0].document_id))[0].state is State.OPEN


async def test_a_new_version_keeps_what_people_have_said(pipeline: Pipeline) -> None:
    first = await suggested(pipeline)
    async with pipeline.sessions(SYSTEM) as session:
        await judging.accept(session, SYSTEM, first[0].id)
        await judging.reject(session, SYSTEM, first[3].id)
    longer = PROPOSAL.replace("# Läkarbilar\n", "# Läkarbilar\n\nSkrivelsen är ändrad den 4 mars.\n")
    second = await suggested(pipeline, longer.replace("2 mnkr till", "3 mnkr till"))
    states = {(row.quote[:16], row.state) for row in second if row.kind is Kind.CLAUSE}
    assert states == {
        ("att avsätta 3 mn", State.OPEN),
        ("att avsätta 2 mn", State.SUPERSEDED),
        ("att uppdra åt vå", State.OPEN),
        ("att utse en samo", State.REJECTED),
    }
    assert [row.state for row in second if row.kind is Kind.MATTER] == [State.ACCEPTED]
    third = await suggested(pipeline, PROPOSAL)
    assert {row.id for row in first} <= {row.id for row in third}
    assert next(row for row in third if "2 mnkr" in row.quote).state is State.OPEN


async def test_reading_the_same_file_again_changes_nothing_that_people_have_said(pipeline: Pipeline) -> None:
    first = await suggested(pipeline)
    async with pipeline.sessions(SYSTEM) as session:
        await judging.accept(session, SYSTEM, first[0].id)
        await judging.reject(session, SYSTEM, first[1].id)
        again = (await jobs.read_again(session, SYSTEM, first[0].document_id)).id
    await work.run(pipeline, again)
    second = await shown(pipeline, first[0].document_id)
    assert [row.id for row in second] == [row.id for row in first]
    assert [row.state for row in second] == [State.ACCEPTED, State.REJECTED, State.OPEN, State.OPEN]
    assert second[0].version_id != first[0].version_id
    assert await count(pipeline.sessions, "clause") == 0


async def test_they_go_with_their_document_and_the_quotation_stays(pipeline: Pipeline) -> None:
    rows = await suggested(pipeline)
    async with pipeline.sessions(SYSTEM) as session:
        await judging.accept(session, SYSTEM, rows[0].id, parts=True)
        await removal.remove(session, SYSTEM, rows[0].document_id)
        assert (await session.scalars(select(Suggestion))).all() == []
        kept = (await session.scalars(select(sources.Source))).all()
    assert {one.quote for one in kept} == {row.quote for row in rows}
    assert {one.document_id for one in kept} == {None}


@pytest.mark.parametrize("role", [Role.POLITICIAN, Role.READER, Role.PARTNER])
async def test_those_who_may_not_write_see_none(pipeline: Pipeline, role: Role) -> None:
    rows = await suggested(pipeline)
    viewer = Viewer(None, None, role, "Någon")
    async with pipeline.sessions(viewer) as session:
        assert await listing.list_suggestions(session, viewer) == ((), 0)
        assert await listing.count_open(session, viewer) == 0
        for judge in (judging.accept, judging.reject, judging.reopen):
            with pytest.raises(NotFound):
                await judge(session, viewer, rows[0].id)
        await set_scope(session, viewer)
        assert (await session.scalars(select(Suggestion))).all() == []


GRANTS = (
    "# Statsbidrag 2026\n\n## Läkarbilar\n\n"
    "| Del | Belopp nationellt | Belopp Region Ek | Övrigt |\n| --- | --- | --- | --- |\n"
    "| Bilar | 80 mnkr | 1,2 mnkr | Redovisas till Socialstyrelsen senast 2027-03-31 |\n"
    "| Resor | 20 mnkr | 0,6 mnkr | Rekvireras senast 2026-12-01 |\n"
)


async def test_a_grant_is_added_with_parts_and_demands_each_of_its_part(pipeline: Pipeline) -> None:
    rows = await suggested(pipeline, GRANTS, "statsbidrag.md")
    assert [row.kind.value for row in rows] == ["grant", "component", "component", "obligation", "obligation"]
    async with pipeline.sessions(SYSTEM) as session:
        region = await factories.organisation(session)
        await judging.accept(session, SYSTEM, rows[0].id, organisation_id=region.id, parts=True)
        grant_id = (await listing.get(session, SYSTEM, rows[0].id)).became_id
        assert grant_id is not None
        grant = await reading.get_grant(session, SYSTEM, grant_id)
    assert [(one.name, one.own_kronor) for one in grant.components] == [("Bilar", [1_200_000]), ("Resor", [600_000])]
    names = {one.id: one.name for one in grant.components}
    demands = [(one, names[one.component_id]) for one in grant.obligations if one.component_id]
    told = {(one.kind.value, one.due_on, one.recipient, part) for one, part in demands}
    assert told == {
        ("redovisning", date(2027, 3, 31), "Socialstyrelsen", "Bilar"),
        ("rekvirering", date(2026, 12, 1), "", "Resor"),
    }


async def test_parts_go_to_a_grant_that_is_there(pipeline: Pipeline) -> None:
    rows = await suggested(pipeline, GRANTS, "statsbidrag.md")
    async with pipeline.sessions(SYSTEM) as session:
        region = await factories.organisation(session)
        known = await agreements.create(session, SYSTEM, organisation_id=region.id, name="Läkarbilar", from_year=2026)
        with pytest.raises(InvalidValue) as refused:
            await judging.accept(session, SYSTEM, rows[1].id)
        assert refused.value.field == "under_id"
        await judging.accept(session, SYSTEM, rows[0].id, under_id=known.id)
        await judging.accept(session, SYSTEM, rows[1].id, fields={"own_kronor": [500_000, 500_000]})
        part = await session.get_one(components.Component, (await listing.get(session, SYSTEM, rows[1].id)).became_id)
    assert (part.grant_id, part.own_kronor) == (known.id, [500_000, 500_000])


PLAN = (
    "# Handlingsplan 2026\n\n## Insatser\n\n| Insats | Ansvarig | Klart |\n| --- | --- | --- |\n"
    "| Köpa läkarbilar | Vårddirektören | 2026-12-31 |\n\n## Mått\n\n| Indikator | Utgångsläge 2025 | Mål 2027 |\n"
    "| --- | --- | --- |\n| Antal besök | 412 | 600 |\n\n## Pengar\n\n2 mnkr avsätts till Vårdvalet för läkarbilar.\n\n"
    "Vårdvalet redovisar arbetet till Regionstyrelsen senast den 11 december 2026.\n"
)


async def test_measures_and_indicators_enter_the_register(pipeline: Pipeline) -> None:
    rows = {row.kind: row for row in await suggested(pipeline, PLAN, "plan.md")}
    async with pipeline.sessions(SYSTEM) as session:
        region = await factories.organisation(session)
        for kind in (Kind.INITIATIVE, Kind.INDICATOR):
            await judging.accept(session, SYSTEM, rows[kind].id, organisation_id=region.id)
        initiative = (await session.scalars(select(Initiative))).one()
        indicator = (await session.scalars(select(Indicator))).one()
        resting = await sources.list_sources(session, SYSTEM, "initiative", [initiative.id])
    assert (initiative.title, initiative.status, initiative.ends_on) == (
        "Köpa läkarbilar",
        "förslag",
        date(2026, 12, 31),
    )
    assert (indicator.name, indicator.target_year) == ("Antal besök", 2027)
    assert (indicator.baseline, indicator.target) == (Decimal(412), Decimal(600))
    assert [one.quote for one in resting] == [rows[Kind.INITIATIVE].quote]


async def test_an_amount_is_given_out_of_a_fund_and_never_more_than_it_has(pipeline: Pipeline) -> None:
    rows = {row.kind: row for row in await suggested(pipeline, PLAN, "plan.md")}
    async with pipeline.sessions(SYSTEM) as session:
        fund = await factories.fund(session, frame_kronor=3_000_000)
        with pytest.raises(InvalidValue) as nowhere:
            await judging.accept(session, SYSTEM, rows[Kind.AMOUNT].id)
    more = {"amount_kronor": 4_000_000}
    with pytest.raises(FundOverdrawn):
        async with pipeline.sessions(SYSTEM) as session:
            await judging.accept(session, SYSTEM, rows[Kind.AMOUNT].id, fields=more, under_id=fund.id)
    async with pipeline.sessions(SYSTEM) as session:
        given = await judging.accept(session, SYSTEM, rows[Kind.AMOUNT].id, under_id=fund.id)
        allocation = await session.get_one(Allocation, given.became_id)
        assert await listing.place(session, given.became_type, given.became_id) == f"/pengar/anslag/{fund.id}"
    assert nowhere.value.field == "under_id"
    assert (allocation.amount_kronor, allocation.receiver, allocation.purpose) == (2_000_000, "Vårdvalet", "läkarbilar")


async def test_a_last_day_is_a_milestone_of_an_initiative(pipeline: Pipeline) -> None:
    rows = {row.kind: row for row in await suggested(pipeline, PLAN, "plan.md")}
    async with pipeline.sessions(SYSTEM) as session:
        initiative = await factories.initiative(session)
        made = await judging.accept(session, SYSTEM, rows[Kind.DEADLINE].id, under_id=initiative.id)
        stone = await session.get_one(milestones.Milestone, made.became_id)
        assert await listing.place(session, made.became_type, made.became_id) == f"/initiativ/{initiative.id}"
        await milestones.remove(session, SYSTEM, initiative.id, stone.id)
        assert await sources.list_sources(session, SYSTEM, "milestone", [stone.id]) == []
        await judging.reopen(session, SYSTEM, made.id)
    assert (stone.due_on, stone.initiative_id) == (date(2026, 12, 11), initiative.id)


async def test_what_is_there_already_only_gets_the_words_to_rest_on(pipeline: Pipeline) -> None:
    rows = {row.kind: row for row in await suggested(pipeline, PLAN, "plan.md")}
    async with pipeline.sessions(SYSTEM) as session:
        known = await factories.initiative(session, title="Läkarbilar")
        made = await judging.accept(session, SYSTEM, rows[Kind.INITIATIVE].id, under_id=known.id)
        assert await session.scalar(select(func.count()).select_from(Initiative)) == 1
        assert len(await sources.list_sources(session, SYSTEM, "initiative", [known.id])) == 1
    assert made.became_id == known.id
