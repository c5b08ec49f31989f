"""Readers: bytes of one format in, a `Reading` out. What a file is, is told by its content; its name only helps."""

from pathlib import PurePath

from ingest.errors import RefusedFile
from ingest.readers.reading import MARKDOWN, PDF, PLAIN, Page, PageState, Reading

__all__ = ["MARKDOWN", "PDF", "PLAIN", "SUFFIXES", "Page", "PageState", "Reading", "read", "recognise"]

SUFFIXES = {".txt": PLAIN, ".text": PLAIN, ".md": MARKDOWN, ".markdown": MARKDOWN, ".pdf": PDF}
_REMEDY = "Närplan läser text (.txt), Markdown (.md) och PDF (.pdf): spara dokumentet som något av dem."
_FOREIGN = {
    b"PK\x03\x04": "ett Office-dokument eller ett zip-arkiv",
    b"\xd0\xcf\x11\xe0": "ett äldre Office-dokument",
    b"{\\rtf": "ett RTF-dokument",
    b"\x89PNG": "en bild",
    b"\xff\xd8\xff": "en bild",
    b"GIF8": "en bild",
    b"\x1f\x8b": "ett komprimerat arkiv",
    b"\x7fELF": "ett program",
    b"MZ\x90": "ett program",
}


def recognise(file_name: str, data: bytes) -> str:
    """Return the media type of the file by its content first and its name second.

    Raises `RefusedFile` for an empty file, a type that no reader takes, or a PDF name on something else.
    """
    if not data:
        raise RefusedFile("Filen är tom.", "Kontrollera att rätt fil valdes.")
    suffix = PurePath(file_name).suffix.lower()
    if b"%PDF-" in data[:1024]:
        return PDF
    for magic, what in _FOREIGN.items():
        if data.startswith(magic):
            raise RefusedFile(f"Filen är {what} och kan inte läsas.", _REMEDY)
    if suffix not in SUFFIXES:
        raise RefusedFile(
            f"Filtypen {suffix or '(utan filändelse)'} kan inte läsas.",
            _REMEDY,
        )
    if SUFFIXES[suffix] == PDF:
        raise RefusedFile("Filen heter .pdf men är ingen PDF.", "Exportera dokumentet på nytt eller rätta filändelsen.")
    return SUFFIXES[suffix]


def read(media_type: str, data: bytes) -> Reading:
    """Read the bytes with the reader of their media type. Raises `UnreadableFile` when they cannot be read."""
    if media_type == PDF:
        from ingest.readers import pdf

        return pdf.read(data)
    from ingest.readers import text

    return text.read(data, media_type)
