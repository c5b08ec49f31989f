"""What the command line says when something happens that nobody foresaw: one sentence, and details on request."""

import contextlib
import traceback

from api import logs, settings
from initiatives.errors import NarplanError

DETAILS = "Kör kommandot igen med NARPLAN_LOG_LEVEL=debug för att se var felet uppstod."


def sentence(error: Exception) -> str:
    """Return what happened and where the details are; with the log level debug, the whole traceback before it."""
    cause = _only(error)
    if isinstance(cause, NarplanError):
        return f"{cause.title}: {cause.detail}"
    said = f"{_happened(cause)} {DETAILS}"
    return logs.redact("".join(traceback.format_exception(error)) + said) if _wants_details() else said


def _only(error: BaseException) -> BaseException:
    """Return the error in a group of one: tasks that run together wrap what one of them raised."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


def _happened(error: BaseException) -> str:
    from sqlalchemy.exc import DBAPIError

    if isinstance(error, OSError) and error.filename:
        return (
            f"{error.filename} gick inte att läsa eller skriva. Kontrollera sökvägen, rättigheterna och diskutrymmet."
        )
    if isinstance(error, (ConnectionError, TimeoutError)) or (isinstance(error, DBAPIError) and error.orig is not None):
        return "Databasen svarade inte som väntat. Kontrollera den med narplan doctor."
    return f"Ett oväntat fel inträffade ({type(error).__name__}) och kommandot avbröts."


def _wants_details() -> bool:
    with contextlib.suppress(NarplanError):
        return settings.load().log_level == "debug"
    return False
