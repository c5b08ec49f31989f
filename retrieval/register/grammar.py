"""The words by which a question shows what it asks of the register: subjects, what is asked, filters. Data, no logic.

Every pattern is sought in the question in small letters, when its spelling has been mended by the words of `lexis`.
"""

from __future__ import annotations

import re

from retrieval.register.asking import Lacks, Subject, Wanted


def any_of(words: str) -> str:
    """A pattern for any of some words, between commas; a star stands for any ending."""
    alternatives = "|".join(word.strip().replace("*", r"[^\W\d_]*") for word in words.split(","))
    return rf"\b(?:{alternatives})\b"


def _before(first: str, apart: int, last: str) -> str:
    """A pattern for words with others near after them; it takes only the first, so that names may stand between."""
    return rf"{first}(?=.{{0,{apart}}}{last})"


SUBJECTS: tuple[tuple[Subject, str], ...] = (
    (Subject.CLAUSE, any_of("att-?sats*, beslutspunkt*")),
    (Subject.ASSIGNMENT, any_of("(?:del)?uppdrag(?:et|en|ens|ets|s)?, beställning(?:en|ar|arna)")),
    (Subject.MATTER, any_of("ärende(?:t|n|na|ts)?")),
    (Subject.DECISION, any_of("beslut(?:et|en|ets|ens)?, förslaget, förslagen, vilka förslag")),
    (Subject.ALLOCATION, any_of("tilldelning(?:en|ar|arna)?, anslagspost*")),
    (
        Subject.GRANT,
        any_of(
            "statsbidrag*, sektorsbidrag*, överenskommelse*, bidrag(?:et|en|s)?, från staten, statliga (?:pengar|medel)"
        ),
    ),
    (Subject.FUND, any_of("anslag(?:et|en|ets|ens)?, fond(?:en|er|erna)?, pott(?:en|er|erna)?")),
    (
        Subject.MEASURE,
        any_of("(?:omställnings|omstrukturerings|spar)?åtgärd(?:en|er|erna|ernas|ens)?, investering(?:en|ar|arna)?"),
    ),
    (Subject.FRAME, any_of("ram(?:en|ar|arna)?, tak(?:et)?")),
    (Subject.DISTRIBUTION, any_of("fördelning(?:en|ar|arna)?, fördelningskörning*")),
    (Subject.INDICATOR, any_of("indikator(?:n|er|erna|ernas)?, nyckeltal*, mätetal*, mått(?:et|en)?")),
    (Subject.DEADLINE, any_of("milstolp*, deadline(?:s|n)?, tidsfrist*, slutdatum(?:en)?, årshjul*, hålltid*")),
    (Subject.COVERAGE, any_of("täckning*, täck(?:er|s|ta|t)")),
    (
        Subject.INITIATIVE,
        any_of("initiativ(?:et|en|s|ens|ets)?, insats(?:en|er|erna)?, projekt(?:et|en), satsning(?:en|ar|arna)"),
    ),
    (Subject.NODE, any_of("delområde(?:t|n|na)?, grundförutsättning(?:en|ar|arna)?")),
)
"""The words for each kind of thing; the first that fits is what is asked about."""
PLURAL = any_of(
    "vilka, alla, hur många, antal*, de, några, samtliga, flera, initiativen, uppdragen, besluten, anslagen,"
    "statsbidragen, åtgärderna, ärendena, indikatorerna, milstolparna, att-?satserna, tilldelningarna, insatserna,"
    "projekten"
)
"""Words that show that more than one thing is asked for."""
OTHERS = any_of("organisation*, kommun(?:en|er|erna), förvaltning*")
"""Words that say what a name in the question is."""

