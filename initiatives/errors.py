"""What can go wrong, named for the business fact. Knows nothing of HTTP; every text is Swedish and says what to do."""

from typing import ClassVar


class NarplanError(Exception):
    """A refusal that the person can understand and act on.

    `title` names the kind of error and is the same for every instance, `detail` says what happened and what to do,
    `field` is the name of the input that caused it, when there is one.
    """

    title: ClassVar[str] = "Det gick inte att utföra"

    def __init__(self, detail: str, *, field: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field


class NotFound(NarplanError):
    """The thing does not exist, or the person may not see it: the two look the same."""

    title = "Finns inte"


class NotAllowed(NarplanError):
    """The person may see this but not do it."""

    title = "Du saknar behörighet"


class NotSignedIn(NarplanError):
    """Nobody is signed in, or the sign-in has ended."""

    title = "Du behöver logga in"


class SignInFailed(NarplanError):
    """The e-mail address and password do not open anything; never says which of them was wrong."""

    title = "Inloggningen misslyckades"


class InvalidValue(NarplanError):
    """A value has the right shape but cannot be accepted; `field` names it."""

    title = "Ogiltigt värde"


class InvalidRows(InvalidValue):
    """Rows of a table cannot be accepted; `problems` has where and why for each, and nothing has been saved."""

    title = "Tabellen har fel"

    def __init__(self, problems: tuple[tuple[str, str], ...], *, field: str | None = None) -> None:
        """Take what is wrong: where ("rad 3, tal") and what to do about it."""
        where, first = problems[0]
        count = f"{len(problems)} fel" if len(problems) > 1 else "Ett fel"
        super().__init__(f"{count} i tabellen. Inget är sparat. {where.capitalize()}: {first}", field=field)
        self.problems = problems


class StaleVersion(NarplanError):
    """Somebody else changed the thing after the person read it."""

    title = "Någon annan har ändrat"


class AlreadyExists(NarplanError):
    """A thing with the same identity is already there."""

    title = "Finns redan"


class InUse(NarplanError):
    """The thing cannot be taken away while other things rest on it."""

    title = "Används"
