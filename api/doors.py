"""The ways in that an installation has; chosen once, when the application is made."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from api.oidc.config import LOOPBACK
from api.oidc.provider import Provider
from api.sample.register import SamplePerson
from api.settings import Settings
from initiatives.errors import SignInFailed


@dataclass(frozen=True, slots=True)
class Doors:
    """How people sign in: by a password kept here, by an account at an identity provider, or both.

    `sample_people` may be chosen without any password: made-up people, in the demo on one's own computer only.
    """

    passwords: bool = True
    provider: Provider | None = None
    sample_people: tuple[SamplePerson, ...] = ()

    def require_passwords(self) -> None:
        """Return if passwords kept here open, otherwise raise `SignInFailed`."""
        if not self.passwords:
            raise SignInFailed("Här loggar man inte in med lösenord, utan med organisationens konto.")


PASSWORDS_ONLY = Doors()


def of(settings: Settings) -> Doors:
    """Return the ways in that the settings have chosen."""
    return Doors(settings.passwords, Provider(settings.oidc) if settings.oidc.issuer else None)


def of_demo(settings: Settings, people: Sequence[SamplePerson]) -> Doors:
    """Return the ways in to the demo: also as one of the sample people, where nobody else can come near it.

    That is on a database of its own, reached from this computer only, and without an identity provider. There is no
    setting that brings this about: it takes `narplan demo`.
    """
    ways = of(settings)
    alone = settings.host in LOOPBACK and settings.database_url is None and ways.provider is None
    return replace(ways, sample_people=tuple(people)) if alone and ways.passwords else ways
