"""What is said to the assistant that is no question on the material: greetings, thanks, questions about itself."""

from __future__ import annotations

import re

from retrieval.vocabulary import DIACRITICS

_GREETING = (
    r"(?:hej(?:san|hej|\s+hej)?|tjena(?:re)?|god\s?(?:morgon|dag|kvall)|hall[ao]|hello|hi)"
    r"(?:\s+(?:dar|pa\s+dig|narplan))?"
)
_THANKS = r"(?:tack(?:ar)?|tusen\s+tack|ok(?:ej)?\s+tack|thanks|thank\s+you)(?:\s+(?:sa\s+mycket|for\s+hjalpen))?"
_GOODBYE = r"(?:hej\s?da|adjo|vi\s+ses|ha\s+det(?:\s+bra)?|bye)"
_ABOUT = (
    r"(?:vem|vad)\s+ar\s+du|ar\s+du\s+en?\s+(?:ai|robot|manniska|dator)\w*|vad\s+kan\s+du(?:\s+(?:gora|hjalpa.*|svara.*))?"
    r"|hur\s+fungerar\s+(?:du|det\s+har|narplan|tjansten)|hjalp|who\s+are\s+you|what\s+can\s+you\s+do"
)
_RULES: tuple[tuple[str, str], ...] = (
    (
        _GREETING,
        (
            "Hej! Fråga mig om det som står i dokumenten och registret om nära vård, till exempel om beslut, pengar, "
            "ansvar eller datum."
        ),
    ),
    (_THANKS, "Varsågod! Fråga gärna vidare."),
    (_GOODBYE, "Hej då! Samtalet finns kvar om du vill fortsätta senare."),
    (
        _ABOUT,
        (
            "Jag är Närplan, en AI-tjänst. Jag svarar på frågor med citat ur de dokument och uppgifter ur det register "
            "som du har tillgång till, och säger till när svaret inte finns där. Kontrollera alltid mot källan: varje "
            "svar har en länk dit."
        ),
    ),
)
_COMPILED = tuple((re.compile(rf"\s*(?:{pattern})\s*[!?.]*\s*", re.IGNORECASE), reply) for pattern, reply in _RULES)


def reply(text: str) -> str | None:
    """The answer to small talk, or None for a real question."""
    plain = text.translate(DIACRITICS)
    return next((answer for pattern, answer in _COMPILED if pattern.fullmatch(plain)), None)
