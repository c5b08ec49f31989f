"""Headings that a reader of pages has glued to the sentence after them, in text that has lost its line ends."""

from __future__ import annotations

import re

from retrieval.lexicon import fold, lexicon
from retrieval.sentences import sentence_spans

LONGEST_HEADING = 14
"""Words of a heading at most."""
REACH = 14
"""Words after a heading among which the sentence under it shows its verb."""
FEWEST_BEFORE_NAME = 3
"""Words of a heading that ends with a name, at least."""
SHORTEST_WORD = 7
"""Letters of a heading of one word, at least."""
VERBS = frozenset(
    (
        *("är", "var", "har", "hade", "kan", "kunde", "ska", "skall", "skulle", "får"),
        *("fick", "ges", "gavs", "finns", "fanns", "blir", "blev", "visar", "visade", "innebär"),
        *("innebar", "uppgår", "uppgick", "gäller", "gällde", "bor", "vill", "måste", "bör", "behöver"),
        *("tar", "tog", "tas", "går", "gick", "gör", "gjorde", "görs", "ger", "gav"),
        *("kommer", "kom", "ligger", "låg", "står", "stod", "avser", "syns", "sågs", "ses"),
        *("steg", "sjönk", "låter", "skiljer", "beror", "består", "beslutade", "beskriver", "avled", "avlider"),
        *("växer", "leder", "bygger", "omfattar", "ingår", "framgår", "anger", "uppger", "bedömer", "pågår"),
        *("lever", "vet", "drivs", "krävs", "utgör", "utgörs", "behövs", "erbjuds", "används", "saknas"),
        *("redovisas", "presenteras", "beräknas", "bedöms", "förväntas", "sker", "skedde", "hette", "anser", "ansåg"),
        *("föreslår", "framkom"),
    )
)
PAST = re.compile(r"\w{3,}(?:ades?|erar|eras)$")
LEANS = frozenset(
    (
        *("i", "på", "av", "för", "till", "från", "med", "om", "vid", "under"),
        *("över", "efter", "enligt", "mellan", "inom", "utan", "mot", "hos", "åt", "ur"),
        *("per", "bland", "genom", "trots", "som", "att", "och", "eller", "samt", "men"),
        *("både", "den", "det", "de", "en", "ett", "denna", "detta", "dessa", "sin"),
        *("sitt", "sina", "deras", "dess", "varje", "alla", "är", "var", "har", "blir"),
        *(
            "via",
            "kring",
            "gentemot",
            "respektive",
            "utifrån",
            "angående",
            "beträffande",
            "avseende",
            "exempelvis",
            "heter",
        ),
        *("kallas", "cirka", "ca", "bl", "t", "s", "min", "vår", "ingen", "inget"),
        *("inga", "vilken", "vilket", "vilka", "där", "när", "hur", "vad", "än"),
    )
)
"""Words that lean on the one after them, so that no heading ends with them."""
OPENS_SENTENCE = frozenset(
    (
        *("i", "på", "av", "för", "till", "från", "med", "vid", "under", "enligt"),
        *("trots", "bland", "inom", "mellan", "efter", "genom", "utöver", "dessutom", "exempelvis", "däremot"),
        *("därför", "dock", "också", "samtidigt", "vidare", "även", "sedan", "totalt", "därtill"),
    )
)
"""Words that a sentence begins with rather than a heading."""
STARTERS = OPENS_SENTENCE | frozenset(
    (
        *("den", "det", "de", "en", "ett", "denna", "detta", "dessa", "om", "när"),
        *("som", "flera", "många", "alla", "nästan", "stora", "andelen", "antalet", "år", "här"),
        *("där", "vi", "hur", "varje", "vissa", "några", "drygt", "knappt", "ungefär", "cirka"),
        *("kostnaden", "kostnaderna", "personer", "personalen", "resultaten"),
    )
)
CARRIES_TITLE = re.compile(
    r"(?:rapport|register|registr|kampanj|projekt|bok|böck|skrift|modell|enkät|begrepp|undersökning|strategi|webbplats|"
    r"program|tjänst|verktyg|förordning|artikel|studie|kurs|underlag|publikation|vägledning|tidning|tema|metod|"
    r"föreskrift|råd|mål|indikator|område|fråga|gruppe|kategori|typ)\w{0,4}$"
)
"""Nouns that a title or a name follows in the middle of a sentence."""
AUTHORITY = re.compile(r"(?:styrelsen|verket|myndigheten|rådet|kontoret|inspektionen|regeringen|nämnden)$")
"""Who a sentence may be about, after its verb."""
_ENDS = re.compile(r"[^\W\d_][\w/*-]*[a-zåäöé*]\)?$|(?:19|20)\d\d$|\(?[A-ZÅÄÖ]\w*[A-ZÅÄÖ]\)?$")
_WORD = re.compile(r"\S+")


