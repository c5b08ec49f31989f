"""The settings: the only place that reads the environment. Everything below is handed frozen values.

`api.variables` lists every setting with what it means; a name that begins with `NARPLAN_` and is not in the list is
refused, so that a misspelt setting is noticed.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from api.disclosure import Disclosure
from api.oidc.config import OidcConfig
from api.readings import BadSetting, folder
from api.variables import PREFIX, SETTINGS
from initiatives.allowance import Limits
from initiatives.retention import Retention
from retrieval.embedding import EmbeddingConfig
from retrieval.language import LanguageConfig
from retrieval.reranking import RerankingConfig

NEEDED_BY_OIDC = ("NARPLAN_OIDC_ISSUER", "NARPLAN_OIDC_CLIENT_ID", "NARPLAN_OIDC_RULES", "NARPLAN_PUBLIC_URL")
PRICES = ("NARPLAN_LANGUAGE_PRICE_IN", "NARPLAN_LANGUAGE_PRICE_OUT")
NEEDED = {
    "NARPLAN_OWNER_DATABASE_URL": ("NARPLAN_DATABASE_URL",),
    "NARPLAN_SECURITY_CONTACT": ("NARPLAN_SECURITY_EXPIRES",),
    "NARPLAN_SECURITY_EXPIRES": ("NARPLAN_SECURITY_CONTACT",),
    **dict.fromkeys(("NARPLAN_LANGUAGE_DAY", "NARPLAN_LANGUAGE_DAY_PERSON"), PRICES),
}
"""What a setting says nothing without."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be chosen when Närplan starts.

    `database_url` None means the embedded PostgreSQL in `home`. `owner_database_url` is used for migrations, backup and
    restore; None means the same as `database_url`. `trusted_proxies` are the addresses, parted by commas, whose word
    about https and the caller's address is taken; "*" is everyone's.
    `passwords` says whether Närplan's own passwords open. `watch` is a folder whose files are read in as they come, and
    `fetch_hours` how often addresses of documents are looked at.
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
    watch: Path | None = None
    fetch_hours: int = 24
    limits: Limits = field(default_factory=Limits)
    security_contact: str = ""
    security_expires: datetime | None = None
    embedding: EmbeddingConfig = field(default_factory=EmbeddingConfig)
    reranking: RerankingConfig = field(default_factory=RerankingConfig)
    language: LanguageConfig = field(default_factory=LanguageConfig)
    retention: Retention = field(default_factory=Retention)

    @property
    def disclosure(self) -> Disclosure | None:
        """Return where to report a weakness, or None when nobody is named."""
        if self.security_expires is None:
            return None
        return Disclosure(self.security_contact, self.security_expires, self.oidc.public_address)


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of the environment (that of the process when None); raises `BadSetting`."""
    environ = os.environ if environ is None else environ
    given = {name: value.strip() for name, value in environ.items() if name.startswith(PREFIX)}
    known = {setting.name for setting in SETTINGS}
    for name in given:
        if name not in known:
            raise BadSetting(f"Inställningen {name} finns inte. De som finns: {', '.join(sorted(known))}.", field=name)
    home = folder("NARPLAN_HOME", given.get("NARPLAN_HOME") or str(default_home(environ)))
    settings = Settings(
        home=home,
        port_is_chosen=bool(given.get("NARPLAN_PORT")),
        embedding=EmbeddingConfig(cache=home / "cache"),
    )
    for setting in SETTINGS:
        if text := given.get(setting.name):
            settings = _placed(settings, setting.place, setting.read(setting.name, text))
    _refuse_halves(given)
    if not settings.passwords and not settings.oidc.issuer:
        raise BadSetting(
            "Utan lösenord måste det finnas en annan väg in. Ange NARPLAN_OIDC_ISSUER eller ta bort NARPLAN_PASSWORDS.",
            field="NARPLAN_PASSWORDS",
        )
    return settings


def _placed(whole: Any, place: str, value: object) -> Any:
    outer, _, inner = place.partition(".")
    return replace(whole, **{outer: _placed(getattr(whole, outer), inner, value) if inner else value})


def _refuse_halves(given: Mapping[str, str]) -> None:
    """Raise `BadSetting` for what is set without what it needs."""
    needed = {**NEEDED, **dict.fromkeys((name for name in given if name.startswith("NARPLAN_OIDC_")), NEEDED_BY_OIDC)}
    for chosen, others in needed.items():
        for name in others:
            if given.get(chosen) and not given.get(name):
                raise BadSetting(f"{chosen} är satt men inte {name}. Ange båda, eller ingen.", field=name)


def default_home(environ: Mapping[str, str]) -> Path:
    """Return where data lies when nobody has said: in the clone that runs, otherwise in the user's data folder.

    A clone keeps its own, so that two clones never share a database and a deleted clone leaves nothing behind.
    """
    clone = Path(__file__).resolve().parents[1]
    if (clone / "pyproject.toml").is_file():
        return clone / ".narplan"
    return Path(environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "narplan"
