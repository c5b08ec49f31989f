"""What opens to whoever holds it: 256 random bits, of which the database keeps only SHA-256."""

import hashlib
import secrets


def new() -> str:
    """Return a new token, to be shown once or put in a cookie."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """Return what is kept of a token, or of what somebody says is one: any text will do."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()
