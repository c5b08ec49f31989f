"""A measurement of answers on the screen: the totals, types and styles, what went wrong, and what has changed."""

from collections.abc import Mapping

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from retrieval.comparison import Change, Comparison
from retrieval.measures import MEASURES, TIMES, Figures, Judged, Report

WORDS = {
    "score": "Rätt i allt: rätt svar eller rätt avböjt",
    "correct": "Rätt svar på frågor som går att besvara",
    "refused": "Rätt avböjt bland frågor som inte går att besvara",
    "abstention_f1": "Avböjer när det ska, och bara då (F1)",
    "recall@1": "Rätt ställe först",
    "recall@3": "Rätt ställe bland de tre första",
    "recall@5": "Rätt ställe bland de fem första",
    "recall@10": "Rätt ställe bland de tio första",
    "mrr": "Hur högt rätt ställe ligger (MRR)",
    "ndcg@10": "Hur högt rätt ställe ligger (nDCG@10)",
    "verbatim": "Citat som står ordagrant i dokumentet",
    "supported": "Rätta svar med rätt källa",
    "latency_p50_ms": "Svarstid, median (ms)",
    "latency_p95_ms": "Svarstid, 95 av 100 är snabbare (ms)",
}
OUTCOMES = {
    "correct": "rätt svar",
    "wrong": "fel svar",
    "abstained_wrongly": "avböjda fast svaret finns",
    "refused": "rätt avböjda",
    "answered_wrongly": "besvarade fast svaret inte finns",
}
TYPES = {
    "aggregate": "räkning",
    "amount": "belopp",
    "comparison": "jämförelse",
    "condition": "villkor",
    "date": "datum",
    "definition": "begrepp",
    "list": "lista",
    "reason": "skäl",
    "status": "läge",
    "unanswerable": "utan svar",
    "who": "vem",
    "yesno": "ja eller nej",
    "": "utan typ",
}
STYLES = {
    "aggregate": "räkning",
    "compound": "sammansättningar",
    "conversational": "följdfrågor",
    "english": "engelska",
    "lexical": "dokumentets ord",
    "multihop": "flera ställen",
    "paraphrase": "egna ord",
    "table": "tabell",
    "typo": "skrivfel",
    "year-trap": "fel år lockar",
    "": "utan stil",
}
VERDICTS = {
    "better": "[green]säker förbättring[/]",
    "worse": "[red]säker försämring[/]",
    "unclear": "går inte att säga",
    "same": "[dim]ingen skillnad[/]",
}
PARTS = ("score", "correct", "refused", "recall@5", "supported")
HEADS = ("Antal", "Rätt", "Rätt svar", "Avböjt", "Ställe ≤ 5", "Rätt källa")
NOTE = "Andelars skillnad är i procentenheter. Svarstider beror också på vad datorn gör i övrigt."
_WIDTH_OF_A_FILE = 140


def show(measured: Report, change: Comparison | None, misses: int) -> None:
    """Print a measurement, with at most ``misses`` of the questions that went wrong."""
    console = Console(highlight=False) if Console().is_terminal else Console(highlight=False, width=_WIDTH_OF_A_FILE)
    asked = "1 fråga" if measured.questions == 1 else f"{measured.questions} frågor"
    console.print(f"{asked} till {measured.documents} dokument\n")
    if measured.missing:
        names = escape(", ".join(measured.missing))
        console.print(f"[yellow]Facit hänvisar till dokument som inte är inlästa: {names}[/]\n")
    console.print(_totals(measured.figures))
    counts = [f"{measured.outcome[name]} {words}" for name, words in OUTCOMES.items() if name in measured.outcome]
    console.print(f"\n{', '.join(counts)}.\n")
    console.print(_parts("Slags fråga", measured.by_type, TYPES), "")
    console.print(_parts("Skriven med", measured.by_style, STYLES))
    wrong = [one for one in measured.judged if not one.right]
    if wrong and misses:
        console.print(f"\n[bold]Frågor som gick fel[/] ({min(misses, len(wrong))} av {len(wrong)})")
        for one in wrong[:misses]:
            console.print(_miss(one))
    if change:
        _show_change(console, change)


def _show_change(console: Console, change: Comparison) -> None:
    console.print(f"\n[bold]Jämfört med den tidigare mätningen[/] (gemensamma frågor: {change.questions})")
    if change.apart:
        console.print(f"[yellow]Frågor som bara finns i den ena mätningen och inte räknas: {change.apart}[/]")
    if change.changes:
        console.print(_changes(change.changes))
        console.print(NOTE)
    for words, ids in (("Blev rätt", change.won), ("Blev fel", change.lost)):
        if ids:
            console.print(f"{words}: {escape(', '.join(ids))}")


def _table(*heads: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, head in enumerate(heads):
        table.add_column(head, justify="right" if number else "left", no_wrap=bool(number))
    return table


def _totals(figures: Figures) -> Table:
    table = _table("Mått", "Värde")
    for name in (*MEASURES, *TIMES):
        table.add_row(WORDS[name], _value(name, figures[name]))
    return table


def _parts(head: str, parts: Mapping[str, Figures], words: Mapping[str, str]) -> Table:
    table = _table(head, *HEADS)
    for name, figures in parts.items():
        count = figures["questions"] or 0
        table.add_row(escape(words.get(name, name)), f"{count:.0f}", *(_value(part, figures[part]) for part in PARTS))
    return table


def _changes(changes: Mapping[str, Change]) -> Table:
    table = _table("Mått", "Förut", "Nu", "Skillnad", "95 % säkert mellan", "")
    for name, one in changes.items():
        difference = _value(name, one.after - one.before, sign="+")
        between = f"{_value(name, one.low, sign='+')} och {_value(name, one.high, sign='+')}"
        row = (_value(name, one.before), _value(name, one.after), difference, between)
        table.add_row(WORDS[name], *row, VERDICTS[one.verdict])
    return table


def _value(name: str, value: float | None, *, sign: str = "") -> str:
    """A share in per cent, a rank measure as it is, a time in whole milliseconds; a dash where nothing was measured."""
    if value is None:
        return "–"
    if name in TIMES:
        return f"{value:{sign}.0f}".replace("-", "−")
    if name in {"mrr", "ndcg@10", "abstention_f1"}:
        return f"{value:{sign}.3f}".replace(".", ",").replace("-", "−")
    return f"{100 * value:{sign}.1f}{'' if sign else ' %'}".replace(".", ",").replace("-", "−")


def _miss(one: Judged) -> str:
    wanted = "; ".join(one.expected) or "(facit anger inget)" if one.answerable else "inget svar finns"
    said = "avböjdes" if one.abstained else " ".join(one.answer.split())
    lines = (
        f"[bold]{escape(one.id)}[/] {escape(one.question)}",
        f"väntat: {escape(wanted)}",
        f"svar:   {escape(said)}",
    )
    return "\n" + "\n  ".join(lines)
