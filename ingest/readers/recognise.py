"""What a file is: told by its content; its name decides only between kinds of text."""

import re
from pathlib import PurePath

from ingest.errors import RefusedFile, UnreadableFile
from ingest.readers.package import open_package
from ingest.readers.reading import (
    CSV,
    DOC,
    DOCX,
    EML,
    HTML,
    JPEG,
    MARKDOWN,
    ODT,
    PDF,
    PLAIN,
    PNG,
    PPT,
    PPTX,
    RTF,
    TIFF,
    XLS,
    XLSX,
    ZIP,
)

SUFFIXES = {
    ".txt": PLAIN,
    ".text": PLAIN,
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".pdf": PDF,
    ".docx": DOCX,
    ".docm": DOCX,
    ".dotx": DOCX,
    ".xlsx": XLSX,
    ".xlsm": XLSX,
    ".csv": CSV,
    ".tsv": CSV,
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": HTML,
    ".pptx": PPTX,
    ".pptm": PPTX,
    ".ppsx": PPTX,
    ".odt": ODT,
    ".eml": EML,
    ".png": PNG,
    ".jpg": JPEG,
    ".jpeg": JPEG,
    ".tif": TIFF,
    ".tiff": TIFF,
    ".doc": DOC,
    ".dot": DOC,
    ".xls": XLS,
    ".ppt": PPT,
    ".pps": PPT,
    ".rtf": RTF,
    ".zip": ZIP,
}
"""The endings of names that are read, with the media type that each promises."""
WORDS = {
    PLAIN: "text (.txt)",
    MARKDOWN: "Markdown (.md)",
    PDF: "pdf",
    DOCX: "Word (.docx)",
    XLSX: "Excel (.xlsx)",
    CSV: "CSV",
    HTML: "webbsida (.html)",
    PPTX: "PowerPoint (.pptx)",
    ODT: "OpenDocument (.odt)",
    EML: "e-brev (.eml)",
    PNG: "bild (.png)",
    JPEG: "bild (.jpg)",
    TIFF: "bild (.tiff)",
    DOC: "äldre Word (.doc)",
    XLS: "äldre Excel (.xls)",
    PPT: "äldre PowerPoint (.ppt)",
    RTF: "RTF",
    ZIP: "zip-arkiv",
}
"""What each media type is called."""
SHORTLY = "Word, Excel, PowerPoint, OpenDocument, pdf, bilder, webbsidor, e-brev, CSV, Markdown, text och zip-arkiv"
"""What is read, for forms and help."""
REMEDY = f"Närplan läser {SHORTLY}: spara dokumentet som något av dem."
_TEXTS = frozenset({PLAIN, MARKDOWN, CSV, HTML, EML})
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_MAIN_PARTS = (("word/", DOCX), ("xl/", XLSX), ("ppt/", PPTX))
_LOOKS_LIKE_HTML = re.compile(
    rb"\s*(?:<!--.{0,500}?-->\s*)?(?:<\?xml[^>]{0,100}>\s*)?<(?:!doctype\s+html|html\b)", re.IGNORECASE | re.DOTALL
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAMS = (("WordDocument", DOC), ("Workbook", XLS), ("Book", XLS), ("PowerPoint Document", PPT))
_MAGIC = {
    b"\x89PNG": PNG,
    b"\xff\xd8\xff": JPEG,
    b"II*\0": TIFF,
    b"MM\0*": TIFF,
    b"{\\rtf": RTF,
}
_FOREIGN = {
    b"GIF8": "en GIF-bild",
    b"\x1f\x8b": "ett komprimerat arkiv",
    b"7z\xbc\xaf": "ett komprimerat arkiv",
    b"Rar!": "ett komprimerat arkiv",
    b"\x7fELF": "ett program",
    b"MZ": "ett program",
}


def recognise(file_name: str, data: bytes) -> str:
    """Return the media type of the file by its content first and its name second.

    Raises `RefusedFile` for an empty file, a type that no reader takes, or a name that promises what is not there.
    """
    if not data:
        raise RefusedFile("Filen är tom.", "Kontrollera att rätt fil valdes.")
    suffix = PurePath(file_name).suffix.lower()
    if data.startswith((_ZIP, _EMPTY_ZIP)):
        return _zipped(data)
    if b"%PDF-" in data[:1024]:
        return PDF
    if data.startswith(_OLE):
        return _older(data)
    for magic, media_type in _MAGIC.items():
        if data.startswith(magic):
            return media_type
    for magic, what in _FOREIGN.items():
        if data.startswith(magic):
            raise RefusedFile(f"Filen är {what} och kan inte läsas.", REMEDY)
    return _text(suffix, data)


def misnamed(file_name: str, media_type: str) -> tuple[str, ...]:
    """Return a warning when the name of a file promises something else than what it was read as."""
    suffix = PurePath(file_name).suffix.lower()
    if SUFFIXES.get(suffix) == media_type:
        return ()
    return (f"Filen heter {suffix or 'något utan filändelse'} men är {WORDS[media_type]}, och lästes som det.",)


def _zipped(data: bytes) -> str:
    try:
        package = open_package(data)
    except UnreadableFile as error:
        raise RefusedFile(error.reason, error.remedy) from error
    if "[Content_Types].xml" in package.names:
        for folder, media_type in _MAIN_PARTS:
            if any(name.startswith(folder) for name in package.names):
                return media_type
        raise RefusedFile("Filen är ett Office-dokument av ett slag som inte kan läsas.", REMEDY)
    if "mimetype" in package.names and "content.xml" in package.names:
        if package.bytes_of("mimetype").strip() == ODT.encode():
            return ODT
        raise RefusedFile("Filen är ett OpenDocument av ett slag som inte kan läsas.", "Spara det som pdf.")
    return ZIP


def _older(data: bytes) -> str:
    """Tell the older Office formats apart by the streams that they name."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise RefusedFile("Filen är skyddad med lösenord.", "Spara den utan lösenord och lägg in den igen.")
    for stream, media_type in _STREAMS:
        if f"{stream}\0".encode("utf-16-le") in data:
            return media_type
    raise RefusedFile(
        "Filen är ett äldre Office-dokument eller ett Outlook-brev (.msg) som inte kan läsas.",
        "Spara det som .docx, .eml eller pdf.",
    )


def _text(suffix: str, data: bytes) -> str:
    promised = SUFFIXES.get(suffix)
    if promised in _TEXTS and promised is not None:
        return promised
    if _LOOKS_LIKE_HTML.match(data[:4096].removeprefix(b"\xef\xbb\xbf")):
        return HTML
    if promised is None:
        raise RefusedFile(f"Filtypen {suffix or '(utan filändelse)'} kan inte läsas.", REMEDY)
    what = "PDF" if promised == PDF else f"{WORDS[promised].split(' ')[0]}-fil"
    raise RefusedFile(
        f"Filen heter {suffix} men är ingen {what}.", "Exportera dokumentet på nytt eller rätta filändelsen."
    )
