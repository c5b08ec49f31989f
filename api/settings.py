"""The settings: the only place that reads the environment. Everything below is handed frozen values.

`SETTINGS` lists every setting with what it means; a name that begins with `NARPLAN_` and is not in the list is refused,
so that a misspelt setting is noticed.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, ClassVar

from api.disclosure import Disclosure
from api.oidc.config import OidcConfig, is_safe_address, read_rules
from initiatives.allowance import Kind, Limits
from initiatives.errors import InvalidValue, NarplanError
from initiatives.retention import Retention
from retrieval.embedding import PRECISIONS, EmbeddingConfig
from retrieval.language import LanguageConfig
from retrieval.reranking import RerankingConfig

PREFIX = "NARPLAN_"


class BadSetting(NarplanError):
    """A setting has a value that cannot be used, or a name that nobody knows; `field` is the variable."""

    title: ClassVar[str] = "Fel i inställningarna"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be chosen when Närplan starts.

    `database_url` None means the embedded PostgreSQL in `home`. `owner_database_url` is used for migrations, backup and
    restore; None means the same as `database_url`. `trusted_proxies` are the addresses, parted by commas, whose word
    about https and the caller's address is taken; "*" is everyone's.
    `passwords` says whether Närplan's own passwords open.
    """

    home: Path
    database_url: str | None = None
    owner_database_url: str | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    port_is_chosen: bool = False
    trusted_proxies: str = "127.0.0.1"
    log_level: str = "info"
    passwords: bool = True
    oidc: OidcConfig = field(default_factory=OidcConfig)
    local_webhooks: bool = False
    limits: Limits = field(default_factory=Limits)
    disclosure: Disclosure | None = None
    embedding: EmbeddingConfig = field(default_factory=EmbeddingConfig)
    reranking: RerankingConfig = field(default_factory=RerankingConfig)
    language: LanguageConfig = field(default_factory=LanguageConfig)
    retention: Retention = field(default_factory=Retention)


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable: its name, what it means (Swedish), the default as shown to people, and how its text is used."""

    name: str
    meaning: str
    default: str
    apply: Callable[[Settings, str], Settings]
    secret: bool = False


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of the environment (that of the process when None); raises `BadSetting`."""
    environ = os.environ if environ is None else environ
    given = {name: value.strip() for name, value in environ.items() if name.startswith(PREFIX)}
    known = {setting.name for setting in SETTINGS}
    for name in given:
        if name not in known:
            raise BadSetting(f"Inställningen {name} finns inte. De som finns: {', '.join(sorted(known))}.", field=name)
    home = Path(given.get("NARPLAN_HOME") or default_home(environ)).expanduser().absolute()
    settings = Settings(home=home, embedding=EmbeddingConfig(cache=home / "cache"))
    for setting in SETTINGS:
        if value := given.get(setting.name):
            settings = setting.apply(settings, value)
    if settings.owner_database_url and not settings.database_url:
        raise BadSetting(
            "NARPLAN_OWNER_DATABASE_URL är satt men inte NARPLAN_DATABASE_URL. Ange båda, eller ingen.",
            field="NARPLAN_DATABASE_URL",
        )
    _check_sign_in(settings, given)
    return _require_both(settings)


def _check_sign_in(settings: Settings, given: Mapping[str, str]) -> None:
    """Refuse half a configuration of OpenID Connect, and one that would leave no way in."""
    chosen = [name for name, value in given.items() if name.startswith("NARPLAN_OIDC_") and value]
    for name in NEEDED_BY_OIDC:
        if chosen and not given.get(name):
            raise BadSetting(f"{chosen[0]} är satt men inte {name}. Ange båda, eller ingen.", field=name)
    if not settings.passwords and not settings.oidc.issuer:
        raise BadSetting(
            "Utan lösenord måste det finnas en annan väg in. Ange NARPLAN_OIDC_ISSUER eller ta bort NARPLAN_PASSWORDS.",
            field="NARPLAN_PASSWORDS",
        )


