"""What a file is: told by its content, helped by its name, refused at the door when no reader takes it."""

import pytest

from ingest.errors import RefusedFile
from ingest.readers import CSV, DOCX, EML, HTML, MARKDOWN, ODT, PDF, PLAIN, PNG, ZIP, misnamed, recognise
from ingest.readers.reading import DOC, RTF
from tests.ingest.office import word, zipped

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.txt", b"text", PLAIN),
        ("A.TXT", b"text", PLAIN),
        ("a.md", b"# text", MARKDOWN),
        ("a.markdown", b"text", MARKDOWN),
        ("a.pdf", b"%PDF-1.7 ...", PDF),
        ("a.pdf", b"skr\xc3\xa4p\n%PDF-1.7 ...", PDF),
        ("a.txt", b"%PDF-1.7 ...", PDF),
        ("a.csv", b"a;b", CSV),
        ("a.tsv", b"a\tb", CSV),
        ("a.htm", b"<p>text", HTML),
        ("a.xls", b"\xef\xbb\xbf<!-- x --><!DOCTYPE html><p>text", HTML),
        ("a.docx", word(), DOCX),
        ("a.txt", word(), DOCX),
        ("a.png", b"\x89PNG...", PNG),
        ("a.doc", OLE + "WordDocument\0".encode("utf-16-le"), DOC),
        ("a.doc", b"{\\rtf1 text}", RTF),
        ("a.odt", zipped({"mimetype": ODT, "content.xml": ""}), ODT),
        ("a.docx", zipped({"beslut.txt": "text"}), ZIP),
        ("brev.eml", b"Subject: x", EML),
    ],
)
def test_content_decides_and_the_name_helps(name: str, data: bytes, kind: str) -> None:
    assert recognise(name, data) == kind


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.txt", b"", "tom"),
        ("a.docx", b"PK\x03\x04...", "skadat eller avkortat"),
        ("a.docx", b"bara text", "ingen Word-fil"),
        ("a.doc", OLE, "äldre Office"),
        ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "lösenord"),
        ("a.gif", b"GIF89a", "GIF-bild"),
        ("a.png", b"text", "ingen bild-fil"),
        ("a.txt", b"MZ\x90\0", "program"),
        ("a.docx", zipped({"[Content_Types].xml": "", "annat/x.xml": ""}), "Office-dokument av ett slag"),
        ("a.ods", zipped({"mimetype": "application/x", "content.xml": ""}), "OpenDocument av ett slag"),
        ("a.rst", b"text", "Filtypen .rst"),
        ("utan", b"text", "utan filändelse"),
        ("a.pdf", b"bara text", "ingen PDF"),
    ],
)
def test_the_rest_is_refused_with_reason_and_remedy(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(RefusedFile) as caught:
        recognise(name, data)
    assert reason in caught.value.reason
    assert caught.value.remedy
    assert caught.value.field == "file"


def test_a_name_that_promises_something_else_is_told() -> None:
    assert misnamed("a.DOCX", DOCX) == ()
    assert misnamed("a.txt", DOCX) == ("Filen heter .txt men är Word (.docx), och lästes som det.",)
    assert "utan filändelse" in misnamed("a", PDF)[0]
