"""The words by which a question shows what it asks of the register: kinds of thing, and what is asked of them. Data.

Every pattern is sought in the question in small letters, when its spelling has been mended by the words of `lexis`.
"""

from __future__ import annotations

import re

from retrieval.register.asking import Subject, Wanted
from retrieval.register.patterns import any_of

SUBJECTS: tuple[tuple[Subject, str], ...] = (
    (Subject.CLAUSE, any_of("att-?sats*, beslutspunkt*, beslutssats*")),
    (Subject.ASSIGNMENT, any_of("(?:del)?uppdrag(?:et|en|ens|ets|s)?, beställning(?:en|ar|arna)?")),
    (Subject.MATTER, any_of("ärende(?:t|n|na|ts)?")),
    (
        Subject.DECISION,
        any_of(
            "beslut(?:et|en|ets|ens|s)?, förslaget, förslagen, vilka förslag, beslutspunkter,"
            r"vad(?= (?:[a-zåäö]+ ){0,2}(?:beslöt|beslutade?s?|beslutats?|bestämdes?|bestämts?|klubbades?|klubbats?))"
        ),
    ),
    (
        Subject.ROUND,
        any_of("utlysning(?:en|ar|arna)?, ansökningsomgång*, utlyst[a-zåäö]*, sökbara? (?:pengar|medel), utlyses"),
    ),
    (
        Subject.APPLICATION,
        any_of(
            "ansökning(?:en|ar|arna)?, ansökan, ansökt[a-zåäö]*, sökte, sökts, sökande(?:n|na)?,"
            "projektpengar*, beviljad*, beviljat*"
        ),
    ),
    (
        Subject.MEETING,
        any_of(
            "möte(?:t|n|na)?, samtal(?= (?:[a-zåäö]+ ){0,3}med), dialogmöte*, dialog(?:en|er)?, samråd*,"
            "träff(?:en|ar|arna|ats|ade|at)?, mötte, mött, möttes, sammankomst*,"
            "dialogtillfäll*"
        ),
    ),
    (Subject.AGREEMENT, any_of("avtal(?:et|en|ets)?, uppsägning*, uppsägningstid*, varsel*")),
    (Subject.ALLOCATION, any_of("tilldelning(?:en|ar|arna|s)?, anslagspost*, (?:till)?delade medel")),
    (
        Subject.GRANT,
        any_of(
            "statsbidrag*, sektorsbidrag*, överenskommelse*, bidrag(?:et|en|s)?, från staten,"
            "statliga (?:pengar|medel),"
            "med staten, ger staten, staten ger, staten betalar, av staten, statens pengar"
        ),
    ),
    (Subject.FUND, any_of("anslag(?:et|en|ets|ens)?, fond(?:en|er|erna)?, pott(?:en|er|erna)?, kassa(?:n)?")),
    (
        Subject.MEASURE,
        any_of(
            "(?:omställnings|omstrukturerings|spar|besparings)?åtgärd(?:en|er|erna|ernas|ens)?,"
            "investering(?:en|ar|arna)?"
        ),
    ),
    (Subject.FRAME, any_of("(?:omställnings|åtgärds)?ram(?:en|ar|arna)?, tak(?:et)?")),
    (Subject.DISTRIBUTION, any_of("fördelning(?:en|ar|arna)?, fördelningskörning*")),
    (
        Subject.INDICATOR,
        any_of("indicators?, indikator(?:n|er|erna|ernas)?, nyckeltal*, mätetal*, mått(?:et|en)?, mätvärde(?:n|na)?"),
    ),
    (
        Subject.DEADLINE,
        any_of(
            "milstolp*, deadline(?:s|n)?, tidsfrist*, slutdatum(?:en)?, årshjul*, hålltid*, delmål*, avstämning*,"
            "viktiga datum, frist(?:er|erna)?, tidsgräns(?:en|er|erna)?, krav(?:en|et)?, förfallodag*, förfallodatum*"
        ),
    ),
    (Subject.COVERAGE, any_of("täckning*, täck(?:er|s|ta|t), vita fläckar, luckor")),
    (
        Subject.INITIATIVE,
        any_of(
            "(?:[a-zåäö-]+)?initiativ(?:et|en|s|ens|ets)?, initiatives?, insats(?:en|er|erna)?,"
            "projekt(?:et|en|s)?, satsning(?:en|ar|arna)?,"
            "aktivitet(?:en|er|erna)?"
        ),
    ),
    (
        Subject.NODE,
        any_of("delområde(?:t|n|na|s)?, områden(?:a)?, grundförutsättning(?:en|ar|arna)?, strategi(?:n|er|erna)?"),
    ),
)
"""The words for each kind of thing; the first that fits is what is asked about."""
LAST_PARTS: tuple[tuple[Subject, str], ...] = ((Subject.FUND, any_of("pengar(?:na|nas)?, medel, medlen")),)
"""The same as last parts of compounds alone: *omställningspengarna*."""
_PLURALS = (
    "initiativen, uppdragen, besluten, anslagen, statsbidragen, åtgärderna, ärendena, indikatorerna, milstolparna,"
    "att-?satserna, tilldelningarna, insatserna, projekten, utlysningarna, ansökningarna, mötena, avtalen"
)
PLURAL = any_of(f"vilka, alla, hur många, antal*, de, några, samtliga, flera, lista, visa, {_PLURALS}")
"""Words that show that more than one thing is asked for."""
OTHERS = any_of("organisation*, kommun(?:en|er|erna), förvaltning*")
"""Words that say what a name in the question is."""

