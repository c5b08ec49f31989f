"""What can be changed in a suggestion before it is added: its inputs, kind by kind, and how kinds and states look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from api.web.decision_looks import choices
from api.web.pages import Look
from api.web.sheets import As, Input
from initiatives import matter_overview
from initiatives.access import Viewer
from initiatives.decisions import Outcome
from initiatives.matters import MatterKind
from initiatives.standing import DueKind
from initiatives.suggestions.drafts import Confidence, Kind, MatterDraft
from initiatives.suggestions.listing import SuggestionRow
from initiatives.suggestions.tables import State

MOST = 200
UNDER = "under"
KINDS: Mapping[Kind, str] = {Kind.MATTER: "Ärende", Kind.CLAUSE: "Att-sats"}
PARTS: Mapping[Kind, str] = {Kind.MATTER: "Lägg till ärendet med att-satser"}
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
}


@dataclass(frozen=True, slots=True)
class Options:
    """What of the register a suggestion may go under, kind by kind, and what it is called to choose none of it."""

    matters: Sequence[tuple[str, str, str]]

    def under(self, row: SuggestionRow) -> Input | None:
        """Return the input that chooses what a suggestion goes under; None where it follows its whole."""
        if not isinstance(row.draft, MatterDraft):
            return None
        known = [(identifier, title) for identifier, title, _ in self.matters]
        return Input(
            name=UNDER, field="under_id", label="Ärende", takes=As.THING, options=known, blank="Ett nytt ärende"
        )

    def chosen(self, row: SuggestionRow) -> str:
        """Return what is most likely chosen: the matter with the same case number before the same organ."""
        draft = row.draft
        if not isinstance(draft, MatterDraft) or not draft.diary_number:
            return ""
        same = f"{draft.diary_number}\n{draft.organ}".casefold()
        return next((identifier for identifier, _, number in self.matters if number.casefold() == same), "")


async def options(session: AsyncSession, person: Viewer) -> Options:
    """Return what suggestions may go under in the register."""
    rows, _ = await matter_overview.list_matters(session, person, limit=MOST)
    return Options([(str(one.id), one.title, f"{one.diary_number}\n{one.organ}") for one in rows])
