from sqlalchemy import text

from api.database import Database
from initiatives.access import SYSTEM
from tests.api.cli.test_database import Narplan, narplan

__all__ = ["narplan"]
OLD = text("""
    INSERT INTO knowledge_gap (id, question, confidence, created_at, cause, reason)
    VALUES (gen_random_uuid(), 'Vad?', 0, now() - interval '20 days', 'obesvarad', '')
""")


async def test_what_is_old_is_shown_and_then_taken_away(database: Database, narplan: Narplan) -> None:
    async with database.scoped(SYSTEM) as session:
        await session.execute(OLD)
    days = {"NARPLAN_KEEP_GAP_DAYS": "10"}
    for arguments, title in ((["--dry-run"], "Skulle gallras"), ([], "Gallrat")):
        done = narplan("retention", "apply", *arguments, **days)
        assert title in done.stdout, done.stderr
        [row] = [line for line in done.stdout.splitlines() if "Obesvarade frågor" in line]
        assert [cell.strip() for cell in row.strip("│").split("│")][1::2] == ["10 dagar", "1"]
    assert "│     0 │" in narplan("retention", "apply", **days).stdout
    done = narplan("retention", "apply", NARPLAN_KEEP_GAP_DAYS="0")
    assert (done.returncode, "NARPLAN_KEEP_GAP_DAYS" in done.stderr) == (1, True)
