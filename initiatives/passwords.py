"""Passwords: Argon2id, computed in threads of its own so that nothing else waits, however many sign in."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from initiatives.errors import InvalidValue

SHORTEST, LONGEST = 10, 500

_hasher = PasswordHasher()
_threads = ThreadPoolExecutor(2, thread_name_prefix="password")


async def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password; raise `InvalidValue` if it is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidValue(f"Lösenordet ska ha mellan {SHORTEST} och {LONGEST} tecken.", field="password")
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, password)


async def matches(password: str, password_hash: str | None) -> bool:
    """Tell whether the password has this hash; takes as long when there is no hash to compare with."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _matches, password, password_hash)


def _matches(password: str, password_hash: str | None) -> bool:
    try:
        _hasher.verify(password_hash or _nobodys_hash(), password[:LONGEST])
    except (Argon2Error, InvalidHashError):
        return False
    return password_hash is not None


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("ingen har detta lösenord")
