"""What an assistant may do here: search, ask, and read the register. Nothing that it can call changes anything."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from api.assistants import asking, reading
from api.assistants.calls import Asked
from initiatives.keys import Scope

Call = Callable[[Asked, Any], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: what it takes and gives, the scope that a key needs for it, and how it is called."""

    name: str
    title: str
    description: str
    takes: type[msgspec.Struct]
    gives: type[msgspec.Struct]
    scope: Scope
    call: Call

    @property
    def told(self) -> dict[str, Any]:
        """The tool as the protocol describes it."""
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": _schema(self.takes),
            "outputSchema": _schema(self.gives),
            "annotations": {"title": self.title, "readOnlyHint": True, "openWorldHint": False},
        }


def _schema(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the JSON Schema of a struct, with the struct itself at the root as the protocol wants it."""
    [root], parts = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    own: dict[str, Any] = parts.pop(root["$ref"].rpartition("/")[2])
    return {**own, "$defs": parts} if parts else own


TOOLS: Mapping[str, Tool] = {
    one.name: one
    for one in (
        Tool(
            name="search",
            title="Sök i dokumenten",
            description=(
                "Söker i de dokument som nyckeln får se, både på ord och på innebörd. Ger ställena ordagrant, det "
                "bästa först, med adressen till sidan där stället är markerat. Använd ask om du vill ha ett svar."
            ),
            takes=asking.SearchIn,
            gives=asking.SearchOut,
            scope=Scope.ASK,
            call=asking.search,
        ),
        Tool(
            name="ask",
            title="Ställ en fråga",
            description=(
                "Svarar på en fråga om nära vård ur dokumenten och registret, med ordagranna citat. Varje [1] i svaret "
                "hör till källan med samma nummer. När abstained är sant framgår svaret inte av materialet: hitta då "
                "inte på något. Ett förslag är inte ett beslut; basis säger vad svaret vilar på."
            ),
            takes=asking.AskIn,
            gives=asking.AskOut,
            scope=Scope.ASK,
            call=asking.ask,
        ),
        Tool(
            name="list_initiatives",
            title="Lista initiativ",
            description="Listar de initiativ i registret som nyckeln får se. Det som inte visas för nyckeln är null.",
            takes=reading.InitiativesIn,
            gives=reading.InitiativesOut,
            scope=Scope.READ,
            call=reading.list_initiatives,
        ),
        Tool(
            name="get_initiative",
            title="Visa ett initiativ",
            description="Visar ett initiativ ur registret. Ett som nyckeln inte får se finns inte.",
            takes=reading.InitiativeIn,
            gives=reading.Initiative,
            scope=Scope.READ,
            call=reading.get_initiative,
        ),
        Tool(
            name="list_deadlines",
            title="Lista datum",
            description=(
                "Listar det i registret som har en sista dag: milstolpar, redovisningar, uppdrag, att-satser, mål och "
                "avtal. De tidigaste kommer först."
            ),
            takes=reading.DeadlinesIn,
            gives=reading.DeadlinesOut,
            scope=Scope.READ,
            call=reading.list_deadlines,
        ),
    )
}