COUNT = any_of("hur många, antal(?:et)?")
LEFT = any_of(
    "kvar, återstår, återstående, resterar, resten, rest, oförbruka*, outnyttja*, ofördela*, saldo*, finns det pengar"
)
USED = any_of("förbruka*, använt, använts, använda, utnyttja*, gått åt, fördelat*, intecknat?")
OWNER = any_of(
    "vem, vems, hos vem, ansvarig*, ansvar*, ägare*, äger, håller i, kontaktperson*, projektledare*, leds av,"
    "leder, drivs av, driver, kontakta, har hand om, ägs, vilka? person*, vilka? som ska göra"
)
DUE = any_of(
    "när, vilke[nt] (?:datum|dag|månad|sista), vilka (?:datum|dagar), sista dag*, slutdatum*, startdatum*, deadline*,"
    "förfaller, senast, tidsgräns*, hur länge, tidplan*"
)
STARTS = any_of("start*, börja*, drar igång, inled*, öppna*, påbörja*, igång")
ENDS = any_of("slut*, klar*, färdig*, avslut*, upphör*")
REPORTING = (
    "presentera[dt]e?s?, redovisa[dt]e?s?, rapportera[dt]e?s?, återrapportera[dt]e?s?, klar[at]?, färdig[at]?,"
    "framlagda?, framlagt, lagts fram, lades fram, lämnat, lämnats, inkommit, kommit in"
)
STATUS = any_of(
    f"{REPORTING}, hände, hänt, händer, status*, läge*, hur går, hur ligger, hur står, hur är det med,"
    "hur har det gått, hur långt, klara, färdiga, genomför[dt]a?, påbörja[dt]e?, startat, igång, beslutad, beslutat,"
    "beslutats, avslutat, avslutad, pausat, pausad, avbrutet, avbruten, lever, hur ser, ser ut, såg ut, såg, hur gick"
)
DONE = any_of(f"{REPORTING}, inlämna[dt]e?, inskicka[dt]e?")
AMOUNT = any_of(
    "hur mycket, hur stor[at]?, vad kostar, vad kostade, kosta*, kostnad*, belopp*, budget(?:en|erat|erade)?, summa*,"
    "totalt, sammanlag*, tillsammans, pengar*, medel, medlen, ekonomi*, finansier*, tak(?:et)?"
)
TOP = any_of("störst[ae]?, högst[ae]?, dyrast[e]?, mest, flest")
BOTTOM = any_of("minst[ae]?, lägst[ae]?, billigast[e]?")
CHANGES = any_of(
    "ändra[dt]e?s?, ändringar*, förändra[dt]e?s?, förändringar*, tillkommit, tillkomna, uppdatera[dt]e?s?, skiljer,"
    "skillnad*, lagts till, tagits bort"
)
NEWS = any_of("hänt, händer, hände, nytt, nya, nyheter*")
"""Words that ask for changes where a day is said since when."""
WHY = any_of("varför, orsak*, skäl*, anledning*")
LIST = any_of("vilka, vilken, vilket, lista, visa, ge mig, räkna upp, nämn, vad ska, finns det, har vi, några")
WHO = any_of("vem, vilka personer, ansvarig*, ansvarar")

WANTED: tuple[tuple[Wanted, str], ...] = (
    (Wanted.CHANGES, CHANGES),
    (Wanted.PARTNERS, any_of("deltar, medverka*, är med, samarbeta*, delas med, delat med")),
    (Wanted.REASON, WHY),
    (Wanted.COUNT, COUNT),
    (Wanted.LEFT, f"{LEFT}|{USED}"),
    (Wanted.TOP, f"{TOP}|{BOTTOM}"),
    (Wanted.OWNER, OWNER),
    (Wanted.AMOUNT, AMOUNT),
    (Wanted.DUE, DUE),
    (Wanted.STATUS, STATUS),
    (Wanted.LIST, LIST),
)
"""What may be asked, the most telling first."""

