"""E-mail: facts of the head, the body as text, and attachments as pages after it."""

from email.message import EmailMessage

from ingest import readers
from ingest.readers import EML
from tests.ingest.office import word, zipped
from tests.ingest.pdfs import pdf

FACTS = "Från: Åsa <asa@region.example>\nTill: bo@region.example\nDatum: 2026-03-09 08:00"


def letter(body: str = "Hej!\n\nHär är planen.\n", subject: str = "Läkarmedverkan å ä ö") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"] = "Åsa <asa@region.example>", "bo@region.example"
    made["Subject"], made["Date"] = subject, "Mon, 09 Mar 2026 08:00:00 +0100"
    made.set_content(body)
    return made


def attach(made: EmailMessage, name: str, data: bytes) -> None:
    made.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)


def test_head_body_and_attachments_are_read_in_order() -> None:
    made = letter()
    made.add_alternative("<p>Samma som HTML</p>", subtype="html")
    attach(made, "plan å.docx", word(("Heading 1", "Plan"), "Texten."))
    attach(made, "två.pdf", pdf(["sida ett"], ["sida två"]))
    reading = readers.read(EML, made.as_bytes())
    assert [reading.text[page.start : page.end].strip() for page in reading.pages] == [
        f"# Läkarmedverkan å ä ö\n\n{FACTS}\n\nHej!\n\nHär är planen.",
        "# Bilaga: plan å.docx\n\n# Plan\n\nTexten.",
        "# Bilaga: två.pdf\n\nsida ett",
        "sida två",
    ]
    assert (reading.warnings, reading.lost) == ((), 0)


def test_attachments_that_are_not_read_are_named() -> None:
    made = letter()
    attach(made, "arkiv.zip", zipped({"a.txt": "a"}))
    attach(made, "bild.gif", b"GIF89a")
    attach(made, "trasig.docx", b"PK\x03\x04")
    warnings = readers.read(EML, made.as_bytes()).warnings
    assert [name in warning for name, warning in zip(("arkiv.zip", "bild.gif", "trasig.docx"), warnings, strict=True)]
    assert len(warnings) == 3


def test_a_forwarded_letter_is_read_and_one_too_deep_is_told() -> None:
    made = letter("Innerst.", "Fyra")
    for subject in ("Tre", "Två", "Ett"):
        outer = letter(f"Brev {subject}.", subject)
        outer.add_attachment(made)
        made = outer
    reading = readers.read(EML, made.as_bytes())
    assert [f"# {subject}" in reading.text for subject in ("Ett", "Två", "Tre", "Fyra")] == [True, True, True, False]
    assert "för många led" in reading.warnings[0]


def test_a_letter_of_html_alone_is_read_as_a_page() -> None:
    made = letter()
    made.set_content("<h1>Rubrik</h1><ul><li>punkt</li></ul><script>x</script>", subtype="html")
    reading = readers.read(EML, made.as_bytes())
    assert "## Rubrik\n\n- punkt" in reading.text
    assert "skript" in reading.warnings[0]
