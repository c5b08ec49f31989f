"""The words that questions to the register are made of, and those that their misspellings are mended to. Data."""

from __future__ import annotations

from retrieval.analysis import STOP_WORDS


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
    sammantaget läget läge status statusen person personer namn namnet kallad
    """
)
"""Words that shape a question and name nothing that the register could have."""
SMALL = words("ur åt hos om inom samma")
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
}
"""Words as they are shortened, or typed without dots where that could be two words."""
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
    senast tidsgräns delas delar
    """
)
"""Words that misspellings and words without å, ä and ö are mended to."""
