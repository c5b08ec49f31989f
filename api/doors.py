"""The ways in that an installation has; chosen once, when the application is made."""

from dataclasses import dataclass

from api.oidc.provider import Provider
from api.settings import Settings
from initiatives.errors import SignInFailed


@dataclass(frozen=True, slots=True)
class Doors:
    """How people sign in: by a password kept here, by an account at an identity provider, or both."""

    passwords: bool = True
    provider: Provider | None = None

    def require_passwords(self) -> None:
        """Return if passwords kept here open, otherwise raise `SignInFailed`."""
        if not self.passwords:
            raise SignInFailed("Här loggar man inte in med lösenord, utan med organisationens konto.")


PASSWORDS_ONLY = Doors()


def of(settings: Settings) -> Doors:
    """Return the ways in that the settings have chosen."""
    return Doors(settings.passwords, Provider(settings.oidc) if settings.oidc.issuer else None)
