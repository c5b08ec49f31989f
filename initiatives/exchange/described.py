"""The tables in words: `python -m initiatives.exchange.described` writes docs/tabeller.md anew."""

from pathlib import Path

from initiatives.exchange.columns import Column, Table
from initiatives.exchange.export import explanation
from initiatives.exchange.tables import TABLES

PAGE = Path(__file__).parents[2] / "docs" / "tabeller.md"
_START = """# Registrets tabeller

Den här sidan är gjord ur samma beskrivning som export, import och tomma mallar
(`python -m initiatives.exchange.described` skriver om den). Kolumnen *För program* är rubriken i `format=csv`; i Excel
och CSV för Excel står den svenska rubriken. En import tar båda. I ett tomt register läses tabellerna in i den ordning
som de står här.

Varje tabell har också *Id* och *Version*. Id säger vilken rad det är och är tomt på en ny rad; utan id känns raden igen
på de kolumner som står överst för varje tabell. Version säger vilken version filen visar, så att det som andra har
ändrat sedan dess inte skrivs över.
"""
_HEADS = "| Rubrik | För program | Vad du skriver | Att tänka på |\n|---|---|---|---|"


def markdown() -> str:
    """Return the page with every table and its columns."""
    return _START + "".join(_table(one) for one in TABLES.values())


def _table(table: Table) -> str:
    key = ", ".join(column.heading for name in table.key if (column := table.of_field(name)))
    rows = "\n".join(_row(column) for column in table.own)
    left_out = "".join(f"\n`{name}` är inte med: {why}.\n" for name, why in table.left_out.items())
    where = f"`/api/v1/exchange/{table.name}`. Känns igen på: {key}."
    return f"\n## {table.title}\n\n{where}\n\n{_HEADS}\n{rows}\n{left_out}"


def _row(column: Column) -> str:
    heading, words, note = explanation(column)
    return f"| {heading} | `{column.called}` | {words.replace('|', chr(92) + '|')} | {note} |"


if __name__ == "__main__":
    PAGE.write_text(markdown(), encoding="utf-8")
