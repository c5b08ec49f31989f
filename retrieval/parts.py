"""Short words, endings and particles that decide where a Swedish compound may be divided."""

SHORT_PARTS = frozenset(
    (
        *(
            "bår",
            "el",
            "hud",
            "hyr",
            "kök",
            "led",
            "län",
            "lär",
            "lån",
            "lön",
            "mor",
            "mun",
            "mät",
            "när",
            "når",
            "nöd",
        ),
        *("rum", "råd", "sak", "sju", "syn", "sök", "tal", "års"),
    )
)
"""Parts of up to three letters besides those that the word list marks; most short words turn up inside others."""
NEVER_PARTS = frozenset(
    (
        *("ande", "ende", "ning", "het", "skap", "else", "are", "ator", "lig", "iska", "isk", "bar", "full", "lös"),
        *("erna", "arna", "orna", "ende", "aste", "ades", "inna", "samma", "inne", "ingar", "ings"),
        *("vis", "löshet", "barhet", "lighet", "dom", "mässig", "aktig", "ling", "lingar", "ligt", "liga"),
        *("siktighet", "ständighet", "ställa", "lägga"),
    )
)
WHOLE = frozenset(
    (
        *("landsting", "transport"),  # The parts (land and ting, trans and port) no longer say what the word means.
        *("beskriva", "beskrivning"),  # Not besk (bitter) and rivning.
        *("sammansatt", "ordförande"),  # Not part and sammansatt; not one who carries words.
    )
)
"""Words that are divided nowhere although their parts are words."""
PREFIXES = frozenset(
    (
        *("an", "av", "be", "bi", "er", "för", "före", "fram", "från", "genom", "in", "inne", "miss", "med", "mot"),
        *("ned", "ner", "om", "på", "sam", "till", "under", "upp", "ur", "ut", "ute", "van", "veder", "vid", "åter"),
        *("över", "efter", "emot", "bort", "sär"),
    )
)
"""Particles that begin words without being parts of their own (``av|tal``, ``för|slag``, ``sam|verkan``)."""