COUNT = any_of("hur många(?! dagar), antal(?:et)?, hur ofta, how many")
LEFT = any_of(
    "kvar, återstår, återstående, resterar, resterande, resten, rest, oförbruka*, outnyttja*, ofördela*,"
    "oanvän*, saldo*,"
    "finns det pengar, uppät*, tömt, tomt, gjort slut,"
    "pengarna slut, slut på, disponibel*, disponibla, tillgängliga? medel, uppbundna?, uppbundet, obundna,"
    "ointecknat?, remaining"
)
USED = any_of(
    "förbruka*, använt, använts, använda, utnyttja*, gått åt, fördelat*, intecknat?, förbrukning*, spenderat*"
)
OWNER = any_of(
    "vem, vems, hos vem, ansvarig*, ansvar*, ägare*, äger, håller i, kontaktperson*, projektledare*, leds av,"
    "leder, drivs av, driver, kontakta, har hand om, ägs, vilka? person*, vilka? som ska göra, sköter, basar över,"
    "ligger hos, ligger på vem, who, owns?, owner, responsible, mejl*, mail*, e-post*, handlägger, handläggare*"
)
DUE = any_of(
    "när, vilke[nt] (?:datum|dag|månad|sista|vecka), vilka (?:datum|dagar), sista dag*, slutdatum*, startdatum*,"
    "deadline*, förfaller, senast, tidsgräns*, hur länge, tidplan*, datum, klart?datum, tidsram*, när i tiden, when,"
    "hur lång tid, inom vilken tid, vilken tid"
)
STARTS = any_of("start*, börja*, drar igång, dra igång, inled*, öppna*, påbörja*, igång, kör igång, sätter igång")
ENDS = any_of(
    "slut, slutar, slutade, slutat, sluta, slutdatum*, slutför*, klar*, färdig*, avslut*, upphör*, löper ut,"
    "går ut, upphöra"
)
REPORTING = (
    "presentera[dt]e?s?, redovisa[dt]e?s?, rapportera[dt]e?s?, återrapportera[dt]e?s?, klar[at]?, färdig[at]?,"
    "framlagda?, framlagt, lagts fram, lades fram, lämnat, lämnats, inkommit, kommit in"
)
STATUS = any_of(
    f"{REPORTING}, hände, hänt, händer, status*, läge*, hur går, hur ligger, hur står, hur är det med,"
    "hur har det gått, hur långt, klara, färdiga, genomför[dt]a?, påbörja[dt]e?, startat, igång, beslutad, beslutat,"
    "beslutats, avslutat, avslutad, pausat, pausad, avbrutet, avbruten, lever, hur ser, ser ut, såg ut, såg, hur gick,"
    "i fas, var i processen, vilken fas, hur fortskrider, hur framskrider, går enligt, håller tid*,"
    "enligt plan*, går det,"
    "what is, i mål, på gång"
)
DONE = any_of(f"{REPORTING}, inlämna[dt]e?, inskicka[dt]e?, avklara[dt]e?, klarats, avrapportera[dt]e?, avprick*")
AMOUNT = any_of(
    "hur mycket, hur stor[at]?, vad kostar, vad kostade, kosta*, kostnad*, belopp*, budget(?:en|erat|erade)?, summa*,"
    "totalt, sammanlag*, tillsammans, pengar*, medel, medlen, ekonomi*, finansier*, tak(?:et)?, kronor, loss på,"
    "samlade?, prislapp*, anslaget?s storlek, satsas?, satsat?, (?:[a-zåäö]+)?belopp(?:et)?, prognos*, ram(?:en)?,"
    "utgift*, mnkr, miljoner"
)
TOP = any_of(
    "störst[ae]?, högst[ae]?, dyrast[e]?, mest(?! sjuk), flest, snabbast, kortast, topp, topplista*, largest,"
    "kostsammast*, rankad*"
)
BOTTOM = any_of("snabbast, kortast, minst[ae]?, lägst[ae]?, billigast[e]?, färst")
CHANGES = any_of(
    "ändra[dt]e?s?, ändringar*, förändra[dt]e?s?, förändringar*, tillkommit, tillkomna, uppdatera[dt]e?s?, skiljer,"
    "skillnad*, lagts till, tagits bort"
)
NEWS = any_of("hänt, händer, hände, nytt, nya, nyheter*, skett, tillkommit, nytillkom*")
"""Words that ask for changes where a day is said since when."""
WHY = any_of("varför, orsak*, skäl*, anledning*, beror(?= (?:[a-zåäö]+ ){0,3}på), på grund av vad, hur kommer det sig")
LIST = any_of(
    "vilka, vilken, vilket, lista, visa, ge mig, räkna upp, nämn, vad ska, finns det, har vi, några, förteckning*,"
    "samtliga, vad har, vad finns, översikt*"
)
WHO = any_of("vem, vilka personer, ansvarig*, ansvarar")

