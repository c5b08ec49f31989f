"""The words that questions to the register are made of, and those that their misspellings are mended to. Data."""

from __future__ import annotations

import re
from functools import lru_cache

from retrieval.analysis import STOP_WORDS
from retrieval.lexicon import Lexicon, lexicon


def words(text: str) -> frozenset[str]:
    """The words of a text, each once."""
    return frozenset(text.split())


SIMPLE = STOP_WORDS | words(
    """
    sen just rätt bra dag dagens idag egentligen jo ja nej hej tack snälla mig dig säga säg berätta undrar undra
    veta vet visa lista räkna nämn gäller gällde heter hette kallas står stod totalt sammanlagt tillsammans
    registret register registrets närplan planen plan systemet fortfarande redan ännu nästa stora stort stor del
    olika samma själva alltså dock juste ju väl nog kanske snabbt kort ordning saker sak grejer lite innan före ner
    ned igen hela helt sist datum dagar dagarna dem dom sådana sådant ens ihop länet nära pr långt länge ofta tid
    tiden pågår hör hörs tillhör ingår ligger berör rör handlar inriktade kopplade kopplat knutna knutet knuten
    finansieras fått fick gått gick gjort gjorts gjordes håller blivit räcker kronor kr mnkr mkr tkr miljoner miljon
    procent nivå nivån senaste siffran siffror värdet värde värden utfall utfallet mätt mäta mättes uppmätt
    utveckling utvecklas utvecklats trend resultat resultatet väntas väntad väntade förväntas förväntad belopp
    beloppet pengar pengarna medel medlen summa summan budget budgeten budgeterat budgeterade kostar kosta kostnad
    kostnaden kostnader ekonomi ekonomin avsatt avsatts avsattes avsätts tilldelats tilldelat delats delas dras tas
    används användas disponerar utgör uppgår åt åren månaden månad månader veckan vecka kvartal halvår o å ur genast
    framlagd emot hände fungerar funkar jobbar arbetar arbetas sköter handlägger betalar satsar satsas satsat
    satsats lagt läggs lägger fördelas fördelat beräknas planeras planerat planerade kommit tog togs lämnas lämnats
    lämnar skickas skickats tänkt hinner hunnit behöver behövs ansvarade bestämt bestämts sagt sägs tro tror hitta
    hittar finna titta kolla kollar kika kunde borde gett gav givit givet given ställt sett ser nuläget nuläge
    fattades fattat fattats fattas utvecklingen förändringen haft göras någonting allting genomsnitt inne hittills
    ange angiv redovisa lista infaller infallit hamna hamnar hamnat hamnade bedömning bedömningen bedömd bedöms full
    inför gånger jul julen program programmet sammantaget läget läge status statusen person personer namn namnet kallad
    """
)
"""Words that shape a question and name nothing that the register could have."""
FRAME = words(
    """
    fråga fundera önska vilja ville velat tänka tänkte begära efterfråga hjälpa hälsning hälsningar tackar hejsan
    hallå
    morgon kväll ursäkta förlåt gärna vänlig vänligen snäll ta tog tagit fram plocka hämta skicka lämna skriva
    redogöra
    beskriva förklara svara visa presentera sammanställa summera redovisning översikt överblick uppdatering besked
    information upplysning uppgift koll grepp lägesbild kunna orka hinna låta verka finnas existera innehålla ingå
    omfatta inbegripa följa bevaka hantera driva bedriva sköta leda styra genomföra verkställa utföra arbeta jobba
    syssla
    engagera delta medverka stödja bidra kräva behöva erfordra saknas fattas krävas bestämma besluta fastställa
    anta godkänna klubba föreslå lämna inkomma komma kommit hända inträffa ske skedde skett pågå fortgå löpa återstå
    kvarstå resterar betala utbetala finansiera kosta satsa investera lägga lade lagt anslå anvisa budgetera avsätta
    fördela tilldela bevilja dela disponera nyttja utnyttja använda förbruka spendera bruka räcka täcka dra drog
    dragit
    ökning minskning öka minska stiga sjunka växa förbättra försämra utvecklas förändra ändra uppdatera lägga
    tillkomma
    försvinna flytta överföra omföra spara besparing effekt vinst vinna tjäna gälla avse handla beröra röra knyta
    koppla
    tillhöra höra sortera ligga placera befinna vänta avvakta dröja skjuta stå stod stått sitta ha hava få fick
    fått bli
    blev blivit heta kalla nämna peka exakt ungefär cirka ca typ faktiskt verkligen egentligen fortfarande möjligen
    eventuellt eventuell någonsin aldrig alltid ofta redan snart först sist hittills bland ihop sammanlagt totalt
    vardera
    respektive varav därav övrig övriga resten enda annan annat flera fler flest färre färst ytterligare till hel hela
    helt del delvis antal mängd storlek nivå kronor krona pengar peng medel belopp summa andel procent värde siffra
    tal
    tabell förteckning uppställning rapport ansvar jobb uppgift bord hand händer person personer medarbetare
    kollega chef projektledare aktuell nuvarande befintlig tidigare senare föregående kommande ny gammal nytt senaste
    dags läge nuläge status skick frågan ärlig kort enkelt snabbt bra dåligt god illa väl okej ok fel rätt håll
    riktning
    tillräcklig nöjd orolig problem hinder risk orsak anledning skäl beror bero motivering varför därför vart
    registrera registrerad registrerade inlagd inlagda lagrad upplagd dokumenterad uppskattad beräknad väntad planerad
    tänkt avsedd berörd inblandad involverad vårt våra era ert eran deras hans hennes dess själv egen eget egna
    samtliga varenda ena båda bägge vardera varsin hos ifrån bakom framför utöver förutom exklusive inklusive inkl
    exkl
    större mindre längre kortare högre lägre dyrare billigare igenom alltså därmed dessutom kom kommit fanns
    funnits ryms rymmas öppen öppet öppna stängd stängt landet riket nationellt överskridet
    överskriden diarienummer diarienumret antogs antog antagits falla föll fallit säger sa sade säg jämföra
    jämförelse jämförd åtminstone följs innebar
    innebära betyder betytt ej gör göra gjorde gjort görs gjordes går gick gått ge gav gett ställa sätta satt se
    såg sett höra hört veta visste
    kolla stämma stämmer riktigt sant korrekt påstå sagt någonstans där här dit hit
    """
)
"""Ordinary words that may stand around anything that is asked; a word of the same base form is one too."""
SMALL = words("ur åt hos om inom samma inför")
"""Words in names that say nothing, and are no stop words."""
SHORT = {
    "mkt": "mycket",
    "o": "och",
    "ngn": "någon",
    "ngt": "något",
    "ngra": "några",
    "fn": "nu",
    "iom": "med",
    "ar": "är",
    "nar": "när",
    "far": "får",
    "pa": "på",
    "sa": "så",
    "ansv": "ansvarig",
    "e": "är",
    "me": "med",
    "t": "till",
    "mycke": "mycket",
    "dnr": "diarienummer",
    "ssk": "sjuksköterska",
    "vc": "vårdcentral",
    "vct": "vårdcentral",
    "init": "initiativ",
    "beslutsdat": "beslutsdatum",
    "resp": "respektive",
    "bel": "belopp",
    "dl": "deadline",
    "psyk": "psykisk",
    "statsbidr": "statsbidrag",
    "förf": "förfogandeanslag",
    "m": "med",
    "vs": "jämfört med",
    "ms": "milstolpar",
    "dgr": "dagar",
    "ggr": "gånger",
    "what’s": "vad",
    "what's": "vad",
    "whats": "vad",
    "mej": "mig",
    "nåt": "något",
    "nån": "någon",
    "nåra": "några",
    "va": "vad",
    "å": "och",
}
"""Words as they are shortened, or typed without dots where that could be two words."""
PHRASE = {
    "bl.a.": "bland annat",
    "bl a": "bland annat",
    "t.ex.": "till exempel",
    "t ex": "till exempel",
    "m.m.": "",
    "m m": "",
    "dvs.": "",
    "tom.": "till och med",
    "t.o.m.": "till och med",
    "t o m": "till och med",
    "f.o.m.": "från och med",
    "fr.o.m.": "från och med",
    "fr o m": "från och med",
    "f.n.": "just nu",
    "f n": "just nu",
    "o.s.v.": "",
    "osv.": "",
    "kl.": "",
    "st.": "",
    "ca.": "cirka",
    "nr.": "nummer",
    "p.g.a.": "på grund av",
    "pga": "på grund av",
    "i samb m": "i samband med",
    "ligger på is": "är pausat",
    "är lagt på is": "är pausat",
    "lagts på is": "pausats",
    "lades på is": "pausades",
    "inom nära vård": "",
    "inom nära vården": "",
    "inom närsjukvården": "",
    "har koll på": "ansvarar för",
    "tar hand om": "har hand om",
    "going loss": "kostar",
    "går loss på": "kostar",
    "gick loss på": "kostar",
    "ligger på för belopp": "kostar",
    "miljonerna": "miljoner",
    "miljonernas": "miljoner",
    "due date": "deadline",
    "how much": "hur mycket",
    "how many": "hur många",
    "who is": "vem är",
    "responsible for": "ansvarig för",
    "owner of": "ansvarig för",
}
"""Several words that mean one of the grammar's, and what they are read as."""
PHRASES = re.compile("|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in sorted(PHRASE, key=len, reverse=True)))
SPELLED = words(
    """
    initiativ initiativet initiativen uppdrag uppdraget uppdragen attsats att-satser att-satserna anslag anslaget
    anslagen statsbidrag statsbidraget statsbidragen bidrag bidraget åtgärd åtgärder åtgärden åtgärderna fördelning
    fördelningen indikator indikatorn indikatorer indikatorerna milstolpe milstolpen milstolpar milstolparna ärende
    ärendet ärenden ärendena beslut beslutet besluten delområde delområdet delområden täckning tilldelning
    tilldelningar överenskommelse överenskommelsen överenskommelser hur många antal kvar återstår ansvarig ansvarar
    ansvariga ägare äger när slutdatum startdatum deadline status läget presenterad presenterat redovisad redovisade
    redovisas redovisning redovisningar redovisningen rapporterad rapporterat återrapporterad återrapporterade
    återrapporterat genomförd påbörjad påbörjade störst största högst dyrast dyraste minst minsta lägst billigast
    ändrat ändrats ändringar förändrats varför försenad försenade försenat pågår pågående beslutade beslutad
    beslutat föreslagna förslag föreslagits pausad pausade pausat avslutad avslutade avslutat avbrutna avbrutet
    avbruten rekvirera rekvireras rekvirering utbetalning utbetalningar handlingsplan målet budget budgeten
    budgeterat väntas prioriterade prioriterat saknar saknas utan vilka vilken vilket vem kostar kostnad belopp
    mycket sedan senaste nästa förra månaden veckan kvartalet halvåret år året före innan årsskiftet januari
    februari mars april maj juni juli augusti september oktober november december hösten våren sommaren vintern
    närmaste kommande idag kommun kommunen kommuner kommunerna organisation leder leds projekt projektet insats
    insatser satsning pengar summa sammanlagt tillsammans finansiering rapport på får går så är än då också över
    målvärde uppfyller når ligger såg läge startar börjar öppnar slutar klar klart klara färdig färdigt förfaller
    senast tidsgräns delas delar utlysning utlysningen ansökan ansökningar lägesrapport lägesrapporten prognos
    återbetalningstid återbetalningstiden dialogmöte möte möten avtal diarienummer förvaltning kostnader
    """
)
"""Words that misspellings and words without å, ä and ö are mended to."""


@lru_cache(maxsize=1)
def _frame() -> frozenset[str]:
    return frozenset(lexicon().base(word) for word in FRAME)


def is_frame(folded: str) -> bool:
    """Whether a folded word is one that may stand around anything that is asked, in any of its forms."""
    return folded in FRAME or lexicon().base(folded) in _frame()


@lru_cache(maxsize=50_000)
def is_verb(folded: str) -> bool:
    """Whether a folded word is a form of a verb, by the forms that the word list has of it beside its infinitive."""
    known = lexicon()
    for base in known.infinitives(folded):
        stem = base[:-1]
        if {f"{base}r", f"{base}de"} <= _in(known, (f"{base}r", f"{base}de")):
            return True
        if f"{stem}er" in known and (f"{stem}te" in known or f"{stem}de" in known):
            return True
    return False


def _in(known: Lexicon, forms: tuple[str, ...]) -> set[str]:
    return {form for form in forms if form in known}
