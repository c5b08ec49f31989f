"""Plain text and Markdown: find the encoding, say so when it was not UTF-8, and keep every line."""

import codecs

from ingest.errors import UnreadableFile
from ingest.readers.reading import PLAIN, Reading, clean, split_pages

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_EXPECTED_IN_SWEDISH = frozenset("åäöÅÄÖéÉèÈüÜæøÆØáàóíôêëçñß§°½¼¾²³·•–—…‘’‚“”„»«€£©®´¨×±µ\xa0\xad")
_PLAUSIBLE = 0.9
_WESTERN = (
    ("cp1252", "Windows-1252"),
    ("iso8859-15", "ISO-8859-15"),
    ("mac_roman", "Macintosh"),
    ("cp850", "MS-DOS (850)"),
)


def read(data: bytes, media_type: str = PLAIN) -> Reading:
    """Read plain text or Markdown, whose source is its canonical text, so that every offset is exact.

    Raises `UnreadableFile`, with the byte position when the bytes are in no known encoding.
    """
    raw, decoding = decode(data)
    text, cleaning = clean(raw)
    if not text.strip():
        raise UnreadableFile("Filen innehåller ingen text, bara blanka tecken.", "Kontrollera att rätt fil valdes.")
    whole, pages = split_pages(text)
    return Reading(whole, pages, media_type, None, decoding + cleaning)


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the text of the bytes and a warning when they had to be read as something other than Unicode."""
    for bom, encoding in BOMS:
        if data.startswith(bom):
            return _decode_as(data[len(bom) :], encoding), ()
    if utf16 := _looks_like_utf16(data):
        return _decode_as(data, utf16), ("Filen är UTF-16 utan märkning i början och lästes så.",)
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        return _decode_western(data, error)


def _decode_as(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"Filen säger sig vara {encoding.upper()} men byte {error.start + 1} går inte att tolka.",
            "Öppna filen i ett textprogram, spara den som UTF-8 och lägg in den igen.",
        ) from error


def _looks_like_utf16(data: bytes) -> str | None:
    sample = data[:4096]
    if len(sample) < 8 or b"\0" not in sample:  # noqa: PLR2004 - too short to tell
        return None
    half = len(sample) // 2
    if sample[1::2].count(0) > half * 0.7:
        return "utf-16-le"
    return "utf-16-be" if sample[::2].count(0) > half * 0.7 else None


def _decode_western(data: bytes, error: UnicodeDecodeError) -> tuple[str, tuple[str, ...]]:
    for encoding, name in _WESTERN:
        text = _plausible(data, encoding)
        if text:
            warning = (
                f"Filen är inte UTF-8 (första avvikelsen vid byte {error.start + 1}). Den lästes som {name}; "
                "kontrollera att å, ä och ö ser rätt ut."
            )
            return text, (warning,)
    raise UnreadableFile(
        f"Filen är inte giltig UTF-8: byte {error.start + 1} (0x{data[error.start]:02X}) går inte att tolka.",
        "Öppna filen i ett textprogram, spara den som UTF-8 och lägg in den igen.",
    ) from error


def _plausible(data: bytes, encoding: str) -> str:
    """Return the text in an encoding, empty unless nearly all that is not ASCII in it is what Swedish has."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return ""
    foreign = [mark for mark in text if mark > "\x7f"]
    return text if sum(mark in _EXPECTED_IN_SWEDISH for mark in foreign) >= len(foreign) * _PLAUSIBLE else ""