WANTED: tuple[tuple[Wanted, str], ...] = (
    (
        Wanted.NEXT_STEP,
        any_of(
            "nästa steg, härnäst, vad händer (?:nu|sen|sedan|framöver|härnäst), på tur, kommande steg,"
            "vad återstår att göra"
        ),
    ),
    (
        Wanted.OBSTACLES,
        any_of(
            "hinder*, hindren, hindrar, problem(?:et|en)?, bromsar, bromsas, svårighet*, utmaning*, i vägen,"
            "flaskhals*,"
            "fördröj*, stöter på, försvårar, skaver, krånglar"
        ),
    ),
    (
        Wanted.WAITS,
        any_of("väntar(?= (?:[a-zåäö]+ ){0,4}på), beroende av, beroenden, hänger på, förutsätter, avvaktar, beroende"),
    ),
    (
        Wanted.BASIS,
        any_of(
            "vem (?:var det som )?(?:har )?(?:beslut|beslöt|tog beslut|fattade|bestäm|klubba|godkän)[a-zåäö]*,"
            "vem som (?:har )?beslut*,"
            "vilket beslut, vilken paragraf, vilken instans, på vilket beslut,"
            "när (?:beslut|fattades|klubbades|togs beslut)[a-zåäö]*,"
            "vilken nämnd, diarienummer*, grundar sig, vilar, stödjer sig, beslutad av, beslutat av, vilket organ"
        ),
    ),
    (Wanted.CONDITIONS, any_of("villkor*, kriterier*, kräver, krävs")),
    (
        Wanted.REPORT,
        any_of(
            "lägesrapport*, statusrapport*, senaste rapport*, rapporterades senast, senast rapport*,"
            "senaste bedömning*,"
            "vilken bedömning, rapporten säger, rapporterades(?= .{1,60}senast), senast(?= .{0,60}rapporter),"
            " vad säger (?:[a-zåäö]+ )?rapport*, vad har gjorts, vad är gjort"
        ),
    ),
    (
        Wanted.SHARED,
        any_of("delat med, delas med, delad med, delade med, vem ser, har tillgång till, får se, vem kan se"),
    ),
    (Wanted.CHANGES, CHANGES),
    (
        Wanted.PARTNERS,
        any_of(
            "deltar, deltagare*, deltagande, medverka*, är med, omfatta*, ingår, berörs, samarbeta*, samarbetspart*,"
            "part(?:er|erna|ners?|ner), utanför"
        ),
    ),
    (Wanted.REASON, WHY),
    (Wanted.COUNT, COUNT),
    (Wanted.LEFT, f"{LEFT}|{USED}"),
    (Wanted.TOP, f"{TOP}|{BOTTOM}"),
    (Wanted.OWNER, OWNER),
    (Wanted.AMOUNT, AMOUNT),
    (Wanted.DUE, DUE),
    (
        Wanted.CONTENT,
        any_of(
            "handlar(?= (?:[a-zåäö]+ ){0,9}om), innebär, innehåller, går ut på, syfte*, beskriv*, berätta om,"
            "vad är, vad gör,"
            "system*, källa*, källsystem*, hämtas, datakälla*, definition*, definiera*, vad menas, mäts,"
            "mäter, uppdragsbeskriv*, uppnå*, går(?= (?:[a-zåäö]+ ){1,5}ut på)"
        ),
    ),
    (Wanted.STATUS, STATUS),
    (Wanted.LIST, LIST),
)
"""What may be asked, the most telling first."""

