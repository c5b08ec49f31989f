"""The environment variables that say how Närplan runs: what each means, and how its text is read.

Where in `api.settings.Settings` a value comes to stand is the variable's `place`.
"""

from dataclasses import dataclass

from api import readings
from initiatives.allowance import Kind, Limits
from initiatives.retention import Retention
from retrieval.embedding import PRECISIONS

PREFIX = "NARPLAN_"


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable: its name, what it means (Swedish) and the default as shown to people.

    `place` is the field that it fills in, with a full stop before that of a part, and `read` how its text is read.
    """

    name: str
    meaning: str
    default: str
    place: str
    read: readings.Read = readings.plain


def _limit(kind: Kind, meaning: str) -> Setting:
    name, place = f"{PREFIX}LIMIT_{kind.name}", f"limits.{kind.name.lower()}"
    return Setting(
        name, f"{meaning} 0 är ingen gräns.", str(Limits().of(kind)), place, readings.whole_number(0, 1_000_000)
    )


def _kept(name: str, words: str) -> Setting:
    """Return the setting for how many days something is kept; `NARPLAN_KEEP_SEEN_DAYS` fills in `seen_days`."""
    chosen = name.removeprefix(f"{PREFIX}KEEP_").lower()
    meaning, default = f"Antal dagar som {words} sparas; därefter gallras de.", str(getattr(Retention(), chosen))
    return Setting(name, meaning, default, f"retention.{chosen}", readings.whole_number(1, 36_500))


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "NARPLAN_HOME",
        "Mapp för den inbyggda databasen och för det som kan räknas fram igen.",
        ".narplan i klonen, annars ~/.local/share/narplan",
        "home",
        readings.folder,
    ),
    Setting(
        "NARPLAN_DATABASE_URL",
        "Egen PostgreSQL (16 eller senare, med pgvector 0.8.4 eller senare) i stället för den inbyggda; "
        "adressen för programmets roll.",
        "den inbyggda databasen",
        "database_url",
    ),
    Setting(
        "NARPLAN_OWNER_DATABASE_URL",
        "Samma databas med ägarens roll, för migreringar, säkerhetskopia och återläsning.",
        "samma som NARPLAN_DATABASE_URL",
        "owner_database_url",
    ),
    Setting("NARPLAN_HOST", "Nätverksadress att lyssna på; 0.0.0.0 är alla.", "127.0.0.1", "host"),
    Setting("NARPLAN_PORT", "Port att lyssna på.", "8000", "port", readings.whole_number(1, 65535)),
    Setting(
        "NARPLAN_TRUSTED_PROXIES",
        "Proxyer som får tala om varifrån anropet kom och att det kom över https: IP-adresser eller nät med komma "
        "emellan; * är alla.",
        "127.0.0.1",
        "trusted_proxies",
        readings.proxies,
    ),
    Setting(
        "NARPLAN_LOG_LEVEL",
        "Hur mycket som loggas: debug, info, warning eller error.",
        "info",
        "log_level",
        readings.choice("debug", "info", "warning", "error"),
    ),
    _limit(Kind.QUESTIONS, "Frågor per minut för varje person eller nyckel."),
    _limit(Kind.WRITES, "Ändringar per minut för varje person eller nyckel."),
    _limit(Kind.READS, "Andra anrop per minut för varje person eller nyckel, eller för varje adress utan inloggning."),
    _limit(Kind.SIGN_IN, "Inloggningar per minut från varje adress."),
    _limit(Kind.REFUSED, "Anrop per minut med ogiltig API-nyckel från varje adress."),
    Setting(
        "NARPLAN_PUBLIC_URL",
        "Adressen som webbläsare når Närplan på, till exempel https://narplan.region.example.se; krävs med OIDC.",
        "ingen",
        "oidc.public_address",
        lambda name, text: readings.address(name, text.rstrip("/")),
    ),
    Setting(
        "NARPLAN_PASSWORDS",
        "Om Närplans egna lösenord släpper in: on eller off. off kräver OIDC.",
        "on",
        "passwords",
        readings.either("on", "off"),
    ),
    Setting(
        "NARPLAN_OIDC_ISSUER",
        "Inloggningstjänstens utfärdare enligt OpenID Connect, tecken för tecken som tjänsten själv skriver den.",
        "ingen: bara lösenord",
        "oidc.issuer",
        readings.address,
    ),
    Setting("NARPLAN_OIDC_CLIENT_ID", "Närplans klient-id hos inloggningstjänsten.", "inget", "oidc.client_id"),
    Setting(
        "NARPLAN_OIDC_CLIENT_SECRET",
        "Klientens hemlighet, om den har en; PKCE används alltid.",
        "ingen",
        "oidc.client_secret",
    ),
    Setting(
        "NARPLAN_OIDC_RULES",
        "Fil i TOML som säger vilken grupp som ger vilken roll i vilken organisation.",
        "ingen",
        "oidc.rules",
        readings.rules,
    ),
    Setting(
        "NARPLAN_OIDC_NAME", "Vad kontot heter på knappen som man loggar in med.", "organisationens konto", "oidc.name"
    ),
    Setting(
        "NARPLAN_OIDC_SCOPES",
        "Vad som begärs, med mellanslag emellan; openid är alltid med.",
        "openid profile email",
        "oidc.scopes",
        lambda _, text: tuple(dict.fromkeys(["openid", *text.split()])),
    ),
    Setting(
        "NARPLAN_OIDC_EMAIL_CLAIM",
        "Uppgiften som har e-postadressen; punkter går nedåt i objekt.",
        "email",
        "oidc.email_claim",
    ),
    Setting("NARPLAN_OIDC_NAME_CLAIM", "Uppgiften som har namnet.", "name", "oidc.name_claim"),
    Setting(
        "NARPLAN_OIDC_GROUPS_CLAIM",
        "Uppgiften som har grupperna, till exempel realm_access.roles.",
        "groups",
        "oidc.groups_claim",
    ),
    Setting(
        "NARPLAN_OIDC_EMAIL_VERIFIED",
        "claim kräver email_verified; always är för tjänster som bara har egna adresser och inte skickar uppgiften.",
        "claim",
        "oidc.email_always_verified",
        readings.either("always", "claim"),
    ),
    Setting(
        "NARPLAN_WEBHOOKS_LOCAL",
        "on låter webhookar och hämtställen leda till den här datorn, också med http. Bara för utveckling.",
        "off",
        "local_webhooks",
        readings.either("on", "off"),
    ),
    Setting(
        "NARPLAN_WATCH",
        "Mapp som bevakas: filer som läggs där läses in av sig själva, som interna dokument.",
        "ingen",
        "watch",
        readings.folder,
    ),
    Setting(
        "NARPLAN_FETCH_HOURS",
        "Hur många timmar det går mellan gångerna som ett hämtställe på webben ses efter.",
        "24",
        "fetch_hours",
        readings.whole_number(1, 8_760),
    ),
    Setting(
        "NARPLAN_SECURITY_CONTACT",
        "Vart man anmäler en säkerhetsbrist, som mailto: eller https:; visas i /.well-known/security.txt.",
        "ingen: filen finns inte",
        "security_contact",
        readings.contact,
    ),
    Setting(
        "NARPLAN_SECURITY_EXPIRES",
        "Till och med vilken dag den uppgiften gäller, högst ett år fram; krävs när den är satt.",
        "ingen",
        "security_expires",
        readings.last_instant,
    ),
    Setting(
        "NARPLAN_EMBEDDING_MODEL",
        "Modell för sökning på innebörd: bundled, en mapp, eller namnet på en modell för sentence-transformers.",
        "bundled",
        "embedding.model",
    ),
    Setting(
        "NARPLAN_EMBEDDING_CACHE",
        "Mapp för modellens uppackade vikter; flera installationer kan dela den.",
        "cache i NARPLAN_HOME",
        "embedding.cache",
        readings.folder,
    ),
    Setting(
        "NARPLAN_EMBEDDING_THREADS",
        "Antal trådar som modellen räknar med.",
        "en för varje kärna",
        "embedding.threads",
        readings.whole_number(1, 1024),
    ),
    Setting(
        "NARPLAN_EMBEDDING_PRECISION",
        f"Modellens räkneprecision: {', '.join(PRECISIONS)}.",
        "auto",
        "embedding.precision",
        readings.choice(*PRECISIONS),
    ),
    Setting(
        "NARPLAN_RERANKING_MODEL",
        "Modell som läser de bästa ställena en gång till (cross-encoder för sentence-transformers): mapp eller namn.",
        "ingen",
        "reranking.model",
    ),
    Setting(
        "NARPLAN_LANGUAGE_MODEL",
        "Språkmodell som formulerar svaren, till exempel openai:gpt-oss-120b; servern ska tala OpenAI:s protokoll.",
        "ingen: svaren hämtas ordagrant ur dokumenten",
        "language.model",
    ),
    Setting(
        "NARPLAN_LANGUAGE_BASE_URL",
        "Modellserverns adress, till exempel http://localhost:8080/v1; krävs när en språkmodell är vald.",
        "ingen",
        "language.base_url",
    ),
    Setting(
        "NARPLAN_LANGUAGE_API_KEY",
        "Nyckel till modellservern, om den kräver en.",
        "ingen",
        "language.api_key",
    ),
    Setting(
        "NARPLAN_LANGUAGE_DEADLINE",
        "Sekunder som språkmodellen får på sig för ett svar.",
        "20",
        "language.limits.seconds",
        readings.whole_number(1, 600),
    ),
    Setting(
        "NARPLAN_LANGUAGE_MAX_TOKENS",
        "Hur långt svar modellen får skriva, tankar inräknade, i dess egna enheter.",
        "1500",
        "language.limits.written",
        readings.whole_number(50, 100_000),
    ),
    Setting(
        "NARPLAN_LANGUAGE_MAX_PROMPT",
        "Hur mycket som får skickas till modellen för ett svar, alla anrop tillsammans, i dess egna enheter.",
        "30000",
        "language.limits.sent",
        readings.whole_number(1_000, 1_000_000),
    ),
    Setting(
        "NARPLAN_LANGUAGE_CONCURRENCY",
        "Svar som modellen skriver på samtidigt, i hela installationen. Den som kommer sist får svaret ur dokumenten "
        "genast. 0 är ingen gräns.",
        "4",
        "language.limits.at_once",
        readings.whole_number(0, 1_000),
    ),
    Setting(
        "NARPLAN_LANGUAGE_CONCURRENCY_PERSON",
        "Svar som modellen skriver på samtidigt åt en person eller nyckel. 0 är ingen gräns.",
        "2",
        "language.limits.at_once_each",
        readings.whole_number(0, 1_000),
    ),
    Setting(
        "NARPLAN_LANGUAGE_PRICE_IN",
        "Vad det kostar att skicka en miljon enheter till modellen, i öre.",
        "0",
        "language.limits.price_sent",
        readings.whole_number(0, 10_000_000),
    ),
    Setting(
        "NARPLAN_LANGUAGE_PRICE_OUT",
        "Vad en miljon enheter som modellen skriver kostar, i öre.",
        "0",
        "language.limits.price_written",
        readings.whole_number(0, 10_000_000),
    ),
    Setting(
        "NARPLAN_LANGUAGE_DAY",
        "Kronor som modellen får kosta per dygn; sedan hämtas svaren ur dokumenten. Kräver båda priserna. "
        "0 är ingen gräns.",
        "0",
        "language.limits.day",
        readings.whole_number(0, 1_000_000),
    ),
    Setting(
        "NARPLAN_LANGUAGE_DAY_PERSON",
        "Kronor som modellen får kosta per dygn för en person eller nyckel. Kräver båda priserna. 0 är ingen gräns.",
        "0",
        "language.limits.day_each",
        readings.whole_number(0, 1_000_000),
    ),
    Setting(
        "NARPLAN_LANGUAGE_TOOLS",
        "on låter språkmodellen söka i dokumenten och fråga registret, med den frågandes rättigheter, när Närplan inte "
        "är säkert på svaret; servern ska kunna verktyg. Då skickas också frågor som annars hade avböjts.",
        "off",
        "language.tools",
        readings.either("on", "off"),
    ),
    _kept("NARPLAN_KEEP_SEEN_DAYS", "noteringar om vem som har sett delade saker"),
    _kept("NARPLAN_KEEP_ASKED_DAYS", "noteringar om vem som har frågat vad"),
    _kept("NARPLAN_KEEP_CONVERSATION_DAYS", "samtal, räknat från den senaste frågan,"),
    _kept("NARPLAN_KEEP_SESSION_DAYS", "inloggningar, räknat från att de tog slut,"),
    _kept("NARPLAN_KEEP_GAP_DAYS", "obesvarade frågor"),
)
"""Every setting there is, in the order that the documentation shows them."""
