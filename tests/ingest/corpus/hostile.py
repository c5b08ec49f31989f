"""Files that are broken or want to break something, made here so that none need be kept."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from email.message import EmailMessage

from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from tests.ingest.office import DOCUMENT, W, changed, excel, opendocument, slides, word, word_of, zipped
from tests.ingest.pdfs import bomb, pdf

LAUGHS = '<!DOCTYPE a [<!ENTITY a0 "ha">{}]>'.format(
    "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
)
EXTERNAL = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
PARAGRAPH = "<w:p><w:r><w:t>Text.</w:t></w:r></w:p>"
SHEET = "xl/worksheets/sheet1.xml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def xml(text: str) -> bytes:
    """Return an XML part."""
    return f'<?xml version="1.0"?>{text}'.encode()


def document(before: str, inside: str) -> bytes:
    """Return a Word file whose main part has a document type in front."""
    return changed(word(), {DOCUMENT: xml(f"{before}<w:document {W}><w:body>{inside}</w:body></w:document>")})


def sheet(rows: str) -> bytes:
    """Return a workbook with these rows as XML."""
    part = f'<worksheet xmlns="{_MAIN}"><dimension ref="A1:XFD1048576"/><sheetData>{rows}</sheetData></worksheet>'
    return changed(excel(("A", [["a"]])), {SHEET: xml(part)})


def encrypted(data: bytes) -> bytes:
    """Return a zip file whose members say that they are encrypted."""
    found = bytearray(data)
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = found.find(signature)
        while start >= 0:
            found[start + place] |= 1
            start = found.find(signature, start + 4)
    return bytes(found)


def lying() -> bytes:
    """Return a zip file whose member is larger than its directory says."""
    data = bytearray(zipped({"[Content_Types].xml": "x", DOCUMENT: "y" * 100_000}))
    start = data.rfind(b"PK\x01\x02")
    data[start + 24 : start + 28] = struct.pack("<I", 10)
    return bytes(data)


def named(name: str) -> bytes:
    """Return a zip file with a member of a name that zipfile itself would not write."""
    return zipped({"a" * len(name): "text"}).replace(b"a" * len(name), name.encode())


def crowded(count: int) -> bytes:
    """Return a zip file of so many members."""
    return zipped({f"{number}.txt": "" for number in range(count)})


def objects(*bodies: bytes, trailer: bytes = b"") -> bytes:
    """Return a PDF of raw objects, the first of which is the catalogue."""
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(bodies, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(bodies) + 1
    end = b"trailer\n<< /Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF" % (size, trailer, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table) + end


def cyclic_pages() -> bytes:
    """Return a PDF whose page tree holds itself."""
    return objects(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R] /Count 5 >>")


def cyclic_table() -> bytes:
    """Return a PDF whose table of places refers back to itself."""
    catalogue, pages = b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"
    place = objects(catalogue, pages).rfind(b"xref\n0")
    return objects(catalogue, pages, trailer=b"/Prev %d " % place)


def countless_pages() -> bytes:
    """Return a PDF that says that it has two thousand million pages."""
    return objects(
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 2000000000 >>", b"<< >>"
    )


def active() -> bytes:
    """Return a PDF with a script that runs when it is opened, and a file inside it."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(["Beslut om vård."]))))
    script = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert('x')")}
    writer._root_object[NameObject("/OpenAction")] = DictionaryObject(script)
    writer.add_attachment("x.exe", b"MZ")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def letters(levels: int) -> bytes:
    """Return letters in letters."""
    made = EmailMessage()
    made["Subject"] = "innerst"
    made.set_content("text")
    for level in range(levels):
        outer = EmailMessage()
        outer["Subject"] = "brev"
        outer.set_content(f"Det här är brev {level}.")
        outer.add_attachment(made)
        made = outer
    return made.as_bytes()


def attachments(count: int) -> bytes:
    """Return a letter with so many attachments."""
    made = EmailMessage()
    made["Subject"] = "brev"
    made.set_content("text")
    for number in range(count):
        made.add_attachment(b"text", maintype="application", subtype="octet-stream", filename=f"{number}.txt")
    return made.as_bytes()


