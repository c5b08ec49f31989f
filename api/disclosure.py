"""Where to report a weakness: `/.well-known/security.txt` after RFC 9116, when the installation says whom to tell."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Whom to tell, as a `mailto:` or `https:` address, and until when that is known to be right."""

    contact: str
    expires: datetime
    public_address: str = ""

    def text(self) -> str:
        """Return the file."""
        lines = [
            f"Contact: {self.contact}",
            f"Expires: {self.expires.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "Preferred-Languages: sv, en",
        ]
        if self.public_address.startswith("https://"):
            lines.append(f"Canonical: {self.public_address}/.well-known/security.txt")
        return "\n".join(lines) + "\n"
