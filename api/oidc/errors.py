"""What can go wrong between Närplan and the identity provider. People read `detail`; `reason` is for the log."""

from typing import ClassVar

from initiatives.errors import NarplanError, SignInFailed


class Refused(SignInFailed):
    """What came back from the provider cannot be trusted or used; never tells the person, or an attacker, why."""

    def __init__(self, reason: str, detail: str = "Inloggningen gick inte att slutföra. Börja om.") -> None:
        super().__init__(detail)
        self.reason = reason


class ProviderUnavailable(NarplanError):
    """The provider does not answer, or answers with something that is not OpenID Connect."""

    title: ClassVar[str] = "Inloggningstjänsten svarar inte"

    def __init__(self, reason: str) -> None:
        super().__init__("Det går inte att nå organisationens inloggning just nu. Försök igen om en stund.")
        self.reason = reason
