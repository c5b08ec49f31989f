"""The chain as whoever runs Närplan verifies it: by command, in the database and in its backups."""

from pathlib import Path

import pytest
from sqlalchemy import text

from api.database import Database
from initiatives import activity
from initiatives.access import SYSTEM
from initiatives.base import new_id
from tests.api.cli.test_database import Narplan, narplan
from tests.chains import tamper, write

__all__ = ["narplan"]
AWKWARD = {"title": 'Tabb\toch rad\noch \\ och "citat" \\N och \u2028', "tom": "", "inget": None, "n": 1.5}


async def test_the_chain_is_verified_and_its_head_noted(database: Database, narplan: Narplan) -> None:
    await write(database, 3)
    noted = narplan("audit", "head").stdout.strip()
    assert noted.startswith("3:")
    done = narplan("audit", "verify", "--head", noted)
    assert (done.returncode, done.stdout) == (
        0,
        f"bra  Händelseloggen är hel: 3 rader, 0 med raderade uppgifter.\nHuvud: {noted}\n",
    )
    await tamper(database, "UPDATE activity SET subject_type = 'annan' WHERE sequence = 2")
    done = narplan("audit", "verify")
    assert done.returncode == 1
    assert done.stdout.startswith("FEL  Rad 2 (")
    assert done.stdout.endswith("raden är ändrad. 1 rader före den är hela.\n")


async def test_a_backup_is_verified_without_a_database(database: Database, narplan: Narplan, tmp_path: Path) -> None:
    await write(database, 2)
    async with database.scoped(SYSTEM) as session:
        activity.record(session, SYSTEM, "ändrade\toch", "test", new_id(), before=AWKWARD, after={})
    noted, copy = narplan("audit", "head").stdout.strip(), tmp_path / "kopia.dump"
    assert narplan("backup", str(copy)).returncode == 0
    without = {"NARPLAN_DATABASE_URL": "postgresql://ingen@127.0.0.1:1/ingen"}
    done = narplan("audit", "verify", str(copy), "--head", noted, **without)
    assert done.stdout.endswith(f"Huvud: {noted}\n"), done.stdout + done.stderr
    await tamper(database, "UPDATE activity SET action = 'x' WHERE sequence = 3")
    narplan("backup", str(copy))
    done = narplan("audit", "verify", str(copy), **without)
    assert (done.returncode, done.stdout[:11]) == (1, "FEL  Rad 3 ")


async def test_the_chain_goes_on_after_a_restore(database: Database, narplan: Narplan, tmp_path: Path) -> None:
    await write(database, 2)
    copy = tmp_path / "kopia.dump"
    narplan("backup", str(copy))
    assert narplan("restore", "--yes", str(copy)).returncode == 0
    await write(database, 1)
    assert "3 rader" in narplan("audit", "verify").stdout
    async with database.scoped(SYSTEM) as session:
        with pytest.raises(Exception, match="append-only"):
            await session.execute(text("DELETE FROM activity"))


def test_what_is_no_backup_and_what_is_no_head_is_told(narplan: Narplan, tmp_path: Path) -> None:
    file = tmp_path / "text"
    file.write_text("hej")
    done = narplan("audit", "verify", str(file))
    assert (done.returncode, "säkerhetskopia" in done.stderr) == (1, True)
    done = narplan("audit", "verify", "--head", "17")
    assert (done.returncode, "narplan audit head" in done.stderr) == (1, True)
