"""Logs: one line for each event on standard error, for people and machines alike, without secrets."""

import logging
import re

FORMAT = "%(asctime)s level=%(levelname)s logger=%(name)s message=%(message)s"
_PASSWORD_IN_ADDRESS = re.compile(r"(\w+://[^:/@\s]*:)[^@\s]+(@)")
_CREDENTIAL = re.compile(r"\b(np_[0-9a-f]{8}_|(?i:bearer )|(?i:basic )|sk-)[\w.~+/=-]+")
_NAMED = re.compile(
    r"""(?ix)
    (?P<name>\b[\w-]*(?:password|passwd|losenord|lösenord|secret|token|api_?key|cookie|authorization|narplan-?(?:kand|vag)?))
    (?P<between>["']?\s*[=:]\s*["']?)
    (?P<value>(?:(?:bearer|basic)\s+)?[^\s"'&;,)}\]]+)
    """
)
"""What is written as name and value, where the name tells that the value is secret."""
_IN_LINK = re.compile(r"(/(?:inbjudan|invitations|kalender)/)[\w-]{20,}")
_REDACTIONS = (
    (_PASSWORD_IN_ADDRESS, r"\1***\2"),
    (_CREDENTIAL, r"\1***"),
    (_IN_LINK, r"\1***"),
    (_NAMED, r"\g<name>\g<between>***"),
)


class Redacting(logging.Formatter):
    """Writes a record with passwords in addresses and API keys replaced, in tracebacks too."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; what comes from outside cannot begin a new one that looks like another event."""
        head, _, traceback = super().format(record).partition("\nTraceback")
        line = head.replace("\r", "\\r").replace("\n", "\\n") + (f"\nTraceback{traceback}" if traceback else "")
        return redact(line)


def redact(text: str) -> str:
    """Return the text without passwords and keys."""
    for pattern, instead in _REDACTIONS:
        text = pattern.sub(instead, text)
    return text


def configure(level: str) -> None:
    """Send everything of `level` and above to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(Redacting(FORMAT, datefmt="%Y-%m-%dT%H:%M:%S%z"))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    servers = ("httpx", "httpcore", "httpx2", "httpcore2", "openai")
    for chatty in (*servers, "sentence_transformers", "transformers", "pgqueuer", "uvicorn.access"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLogger().level))
