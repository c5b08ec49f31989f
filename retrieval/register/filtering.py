"""The words by which a question shows which things it asks about: how they stand, what they lack, amounts. Data."""

from __future__ import annotations

import re

from retrieval.register.asking import Lacks
from retrieval.register.patterns import any_of, before

LATE = any_of(
    "försena*, sena, sent, släpar*, passerat, passerad*, överskrid* tid*, ligger efter, halkat efter, inte i tid,"
    "blivit sen*, datum(?:et)? (?:har )?(?:gått ut|passerat), för sent, sen(?= *[?.!]?$), efter tidplan*, efter plan,"
    "delayed, overdue, dröjer, dragit ut på tiden, försening*, röda?, rött,"
    "gått över tiden, inte hållit tid*, efterslä*, borde ha varit klar*, skulle ha varit klar*"
)
WITHOUT = any_of(
    "saknar, saknas, utan, inte har, har inte, har inga, har ingen, har inget, inte fått, inte lämnat,"
    "inte rapporterat, ingen, inget, inga, aldrig,"
    "ej har, ofinansierad*"
)
LACKING: tuple[tuple[Lacks, str], ...] = (
    (Lacks.REPORT, any_of("lägesrapport*, statusrapport*")),
    (Lacks.OWNER, any_of("ägare*, ansvarig*, ansvar, mottagare*, utsedd*, namngiven*, kontaktperson*, projektledare*")),
    (
        Lacks.DATE,
        any_of("slutdatum*, datum*, tid, tidsgräns*, tidsfrist*, deadline*, slutdag*, sluttid*, tidplan*, startdatum*"),
    ),
    (Lacks.MONEY, any_of("ofinansierad*, pengar*, budget*, finansiering*, finansierade, medel, kostnad*, resurser")),
    (Lacks.TARGET, any_of("mål, målvärde*, målnivå*")),
    (Lacks.VALUE, any_of("värde*, mätvärde*, utfall*, mätning*")),
    (Lacks.INITIATIVE, any_of("initiativ*, insats*, aktivitet*")),
)
NOT = any_of("inte, ej, ännu inte, än inte, icke, aldrig")
_DOING = any_of(
    "återrapport*, rapporter*, redovisa*, återredovisa*, återkopplat*, slutrapport*, presenter*, klar[at]?, klara,"
    "färdig*, genomför*, verkställ*, utför*"
)
UNREPORTED = "|".join(
    (
        before(NOT, 30, _DOING),
        before(any_of("saknar, saknas, utan"), 20, any_of("återrapport*, rapport*, redovisning*, återkoppling*")),
        before(any_of("utan att"), 25, _DOING),
        any_of("oredovisade, oavslutade, ogjorda, öppna, återstår"),
    )
)
REPORTED = any_of(
    "återrapportera(?:de|ts|t|d), rapportera(?:de|ts|t|d), redovisa(?:de|ts|t|d), avslutade, klara, färdiga, genomförda"
)
RECURRING = any_of("årlig*, varje år, återkommande, löpande")
MEASURED = any_of("andel*, procent*, index*, mått, mäts, mätte*, värde[nt]?, utfall*")
UNDECIDED = before(NOT, 12, any_of("beslut*, beslutad, beslutade, antagna"))
TO_BE_DONE = any_of(
    "(?:bli|blir) (?:klar|färdig)*, (?:ska|skall|måste|bör) (?:[a-zåäö]+ )?(?:vara|bli) (?:klar|färdig|genomförd)*"
)
NEXT = any_of("nästa, nästkommande, närmaste, närmast, härnäst, först på tur")
ON_ITS_WAY = any_of("på väg")
TARGET = any_of("mål(?:et|en|värde*|nivå*)?, nå(?:r|s|dde|tt)?, uppfyll*, riktvärde*")
AGAINST_BUDGET = any_of("budget*, prognos*, väntas, väntad*, förvänta*, avvik*")
PRIORITISED = any_of("prioritera*")

