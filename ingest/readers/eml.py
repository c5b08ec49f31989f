"""E-mail: who wrote to whom, when and about what, the body as text, and each attachment as pages after it."""

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage, MIMEPart

from ingest.errors import RefusedFile, UnreadableFile
from ingest.readers.draft import Draft, one_line
from ingest.readers.html import write_html
from ingest.readers.reading import EML, ZIP, Reading, clean
from ingest.readers.text import decode

MOST_ATTACHMENTS = 30
MOST_HEAD = 256 * 1024
"""Bytes of the lines before the body; a letter that has passed through many hands has some tens of thousands."""
_FACTS = (("Från", "from"), ("Till", "to"), ("Kopia", "cc"), ("Datum", "date"))
_DEEPEST_LETTER = 2


def read(data: bytes) -> Reading:
    """Read a letter (.eml). Raises `UnreadableFile` when it has neither head nor text."""
    if not re.search(rb"\r?\n\r?\n", data[:MOST_HEAD]) and len(data) > MOST_HEAD:
        raise UnreadableFile("Brevets huvud är orimligt stort.", "Spara brevet på nytt som .eml, eller som pdf.")
    letter = email.message_from_bytes(data, policy=email.policy.default)
    draft, warnings, raw = Draft(), list[str](), list[str]()
    _letter(draft, letter, warnings, raw, 0)
    if not raw and not any(letter.get(name) for _, name in _FACTS):
        raise UnreadableFile("Filen ser inte ut att vara ett e-brev.", "Spara brevet på nytt som .eml.")
    return draft.reading(EML, None, "".join(raw), dict.fromkeys(warnings))


def _letter(draft: Draft, letter: EmailMessage, warnings: list[str], raw: list[str], depth: int) -> None:
    subject = _header(letter, "subject")
    draft.heading(subject or "E-brev utan ämne", 1)
    raw.append(subject)
    facts = [f"{word}: {said}" for word, name in _FACTS if (said := _header(letter, name))]
    draft.paragraph("\n".join(facts))
    raw += facts
    body = letter.get_body(preferencelist=("plain", "html"))
    if body is not None:
        _body(draft, body, warnings, raw)
    for number, part in enumerate(_attachments(letter, body)):
        if number == MOST_ATTACHMENTS:
            warnings.append(f"Bara de {MOST_ATTACHMENTS} första bilagorna lästes.")
            break
        _attachment(draft, part, warnings, raw, depth)


def _header(letter: EmailMessage, name: str) -> str:
    try:
        header = letter.get(name, "")
        if sent := getattr(header, "datetime", None):
            return f"{sent:%Y-%m-%d %H:%M}"
        return one_line(clean(str(header))[0])
    except (ValueError, IndexError, AttributeError, TypeError, UnreadableFile):
        return ""


def _body(draft: Draft, body: MIMEPart, warnings: list[str], raw: list[str]) -> None:
    data = _bytes(body)
    charset = body.get_content_charset() or ""
    try:
        text = data.decode(charset or "utf-8")
    except (LookupError, UnicodeDecodeError):
        text, told = decode(data)
        warnings += told
    text, cleaning = clean(text)
    warnings += cleaning
    if body.get_content_type() == "text/html":
        _, said, told = write_html(draft, text, 1)
        raw.append(said)
        warnings += told
        return
    raw.append(text)
    for paragraph in text.replace("\f", "\n").split("\n\n"):
        draft.paragraph(paragraph)


def _attachments(letter: EmailMessage, body: MIMEPart | None) -> Iterator[MIMEPart]:
    stack: list[MIMEPart] = [letter]
    while stack:
        part = stack.pop()
        if part.get_content_type() == "multipart/alternative":
            continue
        if part.is_multipart() and part.get_content_type() != "message/rfc822":
            stack += [one for one in reversed(list(part.iter_parts())) if isinstance(one, MIMEPart)]
        elif part not in (letter, body) and (part.get_filename() or part.is_attachment() or _is_letter(part)):
            yield part


def _is_letter(part: MIMEPart) -> bool:
    return part.get_content_type() == "message/rfc822"


def _attachment(draft: Draft, part: MIMEPart, warnings: list[str], raw: list[str], depth: int) -> None:
    from ingest import readers

    name = one_line(clean(part.get_filename() or "")[0])[:200] or ("brev.eml" if _is_letter(part) else "utan namn")
    if part.get_content_maintype() == "image" and part.get_content_disposition() != "attachment":
        return
    if _is_letter(part):
        inner = part.get_payload(0) if depth < _DEEPEST_LETTER else None
        if isinstance(inner, EmailMessage):
            draft.page_break()
            _letter(draft, inner, warnings, raw, depth + 1)
        else:
            warnings.append(f"Bilagan {name} ligger i för många led och lästes inte.")
        return
    data = _bytes(part)
    try:
        media_type = readers.recognise(name, data)
        if media_type in {EML, ZIP}:
            warnings.append(f"Bilagan {name} är {readers.WORDS[media_type]} och lästes inte. Lägg in den för sig.")
            return
        reading = readers.read(media_type, data)
    except (RefusedFile, UnreadableFile) as error:
        warnings.append(f"Bilagan {name} lästes inte: {error.reason} {error.remedy}")
        return
    draft.page_break()
    draft.heading(f"Bilaga: {name}", 1)
    draft.include(reading)
    raw.append(reading.text)
    warnings += (f"Bilagan {name}: {warning}" for warning in reading.warnings)


def _bytes(part: MIMEPart) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