LATE = any_of(
    "försena*, sena, släpar*, passerat, passerad*, överskrid* tid*, ligger efter, halkat efter, inte i tid,"
    "blivit sen*, efter tidplan*, efter plan"
)
WITHOUT = any_of(
    "saknar, saknas, utan, inte har, har inte, har inga, har ingen, har inget, inte fått, ingen, inget, inga"
)
LACKING: tuple[tuple[Lacks, str], ...] = (
    (Lacks.OWNER, any_of("ägare*, ansvarig*, ansvar, mottagare*, utsedd*")),
    (
        Lacks.DATE,
        any_of("slutdatum*, datum*, tid, tidsgräns*, tidsfrist*, deadline*, slutdag*, sluttid*, tidplan*, startdatum*"),
    ),
    (Lacks.MONEY, any_of("pengar*, budget*, finansiering*, medel, anslag")),
    (Lacks.VALUE, any_of("värde*, mätvärde*, utfall*")),
    (Lacks.INITIATIVE, any_of("initiativ*, insats*, aktivitet*")),
)
NOT = any_of("inte, ej, ännu inte, än inte, icke, aldrig")
_DOING = any_of(
    "återrapport*, rapporter*, redovisa*, återredovisa*, återkopplat*, slutrapport*, presenter*, klar[at]?, klara,"
    "färdig*, genomför*, verkställ*, utför*"
)
UNREPORTED = "|".join(
    (
        _before(NOT, 30, _DOING),
        _before(any_of("saknar, saknas, utan"), 20, any_of("återrapport*, rapport*, redovisning*, återkoppling*")),
        any_of("oredovisade, oavslutade, ogjorda, öppna, återstår"),
    )
)
REPORTED = any_of(
    "återrapportera(?:de|ts|t|d), rapportera(?:de|ts|t|d), redovisa(?:de|ts|t|d), avslutade, klara, färdiga, genomförda"
)
RECURRING = any_of("årlig*, varje år, återkommande, löpande")
MEASURED = any_of("andel*, procent*, index*, mått, mäts, mätte*, värde[nt]?, utfall*")
UNDECIDED = _before(NOT, 12, any_of("beslut*, beslutad, beslutade, antagna"))
TO_BE_DONE = any_of("(?:ska|skall|måste|bör) (?:[a-zåäö]+ )?(?:vara|bli) (?:klar|färdig|genomförd)*")
NEXT = any_of("nästa, nästkommande")
ON_ITS_WAY = any_of("på väg")
TARGET = any_of("mål(?:et|en|värde*|nivå*)?, nå(?:r|s|dde|tt)?, uppfyll*, riktvärde*")
AGAINST_BUDGET = any_of("budget*, prognos*, väntas, väntad*, förvänta*, avvik*")
PRIORITISED = any_of("prioritera*")

INITIATIVE_STATUSES: tuple[tuple[str, str], ...] = (
    ("pågår", any_of("pågår, pågående, igång, aktiva, löper")),
    ("beslutat", any_of("beslutade, är beslutat, är beslutade, beslutats")),
    ("förslag", any_of("förslag*, föreslagna, föreslås, föreslagits, bara föreslag*")),
    ("pausat", any_of("pausa*, vilande, stannat")),
    ("avslutat", any_of("avsluta*, färdiga, klara, genomförda")),
    ("avbrutet", any_of("avbrut*, avbröts, avbryt*, nedlagda, lagts ned, stoppa*")),
)
HEALTHS: tuple[tuple[str, str], ...] = (
    ("risk", any_of("risk*, gul*, i fara, hotad*")),
    ("enligt plan", any_of("enligt plan*, grön*, går bra")),
)
DEADLINE_KINDS: tuple[tuple[str, str], ...] = (
    ("redovisning", any_of("redovisa*, redovisning*, återredovisa*, rapporteras, återrapport*")),
    ("rekvirering", any_of("rekvirer*")),
    ("utbetalning", any_of("utbetal*, betalas ut")),
    ("handlingsplan", any_of("handlingsplan*")),
    ("ansökan", any_of("ansök*")),
    ("milstolpe", any_of("milstolp*")),
    ("mätning", any_of("mätning*, mäts")),
    ("slutdatum", any_of("slutdatum*, avslutas, tar slut")),
    ("uppdrag", any_of("uppdrag*")),
)
DATED = "|".join(
    (
        _before(
            any_of("vad, vilka, något, allt, hur många, nästa"),
            40,
            any_of("ska, skall, måste, behöver, bör, väntar, förfaller, infaller, är på gång, händer, gäller"),
        ),
        _before(
            any_of("ska, skall, måste"),
            40,
            any_of("redovisas, rapporteras, vara klar*, göras, lämnas, skickas, rekvireras, betalas, mätas"),
        ),
        any_of("förfaller, betalas ut, nästa, kommande"),
    )
)
"""Ways to ask for what stands in the calendar."""
MONEY_BOUND = re.compile(
    r"\b(?P<way>över|mer än|större än|minst|under|mindre än|högst|upp till|dyrare än|billigare än|fler än)\s+"
    r"(?P<amount>\d[\d .,]*\s*(?:mdkr|mnkr|mkr|tkr|miljarder|miljoner(?: kronor)?|miljon|tusen|kronor|kr)\b)"
)
UPWARDS = frozenset({"över", "mer än", "större än", "minst", "dyrare än", "fler än"})
TOP_NUMBER = re.compile(
    r"\b(?P<number>\d{1,2}|två|tre|fyra|fem|sex|sju|åtta|nio|tio)\s+"
    r"(?=(?:\w+ )?(?:störst|högst|dyrast|minst|lägst|billigast))"
)
