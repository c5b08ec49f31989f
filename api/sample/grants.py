"""The state grants of the sample region, in the table that the programme group would bring in."""

from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from initiatives.access import SYSTEM
from initiatives.grants import bringing

TABLE = Path(__file__).with_name("grants.csv")


async def load(session: AsyncSession) -> None:
    """Bring the table in; organisations and people are there already."""
    await bringing.bring_in(session, SYSTEM, TABLE.read_text(encoding="utf-8"), dry_run=False)
