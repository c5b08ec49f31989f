"""Statements that are asked often: written once, planned once for each connection, and sent straight to the driver.

Behind row-level security it takes PostgreSQL longer to plan a query over ten tables than to answer it, and SQLAlchemy
longer to write it down. What is asked thousands of times with other values is therefore kept as words. It goes over the
session's own connection, in its transaction and under its scope, like everything else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from asyncpg import InterfaceError, PostgresError
from sqlalchemy import BindParameter, Select, bindparam
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import TypeEngine

from initiatives.access import DRIVER


class _Compiler(asyncpg.PGCompiler_asyncpg):
    """Writes whole numbers into the words: not knowing a LIMIT, the database would plan for a tenth of the table."""

    def visit_bindparam(self, bindparam: BindParameter[Any], *args: Any, **options: Any) -> str:
        """Return a number as it is, and a place for every other value."""
        known = {"literal_binds": True} if type(bindparam.value) is int else {}
        written: str = super().visit_bindparam(bindparam, *args, **{**options, **known})  # type: ignore[no-untyped-call]
        return written


_DIALECT = asyncpg.dialect()  # type: ignore[no-untyped-call]
_DIALECT.statement_compiler = _Compiler


@dataclass(frozen=True, slots=True)
class Statement:
    """A query in the words of the driver. `names` says which value stands where, `values` those that are known."""

    words: str
    names: tuple[str, ...]
    values: dict[str, Any]

    def ordered(self, wanted: Mapping[str, Any]) -> list[Any]:
        """Return the values in the order of their places, those wanted this time and those known."""
        return [wanted[name] if name in wanted else self.values[name] for name in self.names]


def statement(query: Select[*tuple[Any, ...]]) -> Statement:
    """Return a query as it is sent; its values are those in it but for parameters that have none yet."""
    compiled = query.compile(dialect=_DIALECT)
    state = compiled.construct_expanded_state()
    processors: dict[str, Any] = {
        name: bound.type.dialect_impl(_DIALECT).bind_processor(_DIALECT) for name, bound in compiled.binds.items()
    }
    values = dict(state.parameters)
    for name, processor in {**processors, **state.processors}.items():
        if processor and values.get(name) is not None:
            values[name] = processor(values[name])
    return Statement(state.statement, tuple(state.positiontup or ()), values)


def given(name: str, kind: type[TypeEngine[Any]] | TypeEngine[Any]) -> BindParameter[Any]:
    """Return the place in a query of a value that is given each time it is asked."""
    return bindparam(name, None, type_=kind)


async def rows(session: AsyncSession, asked: Statement, **wanted: Any) -> Sequence[Any]:
    """Return the rows as the driver gives them, with enums as their values. Raises `DBAPIError` as SQLAlchemy does."""
    if session.new or session.dirty or session.deleted:
        await session.flush()
    driver: Any = session.info[DRIVER]
    try:
        found: Sequence[Any] = await driver.fetch(asked.words, *asked.ordered(wanted))
    except (PostgresError, InterfaceError) as error:
        if gone := driver.is_closed():  # SQLAlchemy did not see it, and would try to end the transaction.
            await session.invalidate()
        raise DBAPIError(asked.words, None, error, hide_parameters=True, connection_invalidated=gone) from error
    return found