def default_home(environ: Mapping[str, str]) -> Path:
    """Return where data lies when nobody has said: in the clone that runs, otherwise in the user's data folder.

    A clone keeps its own, so that two clones never share a database and a deleted clone leaves nothing behind.
    """
    clone = Path(__file__).resolve().parents[1]
    if (clone / "pyproject.toml").is_file():
        return clone / ".narplan"
    return Path(environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "narplan"


def _whole_number(name: str, text: str, lowest: int, highest: int) -> int:
    if text.isascii() and text.isdigit() and lowest <= int(text) <= highest:
        return int(text)
    raise BadSetting(f"{name} ska vara ett heltal mellan {lowest} och {highest}, inte ”{text}”.", field=name)


def _choice(name: str, text: str, choices: tuple[str, ...]) -> str:
    if text.lower() in choices:
        return text.lower()
    raise BadSetting(f"{name} ska vara {', '.join(choices[:-1])} eller {choices[-1]}, inte ”{text}”.", field=name)


def _embedding(settings: Settings, **changes: Any) -> Settings:
    return replace(settings, embedding=replace(settings.embedding, **changes))


def _language(settings: Settings, **changes: Any) -> Settings:
    return replace(settings, language=replace(settings.language, **changes))


def _oidc(settings: Settings, **changes: Any) -> Settings:
    return replace(settings, oidc=replace(settings.oidc, **changes))


def _address(name: str, text: str) -> str:
    if is_safe_address(text):
        return text
    raise BadSetting(f"{name} ska vara en https-adress, inte ”{text}”.", field=name)


def _rules(settings: Settings, text: str) -> Settings:
    try:
        return _oidc(settings, rules=read_rules(Path(text).expanduser().absolute()))
    except InvalidValue as error:
        raise BadSetting(error.detail, field="NARPLAN_OIDC_RULES") from error


NEEDED_BY_OIDC = ("NARPLAN_OIDC_ISSUER", "NARPLAN_OIDC_CLIENT_ID", "NARPLAN_OIDC_RULES", "NARPLAN_PUBLIC_URL")


def _limits(settings: Settings, **changes: Any) -> Settings:
    return replace(settings, limits=replace(settings.limits, **changes))


def _limit(kind: Kind, meaning: str) -> Setting:
    name, field_name = f"{PREFIX}LIMIT_{kind.name}", kind.name.lower()
    return Setting(
        name,
        f"{meaning} 0 är ingen gräns.",
        str(Limits().of(kind)),
        lambda settings, text: _limits(settings, **{field_name: _whole_number(name, text, 0, 1_000_000)}),
    )


def _contact(settings: Settings, text: str) -> Settings:
    if not text.startswith(("mailto:", "https://")) or not text.isascii() or not text.isprintable() or " " in text:
        raise BadSetting(
            f"NARPLAN_SECURITY_CONTACT ska börja med mailto: eller https://, inte ”{text}”.",
            field="NARPLAN_SECURITY_CONTACT",
        )
    return replace(settings, disclosure=Disclosure(text, datetime.min.replace(tzinfo=UTC)))


def _expires(settings: Settings, text: str) -> Settings:
    try:
        day = datetime.combine(date.fromisoformat(text), time.max, UTC)
    except ValueError as error:
        raise BadSetting(
            f"NARPLAN_SECURITY_EXPIRES ska vara ett datum som 2027-11-22, inte ”{text}”.",
            field="NARPLAN_SECURITY_EXPIRES",
        ) from error
    return replace(settings, disclosure=replace(settings.disclosure or Disclosure("", day), expires=day))


def _require_both(settings: Settings) -> Settings:
    """Return the settings with the public address in the disclosure; raise `BadSetting` if it lacks a half."""
    found = settings.disclosure
    if found is None:
        return settings
    missing = None if found.contact else "NARPLAN_SECURITY_CONTACT"
    if found.expires.year == 1:
        missing = "NARPLAN_SECURITY_EXPIRES"
    if missing:
        raise BadSetting(
            f"{missing} är inte satt. Ange både vem som nås och till vilken dag det gäller.", field=missing
        )
    return replace(settings, disclosure=replace(found, public_address=settings.oidc.public_address))


def _kept(name: str, words: str) -> "Setting":
    """Return the setting for how many days something is kept; `NARPLAN_KEEP_SEEN_DAYS` fills in `seen_days`."""
    chosen, longest = name.removeprefix(f"{PREFIX}KEEP_").lower(), 36_500
    return Setting(
        name,
        f"Antal dagar som {words} sparas; därefter gallras de.",
        str(getattr(Retention(), chosen)),
        lambda settings, text: replace(
            settings, retention=replace(settings.retention, **{chosen: _whole_number(name, text, 1, longest)})
        ),
    )


LOG_LEVELS = ("debug", "info", "warning", "error")

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "NARPLAN_HOME",
        "Mapp för den inbyggda databasen och för det som kan räknas fram igen.",
        ".narplan i klonen, annars ~/.local/share/narplan",
        lambda settings, _: settings,
    ),
    Setting(
        "NARPLAN_DATABASE_URL",
        "Egen PostgreSQL (16 eller senare, med pgvector 0.8.4 eller senare) i stället för den inbyggda; "
        "adressen för programmets roll.",
        "den inbyggda databasen",
        lambda settings, text: replace(settings, database_url=text),
        secret=True,
    ),
    Setting(
        "NARPLAN_OWNER_DATABASE_URL",
        "Samma databas med ägarens roll, för migreringar, säkerhetskopia och återläsning.",
        "samma som NARPLAN_DATABASE_URL",
        lambda settings, text: replace(settings, owner_database_url=text),
        secret=True,
    ),
    Setting(
        "NARPLAN_HOST",
        "Nätverksadress att lyssna på; 0.0.0.0 är alla.",
        "127.0.0.1",
        lambda settings, text: replace(settings, host=text),
    ),
    Setting(
        "NARPLAN_PORT",
        "Port att lyssna på.",
        "8000",
        lambda settings, text: replace(
            settings, port=_whole_number("NARPLAN_PORT", text, 1, 65535), port_is_chosen=True
        ),
    ),
    Setting(
        "NARPLAN_TRUSTED_PROXIES",
        "Proxyer som får tala om att anropet kom över https: IP-adresser eller nät med komma emellan; * är alla.",
        "127.0.0.1",
        lambda settings, text: replace(settings, trusted_proxies=text),
    ),
    Setting(
        "NARPLAN_LOG_LEVEL",
        "Hur mycket som loggas: debug, info, warning eller error.",
        "info",
        lambda settings, text: replace(settings, log_level=_choice("NARPLAN_LOG_LEVEL", text, LOG_LEVELS)),
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
        lambda settings, text: _oidc(settings, public_address=_address("NARPLAN_PUBLIC_URL", text.rstrip("/"))),
    ),
    Setting(
        "NARPLAN_PASSWORDS",
        "Om Närplans egna lösenord släpper in: on eller off. off kräver OIDC.",
        "on",
        lambda settings, text: replace(settings, passwords=_choice("NARPLAN_PASSWORDS", text, ("on", "off")) == "on"),
    ),
    Setting(
        "NARPLAN_OIDC_ISSUER",
        "Inloggningstjänstens utfärdare enligt OpenID Connect, tecken för tecken som tjänsten själv skriver den.",
        "ingen: bara lösenord",
        lambda settings, text: _oidc(settings, issuer=_address("NARPLAN_OIDC_ISSUER", text)),
    ),
    Setting(
        "NARPLAN_OIDC_CLIENT_ID",
        "Närplans klient-id hos inloggningstjänsten.",
        "inget",
        lambda settings, text: _oidc(settings, client_id=text),
    ),
    Setting(
        "NARPLAN_OIDC_CLIENT_SECRET",
        "Klientens hemlighet, om den har en; PKCE används alltid.",
        "ingen",
        lambda settings, text: _oidc(settings, client_secret=text),
        secret=True,
    ),
    Setting(
        "NARPLAN_OIDC_RULES",
        "Fil i TOML som säger vilken grupp som ger vilken roll i vilken organisation.",
        "ingen",
        _rules,
    ),
    Setting(
        "NARPLAN_OIDC_NAME",
        "Vad kontot heter på knappen som man loggar in med.",
        "organisationens konto",
        lambda settings, text: _oidc(settings, name=text),
    ),
    Setting(
        "NARPLAN_OIDC_SCOPES",
        "Vad som begärs, med mellanslag emellan; openid är alltid med.",
        "openid profile email",
        lambda settings, text: _oidc(settings, scopes=tuple(dict.fromkeys(["openid", *text.split()]))),
    ),
    Setting(
        "NARPLAN_OIDC_EMAIL_CLAIM",
        "Uppgiften som har e-postadressen; punkter går nedåt i objekt.",
        "email",
        lambda settings, text: _oidc(settings, email_claim=text),
    ),
    Setting(
        "NARPLAN_OIDC_NAME_CLAIM",
        "Uppgiften som har namnet.",
        "name",
        lambda settings, text: _oidc(settings, name_claim=text),
    ),
    Setting(
        "NARPLAN_OIDC_GROUPS_CLAIM",
        "Uppgiften som har grupperna, till exempel realm_access.roles.",
        "groups",
        lambda settings, text: _oidc(settings, groups_claim=text),
    ),
    Setting(
        "NARPLAN_OIDC_EMAIL_VERIFIED",
        "claim kräver email_verified; always är för tjänster som bara har egna adresser och inte skickar uppgiften.",
        "claim",
        lambda settings, text: _oidc(
            settings,
            email_always_verified=_choice("NARPLAN_OIDC_EMAIL_VERIFIED", text, ("claim", "always")) == "always",
        ),
    ),
    Setting(
        "NARPLAN_WEBHOOKS_LOCAL",
        "on låter webhookar leda till den här datorn, också med http. Bara för utveckling.",
        "off",
        lambda settings, text: replace(
            settings, local_webhooks=_choice("NARPLAN_WEBHOOKS_LOCAL", text, ("on", "off")) == "on"
        ),
    ),
    Setting(
        "NARPLAN_SECURITY_CONTACT",
        "Vart man anmäler en säkerhetsbrist, som mailto: eller https:; visas i /.well-known/security.txt.",
        "ingen: filen finns inte",
        _contact,
    ),
    Setting(
        "NARPLAN_SECURITY_EXPIRES",
        "Till och med vilken dag den uppgiften gäller, högst ett år fram; krävs när den är satt.",
        "ingen",
        _expires,
    ),
    Setting(
        "NARPLAN_EMBEDDING_MODEL",
        "Modell för sökning på innebörd: bundled, en mapp, eller namnet på en modell för sentence-transformers.",
        "bundled",
        lambda settings, text: _embedding(settings, model=text),
    ),
    Setting(
        "NARPLAN_EMBEDDING_CACHE",
        "Mapp för modellens uppackade vikter; flera installationer kan dela den.",
        "cache i NARPLAN_HOME",
        lambda settings, text: _embedding(settings, cache=Path(text).expanduser().absolute()),
    ),
    Setting(
        "NARPLAN_EMBEDDING_THREADS",
        "Antal trådar som modellen räknar med.",
        "en för varje kärna",
        lambda settings, text: _embedding(settings, threads=_whole_number("NARPLAN_EMBEDDING_THREADS", text, 1, 1024)),
    ),
    Setting(
        "NARPLAN_EMBEDDING_PRECISION",
        f"Modellens räkneprecision: {', '.join(PRECISIONS)}.",
        "auto",
        lambda settings, text: _embedding(settings, precision=_choice("NARPLAN_EMBEDDING_PRECISION", text, PRECISIONS)),
    ),
    Setting(
        "NARPLAN_RERANKING_MODEL",
        "Modell som läser de bästa ställena en gång till (cross-encoder för sentence-transformers): mapp eller namn.",
        "ingen",
        lambda settings, text: replace(settings, reranking=RerankingConfig(text)),
    ),
    Setting(
        "NARPLAN_LANGUAGE_MODEL",
        "Språkmodell som formulerar svaren, till exempel openai:gpt-oss-120b; servern ska tala OpenAI:s protokoll.",
        "ingen: svaren hämtas ordagrant ur dokumenten",
        lambda settings, text: _language(settings, model=text),
    ),
    Setting(
        "NARPLAN_LANGUAGE_BASE_URL",
        "Modellserverns adress, till exempel http://localhost:8080/v1; krävs när en språkmodell är vald.",
        "ingen",
        lambda settings, text: _language(settings, base_url=text),
    ),
    Setting(
        "NARPLAN_LANGUAGE_API_KEY",
        "Nyckel till modellservern, om den kräver en.",
        "ingen",
        lambda settings, text: _language(settings, api_key=text),
        secret=True,
    ),
    Setting(
        "NARPLAN_LANGUAGE_DEADLINE",
        "Sekunder som språkmodellen får på sig för ett svar.",
        "20",
        lambda settings, text: _language(
            settings, deadline_seconds=float(_whole_number("NARPLAN_LANGUAGE_DEADLINE", text, 1, 600))
        ),
    ),
    Setting(
        "NARPLAN_LANGUAGE_MAX_TOKENS",
        "Hur långt svar modellen får skriva, tankar inräknade, i dess egna enheter.",
        "1500",
        lambda settings, text: _language(
            settings, max_tokens=_whole_number("NARPLAN_LANGUAGE_MAX_TOKENS", text, 50, 100_000)
        ),
    ),
    _kept("NARPLAN_KEEP_SEEN_DAYS", "noteringar om vem som har sett delade saker"),
    _kept("NARPLAN_KEEP_ASKED_DAYS", "noteringar om vem som har frågat vad"),
    _kept("NARPLAN_KEEP_CONVERSATION_DAYS", "samtal, räknat från den senaste frågan,"),
    _kept("NARPLAN_KEEP_SESSION_DAYS", "inloggningar, räknat från att de tog slut,"),
    _kept("NARPLAN_KEEP_GAP_DAYS", "obesvarade frågor"),
)
"""Every setting there is, in the order that the documentation shows them."""