_QUESTION = (
    r"\b(?:vilk\w+|hur många|hur stor andel av|antal(?:et)?|alla|samtliga|lista|visa|några|något|någon|nästa|inga|vad)"
)
HEADED = {
    subject: re.compile(rf"{_QUESTION}(?: av| de| våra| alla| det| har vi för)*(?: \S+){{0,2}}? (?={pattern})")
    for subject, pattern in SUBJECTS
}
"""A word for each kind of thing close behind the word that asks."""
_EACH = r"\b(?:per|för varje|efter|fördelat på|fördelade på|uppdelat på|har varje|inom varje|i varje)"
_PLACES = r"kommun\w*|organisation\w*|förvaltning\w*|enhet\w*|vårdcentral\w*|part|parter|mottagare"
HEADS: tuple[tuple[Subject, str], ...] = (
    (Subject.PERSON, r"\b(?:vem|vilken person|vilka personer|vilken ansvarig|vilken medarbetare|vilken tjänste\w+)\b"),
    (Subject.ORGANISATION, rf"\bvilk(?:en|a|et) (?:av )?(?:\w+ )?(?:{_PLACES})\b"),
    (Subject.ORGAN, r"\bvilk(?:en|a|et) (?:organ\w*|nämnd\w*|instans\w*|styrelse\w*)\b"),
    (Subject.NODE, r"\bvilk(?:et|a|en) (?:av )?(?:\w+ )?(?:delområde\w*|grundförutsättning\w*|strategi\w*)\b"),
)
"""What is asked for where it is somebody, or some place, and not a thing."""
PER: tuple[tuple[Subject, str], ...] = (
    (Subject.PERSON, rf"{_EACH} (?:person|ansvarig|medarbetare|ägare)\w*"),
    (Subject.ORGANISATION, rf"{_EACH} (?:organisation|kommun|förvaltning|enhet|mottagare|vårdcentral)\w*"),
    (Subject.NODE, rf"{_EACH} (?:delområde|grundförutsättning)\w*"),
    (Subject.STATUS, rf"{_EACH} (?:status|läge|fas)\w*"),
)
"""What things are counted by."""
