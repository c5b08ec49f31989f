"""What can be changed in a suggestion before it is added: its inputs, kind by kind, and how kinds and states look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar.datastructures import FormMultiDict
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.web import sheets
from api.web.decision_looks import choices
from api.web.pages import Look
from api.web.sheets import As, Input
from initiatives import funds, matter_overview, overview, swedish
from initiatives.access import Viewer
from initiatives.decisions import Outcome
from initiatives.grants.agreements import Agreement, visible_to
from initiatives.grants.facts import Basis, ObligationKind, Whose
from initiatives.indicators.tables import Indicator
from initiatives.indicators.targets import Direction, Rule
from initiatives.matters import MatterKind
from initiatives.standing import DueKind
from initiatives.suggestions.drafts import (
    ComponentDraft,
    Confidence,
    GrantDraft,
    IndicatorDraft,
    InitiativeDraft,
    Kind,
    MatterDraft,
)
from initiatives.suggestions.listing import SuggestionRow
from initiatives.suggestions.tables import State

MOST = 200
UNDER = "under"
KINDS: Mapping[Kind, str] = {
    Kind.MATTER: "Ärende",
    Kind.CLAUSE: "Att-sats",
    Kind.GRANT: "Statsbidrag",
    Kind.COMPONENT: "Del av statsbidrag",
    Kind.OBLIGATION: "Krav i statsbidrag",
    Kind.AMOUNT: "Belopp",
    Kind.DEADLINE: "Sista dag",
    Kind.INITIATIVE: "Initiativ",
    Kind.INDICATOR: "Indikator",
}
PARTS: Mapping[Kind, str] = {
    Kind.MATTER: "Lägg till ärendet med att-satser",
    Kind.GRANT: "Lägg till statsbidraget med delar och krav",
}
STATES: Mapping[State, Look] = {
    State.OPEN: Look("Väntar", "dotted", "warn"),
    State.ACCEPTED: Look("Tillagt", "check", "good"),
    State.REJECTED: Look("Avvisat", "cross", "plain"),
    State.SUPERSEDED: Look("Ersatt av ny version", "pause", "plain"),
}
CONFIDENCES: Mapping[Confidence, Look] = {
    Confidence.SURE: Look("Säker läsning", "square", "calm"),
    Confidence.LIKELY: Look("Trolig läsning", "half", "calm"),
    Confidence.UNSURE: Look("Osäker läsning", "warning", "warn"),
}
_OUTCOME = Input(
    name="utfall", field="outcome", label="Vad organet gjorde", takes=As.CHOICE, options=choices(Outcome), required=True
)
INPUTS: Mapping[Kind, tuple[Input, ...]] = {
    Kind.MATTER: (
        Input(name="titel", field="title", label="Rubrik", required=True),
        Input(name="organ", field="organ", label="Organ", required=True),
        _OUTCOME,
        Input(name="slag", field="kind", label="Slag", takes=As.CHOICE, options=choices(MatterKind), required=True),
        Input(name="dnr", field="diary_number", label="Diarienummer"),
        Input(name="dag", field="decided_on", label="Dag", takes=As.DAY, hint="Dagen för beslutet eller skrivelsen."),
        Input(name="paragraf", field="paragraph", label="Paragraf"),
        Input(name="av", field="proposed_by", label="Föreslaget av"),
    ),
    Kind.CLAUSE: (
        Input(name="text", field="text", label="Text", takes=As.TEXT, required=True),
        Input(name="nr", field="number", label="Nummer", takes=As.NUMBER, required=True),
        Input(name="verb", field="verb", label="Verb"),
        Input(name="mottagare", field="addressee", label="Riktar sig till"),
        Input(name="tid", field="due_kind", label="Tid", takes=As.CHOICE, options=choices(DueKind), required=True),
        Input(name="senast", field="due_on", label="Senast", takes=As.DAY),
        Input(name="tid_ord", field="due_note", label="Tid, som det står"),
        Input(
            name="belopp",
            field="amount_kronor",
            label="Belopp",
            takes=As.AMOUNT,
            hint="Minus för pengar som tas ur en källa.",
        ),
        Input(name="kalla", field="funding_source", label="Pengarna tas ur"),
    ),
    Kind.GRANT: (
        Input(name="namn", field="name", label="Namn", required=True),
        Input(name="fran", field="from_year", label="Första året", takes=As.YEAR, required=True),
        Input(name="till", field="to_year", label="Sista året", takes=As.YEAR, required=True),
        Input(name="slag", field="kind", label="Slag", required=True),
        Input(name="nationellt", field="national_kronor", label="Belopp i hela landet", takes=As.AMOUNT),
    ),
    Kind.COMPONENT: (
        Input(name="namn", field="name", label="Namn", required=True),
        Input(name="ar", field="year", label="År", takes=As.YEAR, required=True),
        Input(name="nationellt", field="national_kronor", label="Belopp i hela landet", takes=As.AMOUNT),
        Input(name="var_del", field="own_kronor", label="Vår del", hint="Flera utbetalningar: 3,1 mnkr + 3,1 mnkr."),
        Input(name="prisregel", field="price_rule", label="Prisregel"),
        Input(name="grund", field="basis", label="Fördelas efter", takes=As.CHOICE, options=choices(Basis)),
        Input(name="vems", field="whose", label="Vems pengar", takes=As.CHOICE, options=choices(Whose)),
    ),
    Kind.OBLIGATION: (
        Input(name="vad", field="kind", label="Vad", takes=As.CHOICE, options=choices(ObligationKind)),
        Input(name="dag", field="due_on", label="Datum", takes=As.DAY),
        Input(name="manad", field="whole_month", label="Någon gång i månaden", takes=As.TICK),
        Input(name="som_det_star", field="due_text", label="Så står det i källan"),
        Input(name="mottagare", field="recipient", label="Mottagare"),
        Input(name="klart", field="is_done", label="Klart", takes=As.TICK),
        Input(name="del", field="component", label="Gäller delen", hint="Tomt om det gäller hela statsbidraget."),
    ),
    Kind.AMOUNT: (
        Input(name="belopp", field="amount_kronor", label="Belopp", takes=As.AMOUNT, required=True),
        Input(name="andamal", field="purpose", label="Till vad", takes=As.TEXT, required=True),
        Input(name="mottagare", field="receiver", label="Till vem"),
        Input(name="ar", field="year", label="År, enligt handlingen", takes=As.YEAR),
        Input(name="varje_ar", field="recurring", label="Ges varje år", takes=As.TICK),
    ),
    Kind.DEADLINE: (
        Input(name="titel", field="title", label="Vad som ska vara klart", takes=As.TEXT, required=True),
        Input(name="dag", field="due_on", label="Senast", takes=As.DAY, required=True),
        Input(name="mottagare", field="recipient", label="Mottagare"),
    ),
    Kind.INITIATIVE: (
        Input(name="titel", field="title", label="Titel", required=True),
        Input(name="beskrivning", field="summary", label="Beskrivning", takes=As.TEXT),
        Input(name="slut", field="ends_on", label="Slutdatum", takes=As.DAY),
    ),
    Kind.INDICATOR: (
        Input(name="namn", field="name", label="Namn", required=True),
        Input(name="enhet", field="unit", label="Enhet", required=True),
        Input(name="riktning", field="direction", label="Önskad riktning", takes=As.CHOICE, options=choices(Direction)),
        Input(name="utgangslage", field="baseline", label="Utgångsläge", takes=As.DECIMAL),
        Input(name="utgangsdag", field="baseline_on", label="Utgångslägets första dag", takes=As.DAY),
        Input(
            name="regel", field="rule", label="Målregel", takes=As.CHOICE, options=[("", "Inget mål"), *choices(Rule)]
        ),
        Input(name="mal", field="target", label="Mål", takes=As.DECIMAL),
        Input(name="malar", field="target_year", label="Målår", takes=As.YEAR),
    ),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """Something in the register that a suggestion may go under; `same` is what the suggestion says if it is this."""

    id: str
    title: str
    same: str


@dataclass(frozen=True, slots=True)
class Options:
    """What of the register suggestions may go under, kind by kind."""

    choices: Mapping[Kind, Sequence[Choice]]

    def under(self, row: SuggestionRow) -> Input | None:
        """Return the input that chooses what a suggestion goes under; None where it follows its whole."""
        if row.kind not in self.choices:
            return None
        label, blank = UNDER_WORDS[row.kind]
        known = [(one.id, one.title) for one in self.choices[row.kind]]
        return Input(name=UNDER, field="under_id", label=label, takes=As.THING, options=known, blank=blank)

    def chosen(self, row: SuggestionRow) -> str:
        """Return what is most likely chosen: the matter with the same case number, the grant with the same name."""
        match row.draft:
            case MatterDraft(diary_number=number, organ=organ) if number:
                same = f"{number}\n{organ}"
            case GrantDraft(name=name, from_year=year):
                same = f"{name}\n{year}"
            case InitiativeDraft(title=title):
                same = title
            case IndicatorDraft(name=name):
                same = name
            case _:
                return ""
        known = self.choices[row.kind]
        return next((one.id for one in known if one.same.casefold() == same.casefold()), "")


UNDER_WORDS: Mapping[Kind, tuple[str, str]] = {
    Kind.MATTER: ("Ärende", "Ett nytt ärende"),
    Kind.GRANT: ("Statsbidrag", "Ett nytt statsbidrag"),
    Kind.AMOUNT: ("Anslag", "Välj anslag"),
    Kind.DEADLINE: ("Initiativ", "Välj initiativ"),
    Kind.INITIATIVE: ("Initiativ", "Ett nytt initiativ"),
    Kind.INDICATOR: ("Indikator", "En ny indikator"),
}
"""What it is called to choose what a suggestion goes under, and to choose nothing that is there."""


async def options(session: AsyncSession, person: Viewer) -> Options:
    """Return what suggestions may go under in the register."""
    matters, _ = await matter_overview.list_matters(session, person, limit=MOST)
    funded, _ = await funds.list_funds(session, person, limit=MOST)
    plan, _ = await overview.list_initiatives(session, person, limit=MOST)
    measured = await session.execute(select(Indicator.id, Indicator.name).order_by(Indicator.name).limit(MOST))
    titled = [Choice(str(one.id), one.title, one.title) for one in plan]
    grants = await session.execute(
        select(Agreement.id, Agreement.name, Agreement.from_year).where(visible_to(person)).order_by(Agreement.name)
    )
    return Options(
        {
            Kind.MATTER: [Choice(str(one.id), one.title, f"{one.diary_number}\n{one.organ}") for one in matters],
            Kind.GRANT: [Choice(str(key), f"{name}, {year}", f"{name}\n{year}") for key, name, year in grants],
            Kind.AMOUNT: [Choice(str(one.id), f"{one.name}, {one.year}", "") for one in funded],
            Kind.DEADLINE: titled,
            Kind.INITIATIVE: titled,
            Kind.INDICATOR: [Choice(str(key), name, name) for key, name in measured],
        }
    )


def as_written(row: SuggestionRow) -> dict[str, str]:
    """Return a draft as the inputs of its kind would hold it."""
    written = sheets.as_written(INPUTS[row.kind], row.draft)
    if isinstance(row.draft, ComponentDraft):
        written["var_del"] = " + ".join(map(swedish.format_amount, row.draft.own_kronor))
    return written


def read(kind: Kind, form: FormMultiDict) -> dict[str, Any]:
    """Return what the inputs say, by the fields of the draft; raise `InvalidValue` that names the field."""
    fields = sheets.read(INPUTS[kind], form)
    if kind is Kind.COMPONENT:
        amounts = [one for one in str(fields["own_kronor"]).split("+") if one.strip()]
        fields["own_kronor"] = [swedish.parse_amount(one, field="own_kronor") for one in amounts]
    if kind is Kind.INDICATOR:
        fields["rule"] = fields["rule"] or None
    return fields
