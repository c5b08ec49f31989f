"""What a file is: told by its content, helped by its name, refused at the door when no reader takes it."""

import pytest

from ingest.errors import RefusedFile
from ingest.readers import MARKDOWN, PDF, PLAIN, recognise


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
    ],
)
def test_content_decides_and_the_name_helps(name: str, data: bytes, kind: str) -> None:
    assert recognise(name, data) == kind


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.txt", b"", "tom"),
        ("a.docx", b"PK\x03\x04...", "Office"),
        ("a.txt", b"PK\x03\x04...", "Office"),
        ("a.doc", b"\xd0\xcf\x11\xe0...", "äldre Office"),
        ("a.png", b"\x89PNG...", "bild"),
        ("a.tsv", b"a\tb", "Filtypen .tsv"),
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