def begins_anew(word: str) -> bool:
    """Whether something new may begin with a word: an ordinary one, written with a capital."""
    bare = word.strip('”"(),:;.*–-')
    return word[0].isupper() and bare[1:] == bare[1:].lower() and lexicon().ordinary(fold(bare))


def starts_anew(before: str, word: str) -> bool:
    """Whether something new begins with a word: it may, and the word before does not lean on it."""
    return begins_anew(word) and bool(_ENDS.search(before)) and fold(before) not in LEANS


def is_verb(word: str) -> bool:
    """Whether a word looks like a verb in the present or the past: a common one, or by its ending."""
    bare = fold(word.strip('”"(),:;.–-'))
    return bare in VERBS or bool(PAST.match(bare)) or _conjugated(bare)


def heading_end(text: str, start: int, end: int) -> int | None:
    """The offset where a heading glued in front of the sentence ``text[start:end]`` ends, or None when there is none.

    A name is not split: what stands before the cut must read as a heading, and what follows as a sentence.
    """
    words = [
        match for _, match in zip(range(LONGEST_HEADING + REACH + 1), _WORD.finditer(text, start, end), strict=False)
    ]
    if (
        len(words) <= FEWEST_BEFORE_NAME
        or not words[0].group()[:1].isupper()
        or fold(words[0].group()) in OPENS_SENTENCE
    ):
        return None
    said = [match.group() for match in words]
    for index in range(1, min(LONGEST_HEADING, len(said) - 2) + 1):
        if said[index - 1][-1] in ".:;!?,":
            return None
        if _parts(said, index):
            return words[index - 1].end()
    return None


def item_end(text: str, start: int, end: int) -> int:
    """The end of a list item that begins at ``start``: before a sentence glued to it without a full stop, else its own.

    The item is cut where an ordinary word with a capital follows one without, and the sentence goes on in lower case.
    """
    first = next(sentence_spans(text, start, end), (start, end))
    words = list(_WORD.finditer(text, first[0], first[1]))
    for before, word, after in zip(words[1:], words[2:], words[3:], strict=False):
        if (
            before.group()[-1] not in ".,:;"
            and after.group()[:1].islower()
            and starts_anew(before.group(), word.group())
        ):
            return before.end()
    return first[1]


def _parts(said: list[str], index: int) -> bool:
    left, right = said[:index], said[index:]
    if not starts_anew(left[-1], right[0]) or CARRIES_TITLE.search(fold(left[-1])):
        return False
    starter = fold(right[0]) in STARTERS
    if right[1][:1].isupper() and not starter:
        return False
    if is_verb(left[-1]) and not starter and (index <= FEWEST_BEFORE_NAME or AUTHORITY.search(fold(right[0]))):
        return False
    if index == 1 and not (len(left[0]) >= SHORTEST_WORD and _alone(left[0]) and (starter or is_verb(right[1]))):
        return False
    if left[-1][:1].isupper() and index > 1 and not (starter and index >= FEWEST_BEFORE_NAME):
        return False
    return any(is_verb(word) for word in right[1 : REACH + 1])


def _alone(word: str) -> bool:
    """Whether a word may be a heading by itself: a noun of the word list that is no genitive."""
    bare = fold(word).rpartition("-")[2]
    known = lexicon().ordinary(bare) or bool(lexicon().cuts(bare))
    return known and not bare.endswith(("s", "iska", "liga", "sen", "rna"))


def _conjugated(word: str) -> bool:
    """``ökar`` and ``ökas`` from ``öka``, ``leder`` from ``leda``: forms of a word in -a that few nouns have."""
    known = lexicon()
    return (word.endswith(("ar", "as")) and known.ordinary(word[:-1])) or (
        word.endswith("er")
        and not word.endswith("ner")
        and known.ordinary(f"{word[:-2]}a")
        and len(word) > len("leder")
    )
