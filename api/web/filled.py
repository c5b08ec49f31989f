"""A small form on a page of its own thing: what was written in it, what is wrong, and what somebody else wrote."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from litestar.datastructures import FormMultiDict
from litestar.status_codes import HTTP_200_OK, HTTP_409_CONFLICT, HTTP_422_UNPROCESSABLE_ENTITY
from sqlalchemy.ext.asyncio import AsyncSession

from api.web import forms
from initiatives import swedish
from initiatives.errors import InvalidValue, NarplanError, NotAllowed, NotFound
from initiatives.merging import Conflict, ConflictingChange


@dataclass(frozen=True, slots=True)
class Filled:
    """The form called `name`, for `row` if it changes one: what stands in it and what is wrong with it.

    `names` are what the fields of the problem are called in the form.
    """

    name: str = ""
    row: UUID | None = None
    written: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    problem: NarplanError | None = None

    @property
    def wrong(self) -> str:
        """The field of the form that is wrong, empty if none is."""
        named = self.problem.field if self.problem else None
        return self.names.get(named, named) if named else ""

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """What somebody else has written meanwhile in the same fields."""
        return self.problem.conflicts if isinstance(self.problem, ConflictingChange) else ()

    @property
    def status_code(self) -> int:
        """The status of the page that shows the form."""
        if self.problem is None:
            return HTTP_200_OK
        return HTTP_422_UNPROCESSABLE_ENTITY if isinstance(self.problem, InvalidValue) else HTTP_409_CONFLICT


NOTHING = Filled()
"""No form has been sent."""


async def attempt(session: AsyncSession, work: Callable[[], Awaitable[object]]) -> NarplanError | None:
    """Do the work, or undo it and return what is wrong; what may not be done or is not there is raised."""
    try:
        async with session.begin_nested():
            await work()
    except (NotAllowed, NotFound):
        raise
    except NarplanError as problem:
        return problem
    return None


def everything(form: FormMultiDict) -> Mapping[str, str]:
    """Return what stands in every field of a form."""
    return {name: forms.text(form, name) for name in form}


def revision(form: FormMultiDict) -> int:
    """Return the revision that a form was opened with; 0, which never was, if the browser sent something else."""
    return forms.number(forms.text(form, "revision")) or 0


def day(form: FormMultiDict, name: str, *, field: str) -> date | None:
    """Return the day in a field of the form, None when it is empty; raise `InvalidValue` naming `field`."""
    text = forms.text(form, name)
    return swedish.parse_date(text, field=field) if text else None


def required_day(form: FormMultiDict, name: str, *, field: str) -> date:
    """Return the day in a field of the form that must be filled in."""
    found = day(form, name, field=field)
    if found is None:
        raise InvalidValue("Ange en dag.", field=field)
    return found
