"""Pictures of pages: their text by Tesseract where it is installed, else the word that they need text recognition."""

import io

from ingest.errors import UnreadableFile
from ingest.readers import ocr
from ingest.readers.draft import Draft
from ingest.readers.reading import PNG, Reading

MOST_PIXELS = 60_000_000
MOST_PAGES = 200


def read(data: bytes, media_type: str = PNG) -> Reading:
    """Read a picture (PNG, JPEG, TIFF), each of whose frames is a page. Raises `UnreadableFile` without any text."""
    from PIL import Image, UnidentifiedImageError

    draft, scanned, warnings = Draft(), list[int](), list[str]()
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(io.BytesIO(data), formats=["PNG", "JPEG", "TIFF"]) as picture:
            frames = getattr(picture, "n_frames", 1)
            if frames > MOST_PAGES or picture.width * picture.height > MOST_PIXELS:
                raise UnreadableFile("Bilden är för stor.", "Dela upp den eller minska upplösningen.")
            for number in range(1, frames + 1):
                picture.seek(number - 1)
                if number > 1:
                    draft.page_break()
                text = ocr.recognised(picture) if ocr.missing() is None else None
                if text:
                    draft.prose(text)
                else:
                    draft.needs_ocr()
                    scanned.append(number)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnreadableFile("Bilden är skadad.", "Spara eller skanna den på nytt.") from error
    if len(scanned) == frames:
        raise UnreadableFile("Bilden har ingen text som går att läsa.", ocr.missing() or ocr.NOTHING_FOUND, page=1)
    if scanned:
        warnings.append(f"På sida {', '.join(map(str, scanned))} hittades ingen text.")
    warnings.append(ocr.READ_BY_MACHINE)
    return draft.reading(media_type, None, "", warnings)