INITIATIVE_STATUSES: tuple[tuple[str, str], ...] = (
    (
        "pågår",
        any_of(
            "pågår, pågående, igång, aktiva, löper(?! ut), i full gång, rullar, drivs just nu, är i gång, ongoing,"
            "i drift"
        ),
    ),
    ("beslutat", any_of("beslutade, är beslutat, är beslutad, är beslutade, beslutats, status beslutat?, klubbade")),
    (
        "förslag",
        any_of(
            "förslag*, föreslagna, föreslaget, föreslagen, föreslås, föreslagits, bara föreslag*, idé, idéer,"
            "idéstadi*,"
            "planeringsstadi*"
        ),
    ),
    ("pausat", any_of("pausa*, paus, vilande, stannat, på is, lagda på is, står still, avstannat*, ligger nere")),
    ("avslutat", any_of("avsluta*, färdiga, färdigt, klara, genomförda, slutförd*, slutfört*, i mål, avklara*")),
    (
        "avbrutet",
        any_of(
            "avbrut*, avbröt*, avbryt*, nedlagda, nedlagt, lagts ne[dr]*, lades ne[dr]*, stoppa*, skrota*, inställ*"
        ),
    ),
)
HEALTHS: tuple[tuple[str, str], ...] = (
    ("risk", any_of("risk*, gul[at]?, i fara, hotad*, oroande, varningssignal*, osäkra?")),
    ("enligt plan", any_of("enligt plan*, grön[at]?, går bra, i fas, håller planen, på rätt spår, enligt tidplan*")),
)
DEADLINE_KINDS: tuple[tuple[str, str], ...] = (
    ("redovisning", any_of("redovisa*, redovisning*, återredovisa*, rapporteras, återrapport*")),
    ("rekvirering", any_of("rekvirer*, rekvisition*")),
    ("utbetalning", any_of("utbetal*, betalas(?= (?:[a-zåäö]+ ){0,4}ut), pengarna kommer")),
    ("handlingsplan", any_of("handlingsplan*")),
    ("ansökan", any_of("ansök*, ansöka")),
    ("milstolpe", any_of("milstolp*, delmål*, milestones?")),
    ("mätning", any_of("mätning*, mäts")),
    ("slutdatum", any_of("slutdatum*, avslutas, tar slut")),
    ("uppdrag", any_of("uppdrag*")),
)
DATED = "|".join(
    (
        before(
            any_of("vad, vilka, något, allt, hur många, nästa"),
            40,
            any_of("ska, skall, måste, behöver, bör, väntar, förfaller, infaller, är på gång, händer, gäller"),
        ),
        before(
            any_of("ska, skall, måste"),
            40,
            any_of("redovisas, rapporteras, vara klar*, göras, lämnas, skickas, rekvireras, betalas, mätas"),
        ),
        any_of("förfaller, betalas ut, nästa, kommande"),
    )
)
"""Ways to ask for what stands in the calendar."""
_UNIT = r"(?:mdkr|mnkr|mkr|mn|tkr|kkr|miljarder|miljoner|miljon|mille|tusen|kronor|kr)(?: kronor)?\b"
_HOW_MUCH = r"\d[\d .,]*|en halv|en|ett|två|tre|fyra|fem|sex|sju|åtta|nio|tio|tolv|femton|tjugo|hundra"
MONEY_BOUND = re.compile(
    r"\b(?P<way>över|mer än|större än|minst|lägst|under|mindre än|högst|max|maximalt|upp till|dyrare än|billigare än|"
    r"fler än|överstig\w+|överskrid\w+|understig\w+|från|>|<)\s*"
    rf"(?P<amount>(?:{_HOW_MUCH})\s*{_UNIT})"
)
MONEY_BETWEEN = re.compile(
    rf"\b(?:mellan\s+)?(?P<least>{_HOW_MUCH})\s*(?P<unit>{_UNIT})?\s*(?:och|till|–|-)\s*(?P<most>(?:{_HOW_MUCH})\s*{_UNIT})"
)
UPWARDS = frozenset({"över", "mer än", "större än", "minst", "lägst", "dyrare än", "fler än", "från", ">"})
FROM_THERE = frozenset({"minst", "lägst", "från"})
BELOW = frozenset({"under", "mindre än", "billigare än", "<"})
COUNTED = re.compile(r"\b(?:hur många|antal(?:et)?)(?: av)? (?P<what>[^\W\d_]{4,})")
COUNTABLE = any_of(
    "kommun*, organisation*, förvaltning*, enhet*, vårdcentral*, mottagning*, person*, ansvarig*, medarbetare*, olika,"
    "delområde*, miljon*, tusen*, kronor*, procent*, gånger, dag*, månad*, år, åren, vecka, veckor, nya, pågående,"
    "avslutade, försenade, beslutade, pausade, stycken, saker, poster, röster*"
)
"""What is counted by other rules than the words of a thing's texts, or stands before the word for what is."""
PARAGRAPH = re.compile(r"§ ?\d")
TOP_NUMBER = re.compile(
    r"\b(?:topp\s+(?P<after>\d{1,2}|två|tre|fyra|fem|sex|sju|åtta|nio|tio)"
    r"|(?P<number>\d{1,2}|två|tre|fyra|fem|sex|sju|åtta|nio|tio)\s+"
    r"(?=(?:\w+ )?(?:störst|högst|dyrast|minst|lägst|billigast|kostsammast)))\b"
)
OUTCOMES: tuple[tuple[str, str], ...] = (
    ("bordlagt", any_of("bordlag*, bordlä*")),
    ("återremitterat", any_of("återremi*, återremitt*")),
    ("avslaget", any_of("avslag*, avslog*, avslå*, nekad*, nekats, (?:fick|fått) nej")),
    ("delvis bifall", any_of("delvis bifall*, delvis bifallen*")),
    ("beslutat", any_of("beslutade, är beslutat?, beslutats, bifall*, bifölls, beviljad*, beviljats, beviljat")),
    ("förslag", any_of("förslag*, föreslagna, föreslås, föreslagits")),
)
"""What an organ did with a matter."""
RECEIVED = any_of(
    "fått, fick, får, tilldelats, tilldelades, gått till, gick(?= (?:[a-zåäö]+ ){0,6}till),"
    "går(?= (?:[a-zåäö]+ ){0,4}till),"
    "mottagare*, beviljats, gått, använts till, används till, fördelats"
)
"""Words that ask who has got something out of a fund, and for what."""
UNBEGUN = before(
    NOT, 20, any_of("startade?, startats?, startar, börjat, börjar, påbörja[dt]e?s?, igång, kommit igång, inledda")
)
MOVED = any_of(
    "flyttats, flyttat, flyttades, flyttas, omfört, omförts, omföring*, överfört, överförts, överföring*, omdisponer*"
)
TRENDS: tuple[tuple[str, str], ...] = (
    ("worse", any_of("fel håll, försämra*, sämre, fel riktning, bakåt, backar, backat")),
    ("better", any_of("rätt håll, förbättra*, bättre, rätt riktning, framåt")),
    (
        "any",
        any_of(
            "utveckla*, utvecklingen, utveckling, trend*, förändra*, ökat, ökar, ökning*, minskat, minskar,"
            "minskning*, gått upp, gått ne[dr]*, sjunkit,"
            "stigit, över tid, historik*, tidsserie*, tidigare år, fler, färre, jämfört med, skillnad*"
        ),
    ),
)
"""How something develops."""
ACTS = any_of(
    "vad gör, vad görs, vad pågår, vad har vi, vad finns, vad satsas, vad jobbar, vad händer inom,"
    "vad är på gång, vilket arbete, har vi något, har vi någon, finns det något inom"
)
"""Words that ask what is done, without saying initiatives."""
TO_BE_OVER = any_of("blir, bli, ska, skall, väntas, beräknas, planeras, är")
MANNER = re.compile(
    r"\bvarifrån\b(?! hämtas| kommer)|"
    r"\bhur (?!är (?:\S+ ){1,6}(?:fördela|uppdela)\w+|"
    r"mycket|många|stor|stora|stort|går|ligger|långt|lång|ser|såg|gick|står|är det|har det|hög|höga|lågt|ofta|"
    r"länge|har|många|väl|föll|blev|blir|är läget|utveckla)"
)
"""Words that ask how something is done, which the register does not tell."""
AUTHORITY = any_of(
    "själv(?: få)? (?:besluta|bestämma|avgöra), rätt att besluta, får besluta, befogenhet*, behörig*, beslutanderätt*,"
    "vem ska avgöra, vem får besluta, ska avgöras av"
)
SAVES = any_of("bespar*, sparar, spara, sparas, väntat resultat, vinst*, lönsam*, effekthemtag*")
PAYS_BACK = any_of("betalar sig, betalat sig, återbetal*, payback, tjänas in, tjänat in")
GIVEN = any_of("gav, gett, givits, gavs, lämnade ut, delade ut, lades")
OVERDRAWN = any_of("överskrid*, övertrassera*, minus, för mycket")
COUNTY = any_of("hela länet, länets, länsgemensam*, för länet")
OUTSIDE = any_of(
    "utanför, inte med, inte deltar, deltar inte, ingår inte, inte ingår, står inte med, inte delat,"
    "omfattas inte, inte omfattas, inte omfattade, inte medverkar, medverkar inte, inte berörs, berörs inte, saknas i"
)
TO_WHOM = any_of(
    "myndighet*, ta emot, tar emot, mottagare*, till vem, vart ska, skickas till, lämnas till, vem får,"
    "mottagande, till vilken"
)
ADDRESS = any_of("mejl*, mail*, e-post*, epost*, kontaktuppgift*, nås")
CASTING = any_of("röst*, votering*, omröstning*")
RESERVED = any_of("reserver*, reservation*, särskilt yttrande, särskilda yttranden, protokollsanteckning*")
COMPARES = any_of("jämför*, skillnad*, respektive, eller, än, jämfört, mot, skiljer, gentemot, och, både, samt")
