"""What the made documents say: our own words, with figures that differ from document to document."""

from collections.abc import Sequence
from dataclasses import dataclass

SUBJECTS = ("Läkarmedverkan", "Mobila team", "Rehabilitering", "Psykisk hälsa", "Ögonsjukvård", "Palliativ vård")
PLACES = ("Alby", "Berga", "Öxnered", "Västra Mark", "Sjöäng", "Åsby")

BACKGROUND = (
    "Invånarna i {place} ska få vård nära hemmet – även på kvällar och helger. Under {year} prövas ett nytt "
    "arbetssätt, där regionen och kommunen delar på ansvaret för {subject} och följer upp det varje månad."
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a level from 1."""

    text: str
    level: int


@dataclass(frozen=True, slots=True)
class Items:
    """A list, numbered or not."""

    texts: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its head and its rows."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Heading | Items | Grid | str


@dataclass(frozen=True, slots=True)
class Text:
    """A document as pages of blocks; a string is a paragraph."""

    title: str
    pages: tuple[tuple[Block, ...], ...]

    @property
    def blocks(self) -> Sequence[Block]:
        """All blocks in order."""
        return [block for page in self.pages for block in page]

    @property
    def grids(self) -> list[Grid]:
        """The tables in order."""
        return [block for block in self.blocks if isinstance(block, Grid)]


def text(number: int) -> Text:
    """Return the document of a number from 0; those of different numbers say different things."""
    subject, place = SUBJECTS[number % len(SUBJECTS)], PLACES[number * 5 % len(PLACES)]
    year, amount = 2024 + number % 3, 3 + number * 7 % 40
    title = f"{subject} i {place} {year}"
    costs = Grid(
        ("Insats", f"Utfall {year - 1}", f"Budget {year}", "Ansvarig"),
        tuple(
            (f"{what} {area}", f"{amount + step},{number % 10} mnkr", f"{amount + 2 * step} mnkr", who)
            for step, (what, area, who) in enumerate(
                (
                    ("Fast kontakt", PLACES[(number + 1) % 6], "verksamhetschefen"),
                    ("Jour på kvällar", PLACES[(number + 2) % 6], "primärvården"),
                    ("Utbildning för personal", PLACES[(number + 3) % 6], "kommunen"),
                    ("Hembesök inom ett dygn", PLACES[(number + 4) % 6], "teamet"),
                )
            )
        ),
    )
    visits = Grid(
        ("Kommun", "Besök", "Andel hemma"),
        tuple((place, str(1200 + 37 * step + number), f"{40 + step} %") for step, place in enumerate(PLACES)),
    )
    first: tuple[Block, ...] = (
        Heading(title, 1),
        Heading("Bakgrund", 2),
        BACKGROUND.format(place=place, year=year, subject=subject.lower()),
        f"Arbetet kostar {amount} mnkr, varav 45 % betalas av staten (2 § i avtalet). Återstoden delas lika.",
        Heading("Det här ska göras", 2),
        "Regionen och kommunen ska under året:",
        Items(
            ("utse en fast läkare för varje boende,", "svara samma dag på vardagar,", "mäta väntan och redovisa den.")
        ),
    )
    second: tuple[Block, ...] = (
        Heading("Kostnader", 2),
        "Tabellen visar vad insatserna kostar och vem som ansvarar för dem.",
        costs,
        "Beloppen är avrundade. Löner räknas upp med 3,1 procent, och lokaler ingår inte.",
    )
    third: tuple[Block, ...] = (
        Heading("Uppföljning", 2),
        Items(("januari: utgångsläge", "juni: delrapport till nämnden", "december: slutrapport"), numbered=True),
        "Så många besök gjordes året innan, och så stor andel av dem hemma hos patienten.",
        visits,
        f"Nästa avstämning är den 15 september {year}. Frågor besvaras av programgruppen för nära vård.",
    )
    return Text(title, (first, second, third))


def said(block: Block) -> list[str]:
    """Return the pieces of text of a block in order."""
    match block:
        case str():
            return [block]
        case Heading():
            return [block.text]
        case Items():
            return list(block.texts)
        case Grid():
            return [*block.head, *(cell for row in block.rows for cell in row)]
