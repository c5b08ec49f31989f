"""The statuses of initiatives: what each needs, and which steps lead from it."""

from collections.abc import Sequence

import msgspec
from litestar import Controller, get

from api.dependencies import Person
from api.rest.examples import shows
from initiatives import workflow
from initiatives.workflow import RULES, Mover, Status

STATUS = {
    "status": "beslutat",
    "needs": [{"field": "decision", "remedy": RULES[Status.DECIDED].needs[0].remedy}],
    "moves": [
        {"status": "pågår", "by": "programgruppen", "allowed": True},
        {"status": "förslag", "by": "administratör", "allowed": False},
    ],
}


class NeedOut(msgspec.Struct, frozen=True):
    """A field that must be filled in, and what to do."""

    field: str
    remedy: str


class MoveOut(msgspec.Struct, frozen=True):
    """A step to another status, who takes it, and whether you may."""

    status: Status
    by: Mover
    allowed: bool


class StatusOut(msgspec.Struct, frozen=True):
    """A status: what an initiative must have to enter it and stay, and the steps from it."""

    status: Status
    needs: list[NeedOut]
    moves: list[MoveOut]


class StatusController(Controller):
    """The workflow of initiatives."""

    path = "/statuses"
    tags = ("Initiativ",)

    @get(summary="Lista initiativens lägen", operation_id="listStatuses", responses=shows(list[StatusOut], [STATUS]))
    async def list_statuses(self, person: Person) -> Sequence[StatusOut]:
        """Return every status with its rule, in the order in which initiatives take them."""
        return [
            StatusOut(
                status,
                msgspec.convert(rule.needs, list[NeedOut], from_attributes=True),
                [MoveOut(to, by, to in workflow.moves(person, status)) for to, by in rule.moves.items()],
            )
            for status, rule in RULES.items()
        ]