def picture(side: int) -> bytes:
    """Return a PNG of a few bytes with enormous sides."""
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100_000)), (b"IEND", b""))
    written = (struct.pack(">I", len(c)) + name + c + struct.pack(">I", zlib.crc32(name + c)) for name, c in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


def truncated_tiff() -> bytes:
    """Return half a TIFF."""
    buffer = io.BytesIO()
    Image.new("L", (300, 300), 128).save(buffer, "TIFF")
    return buffer.getvalue()[:2000]


def bomb_in_zip(megabytes: int) -> bytes:
    """Return a zip file with one member of nothing but zeros."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "x")
        with archive.open(DOCUMENT, "w", force_zip64=True) as member:
            for _ in range(megabytes):
                member.write(b"\0" * 1024 * 1024)
    return buffer.getvalue()


REFUSED = "nothing is to be read"
CASES: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "nothing.docx": ("tom", lambda: b"", REFUSED),
    "cut at the end.docx": ("avkortat", lambda: word()[:-30], REFUSED),
    "cut in half.xlsx": ("avkortat", lambda: excel(("A", [["a"]]))[:2000], REFUSED),
    "bomb.docx": ("växer", lambda: bomb_in_zip(200), REFUSED),
    "bomb of 700 MB.zip": ("växer", lambda: bomb_in_zip(700), REFUSED),
    "packed twice.zip": ("zip-arkiv", lambda: zipped({"b.zip": bomb_in_zip(200)}), REFUSED),
    "crowd.zip": ("fler", lambda: crowded(6000), REFUSED),
    "many.zip": ("fler än 500", lambda: crowded(600), REFUSED),
    "slip.zip": ("otillåtet namn", lambda: named("../../etc/passwd"), REFUSED),
    "slip back.zip": ("otillåtet namn", lambda: named("..\\..\\windows"), REFUSED),
    "absolute.zip": ("otillåtet namn", lambda: named("/etc/passwd"), REFUSED),
    "drive.zip": ("otillåtet namn", lambda: named("C:\\windows\\a.txt"), REFUSED),
    "locked.zip": ("lösenord", lambda: encrypted(zipped({"a.txt": "text"})), REFUSED),
    "locked.docx": (
        "lösenord",
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        REFUSED,
    ),
    "program.docx": ("program", lambda: b"MZ\x90\0" * 100, REFUSED),
    "squeezed.txt": ("komprimerat", lambda: b"\x1f\x8b\x08" + b"x" * 100, REFUSED),
    "gif and zip.gif": ("GIF", lambda: b"GIF89a" + zipped({"a.txt": "a"}), REFUSED),
    "nothing of it.zip": ("Filtypen", lambda: zipped({"a.exe": "MZ"}), REFUSED),
    "lying.docx": ("skadad|skadat", lying, ""),
    "laughs.docx": ("DTD", lambda: document(LAUGHS, PARAGRAPH.replace("Text", "&a9;")), ""),
    "outside.docx": ("DTD", lambda: document(EXTERNAL, PARAGRAPH.replace("Text", "&x;")), ""),
    "outside.xlsx": ("DTD", lambda: changed(excel(("A", [["a"]])), {SHEET: xml(f"{EXTERNAL}<a>&x;</a>")}), ""),
    "outside.pptx": ("DTD", lambda: changed(slides(("a", [])), {"ppt/slides/slide1.xml": xml(f"{EXTERNAL}<a/>")}), ""),
    "outside.odt": ("DTD", lambda: changed(opendocument(""), {"content.xml": xml(f"{EXTERNAL}<a>&x;</a>")}), ""),
    "wide.docx": (".", lambda: word_of("<w:p/>" * 8_000_000), ""),
    "deep.docx": ("ingen riktig XML", lambda: word_of("<w:sdt>" * 5000 + "</w:sdt>" * 5000), ""),
    "tables.docx": (
        "åtta led",
        lambda: word_of("<w:tbl><w:tr><w:tc>" * 40 + PARAGRAPH + "</w:tc></w:tr></w:tbl>" * 40),
        "",
    ),
    "rows.xlsx": ("fler rader", lambda: sheet("<row><c><v>1</v></c></row>" * 210_000), ""),
    "no such string.xlsx": (".", lambda: sheet('<row><c t="s"><v>999</v></c></row>'), ""),
    "no slides.pptx": ("skadad", lambda: changed(slides(("a", [])), {"ppt/presentation.xml": None}), ""),
    "divs.html": (".", lambda: b"<div>" * 200_000 + b"text", ""),
    "cell.csv": ("Rad ", lambda: b'a;b\n"' + b"x" * 300_000, ""),
    "zeros.txt": ("styrtecken|UTF", lambda: bytes(range(1, 32)) * 1000, ""),
    "long.txt": ("tecken lång", lambda: b"ord " * 2_500_000, ""),
    "bomb.pdf": (".", bomb, ""),
    "locked.pdf": ("lösenord", lambda: pdf(["x"], password="hemligt"), ""),
    "circle.pdf": (".", cyclic_pages, ""),
    "back.pdf": (".", cyclic_table, ""),
    "countless.pdf": (".", countless_pages, ""),
    "huge.png": ("stor|skadad", lambda: picture(60_000), ""),
    "half.tiff": ("skadad|ingen text", truncated_tiff, ""),
    "page.jpg": ("skadad", lambda: b"\xff\xd8\xff<html>text</html>", ""),
    "broken.doc": (
        "LibreOffice",
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument\0".encode("utf-16-le"),
        "",
    ),
    "corner.xlsx": ("", lambda: sheet('<row r="1048576"><c r="A1048576"><v>1</v></c></row>'), "1"),
    "macros.docm": ("makron", lambda: changed(word(), {"word/vbaProject.bin": b"x"}), "planen"),
    "inside.docx": ("inbäddade", lambda: changed(word(), {"word/embeddings/a.exe": b"MZ"}), "planen"),
    "calls.csv": ("", lambda: b"Namn;Belopp\n=cmd|'/C calc'!A0;1\n", "=cmd"),
    "script.html": ("skript", lambda: b"<body onload=x()><script>x()</script><p>Text", "Text"),
    "active.pdf": ("skript.*inbäddade", active, "Beslut"),
    "pdf and zip.pdf": ("", lambda: pdf(["Beslut"]) + zipped({"a.txt": "a"}), "Beslut"),
    "really word.pdf": ("heter .pdf", word, "planen"),
    "letters.eml": ("för många led", lambda: letters(60), "brev"),
    "attachments.eml": ("Bara de 30 första", lambda: attachments(400), "text"),
    "header.eml": ("huvud", lambda: b"Subject: " + b"x" * 1_000_000 + b"\r\n\r\nText", ""),
    "endless.odt": (
        "",
        lambda: opendocument(
            '<table:table><table:table-row table:number-rows-repeated="99999999"><table:table-cell '
            'table:number-columns-repeated="99999999"><text:p>a</text:p></table:table-cell></table:table-row></table:table>'
        ),
        "a",
    ),
}
"""By name: a pattern for the verdict or the warnings, the bytes, and what must be read (nothing before a verdict)."""
