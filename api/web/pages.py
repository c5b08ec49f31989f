"""What every page shares: the template engine, the words and shapes of states, and the security headers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Request
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Template
from litestar.template import TemplateConfig

from api.auth import MEMBERSHIPS
from api.web import assets
from initiatives import swedish
from initiatives.access import Role, Viewer, may_administer, may_write, sees_all
from initiatives.activity import ActivityRow
from initiatives.people import MembershipRow
from initiatives.reports import Health
from initiatives.roles import GIVEN
from initiatives.workflow import Status

HERE = Path(__file__).parent

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
SECURITY_HEADERS = {"Content-Security-Policy": CONTENT_SECURITY_POLICY}
"""What a page says for itself; `api.headers` says the rest of every answer."""

ROLE_NAMES = {
    Role.ADMINISTRATOR: "Administratör",
    Role.READER: "Läsare",
    Role.PROGRAMME_GROUP: "Programgruppen",
    Role.POLITICIAN: "Förtroendevald",
    Role.PARTNER: "Kommunpartner",
    Role.SYSTEM: "Systemet",
}


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is shown: a word, a shape and a tone (the colour), always the three together."""

    word: str
    shape: str
    tone: str


INITIATIVE_LOOKS = {
    Status.PROPOSED: Look("Förslag", "dotted", "plain"),
    Status.DECIDED: Look("Beslutat", "ring", "calm"),
    Status.ONGOING: Look("Pågår", "half", "accent"),
    Status.PAUSED: Look("Pausat", "pause", "warn"),
    Status.FINISHED: Look("Avslutat", "check", "good"),
    Status.CANCELLED: Look("Avbrutet", "cross", "bad"),
}
HEALTH_LOOKS = {
    Health.ON_PLAN: Look("Enligt plan", "check", "good"),
    Health.AT_RISK: Look("Risk", "warning", "warn"),
    Health.LATE: Look("Försenat", "cross", "bad"),
}
KIND_LOOKS = {
    "Beslut": Look("Beslut", "square", "accent"),
    "Protokoll": Look("Protokoll", "square", "accent"),
    "Förslag": Look("Förslag", "dotted", "warn"),
    "Information": Look("Information", "info", "calm"),
}
"""The kinds of document whose weight must be seen at once: a proposal never looks like a decision."""
VISIBILITY_LOOKS = {
    "public": Look("Offentlig", "globe", "plain"),
    "internal": Look("Intern", "lock", "plain"),
}


def signed_in(request: Request[Any, Any, Any]) -> Viewer | None:
    """Return the person who asks for the page, or None when nobody is signed in."""
    user = request.scope.get("user")
    return user if isinstance(user, Viewer) else None


def home(person: Viewer | None) -> str:
    """Return the address where the person lands: Läget, Fråga, or what is shared with them if that is all they see."""
    if person is None:
        return "/logga-in"
    if may_write(person):
        return "/laget"
    return "/" if sees_all(person) else "/delat"


OF_THE_REGION = (
    ("/", "Fråga"),
    ("/laget", "Läget"),
    ("/initiativ", "Initiativ"),
    ("/beslut", "Beslut"),
    ("/pengar", "Pengar"),
    ("/arshjul", "Årshjul"),
    ("/uppfoljning", "Uppföljning"),
    ("/dokument", "Dokument"),
    ("/dialog", "Dialog"),
)
"""The main menu of those who see the whole register."""
OF_PARTNERS = (
    ("/delat", "Delat med oss"),
    ("/", "Fråga"),
    ("/arshjul", "Årshjul"),
    ("/dialog", "Dialog"),
)
"""The main menu of those who see what is shared with them."""


def navigation(person: Viewer) -> tuple[tuple[str, str], ...]:
    """Return address and name of the pages in the person's main menu."""
    if not sees_all(person):
        return OF_PARTNERS
    more = (("/personer", "Personer"),) if person.role in GIVEN else ()
    log = (("/logg", "Logg"),) if may_administer(person) else ()
    return (*OF_THE_REGION, *more, *log)


def elsewhere(request: Request[Any, Any, Any]) -> Sequence[MembershipRow]:
    """Return the memberships that the one who asks for the page can switch to."""
    return [one for one in _own(request) if not _is_acted_in(request, one)]


def acting_in(request: Request[Any, Any, Any]) -> str:
    """Return the name of the organisation that the one who asks for the page acts in, empty for none."""
    return next((one.organisation for one in _own(request) if _is_acted_in(request, one)), "")


def _own(request: Request[Any, Any, Any]) -> Sequence[MembershipRow]:
    own: Sequence[MembershipRow] = request.scope["state"].get(MEMBERSHIPS, ())
    return own


def _is_acted_in(request: Request[Any, Any, Any], membership: MembershipRow) -> bool:
    person = signed_in(request)
    return person is not None and membership.id == person.membership_id


UNDER = {"/": ("/samtal", "/luckor"), "/uppfoljning": ("/historik", "/rapport")}
"""Addresses of pages that belong under a menu entry though they do not begin with its address."""


def is_here(request: Request[Any, Any, Any], address: str) -> bool:
    """Tell whether the page asked for belongs under the menu entry with this address."""
    path = request.url.path
    if path == address or path.startswith(UNDER.get(address, ())):
        return True
    return address != "/" and path.startswith(f"{address}/")


def initial(words: str) -> str:
    """Return the words with a capital at the start, the rest as it is written."""
    return words[:1].upper() + words[1:]


def kind_look(kind: str) -> Look:
    """Return how a kind of document is shown."""
    word = initial(kind)
    return KIND_LOOKS.get(word, Look(word, "page", "calm"))


def day_of(instant: datetime) -> str:
    """Return the Swedish day of an instant in words."""
    return swedish.format_date(instant.astimezone(swedish.STOCKHOLM).date())


def with_query(path: str, values: Mapping[str, object], **changes: object) -> str:
    """Return the path with a query of the values that are set, after the changes."""
    query = {key: value for key, value in {**values, **changes}.items() if value not in (None, "", 1, [])}
    return f"{path}?{urlencode(query, doseq=True)}" if query else path


def in_thousands(kronor: int) -> str:
    """Return an amount for a column headed "tkr", without the unit and never rounded: 2250500 gives "2 250,5"."""
    whole, rest = divmod(abs(kronor), 1000)
    sign = "\N{MINUS SIGN}" if kronor < 0 else ""
    decimals = f",{rest:03d}".rstrip("0") if rest else ""
    return f"{sign}{whole:,}".replace(",", swedish.NBSP) + decimals


MONEY_PAGES = (
    ("/pengar", "Anslag"),
    ("/pengar/statsbidrag", "Statsbidrag"),
    ("/pengar/utlysningar", "Utlysningar"),
    ("/pengar/fordelningar", "Fördelningar"),
    ("/pengar/atgarder", "Åtgärder"),
)
"""The pages about money, for their own menu."""


def in_millions(kronor: int) -> str:
    """Return an amount for a column headed "mnkr", with at least one decimal and never rounded: 6900000 gives "6,9"."""
    millions = Decimal(kronor) / 1_000_000
    return swedish.format_number(millions, decimals=1) if kronor % 100_000 == 0 else swedish.format_number(millions)


_FIELD_WORDS = {
    "title": "titel",
    "summary": "beskrivning",
    "status": "läge",
    "lead_organisation_id": "vem som leder",
    "responsible_id": "ansvarig",
    "starts_on": "startdatum",
    "ends_on": "slutdatum",
    "node_ids": "vad det hör till",
    "partner_ids": "vilka som medverkar",
    "decision": "beslut",
    "outcome": "utfall",
    "reason": "skäl",
    "next_steps": "nästa steg",
}


def changed_fields(row: ActivityRow) -> str:
    """Return in words what a change in the diary was about; empty for what the verb says already."""
    if row.before is None:
        return ""
    return ", ".join(_FIELD_WORDS[name] for name in row.after or {} if name in _FIELD_WORDS)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        amount=swedish.format_amount,
        kronor=swedish.format_kronor,
        number=swedish.format_number,
        day=swedish.format_date,
        day_of=day_of,
        initial=initial,
        time=swedish.format_time,
        mnkr=in_millions,
        percent=swedish.format_percent,
        tkr=in_thousands,
    )
    environment.globals.update(
        acting_in=acting_in,
        asset=assets.address,
        changed_fields=changed_fields,
        elsewhere=elsewhere,
        home=home,
        health_look=lambda value: HEALTH_LOOKS[Health(value)],
        initiative_look=lambda value: INITIATIVE_LOOKS[Status(value)],
        is_here=is_here,
        kind_look=kind_look,
        may_administer=may_administer,
        money_pages=MONEY_PAGES,
        may_write=may_write,
        navigation=navigation,
        role_name=ROLE_NAMES.__getitem__,
        sees_all=sees_all,
        signed_in=signed_in,
        visibility_look=VISIBILITY_LOOKS.__getitem__,
        with_query=with_query,
    )
    return environment


TEMPLATES: TemplateConfig[JinjaTemplateEngine] = TemplateConfig(
    instance=JinjaTemplateEngine.from_environment(_environment())
)


def page(name: str, status_code: int = 200, **context: Any) -> Template:
    """Return the page made from the template with this name; `request` is always among its variables."""
    return Template(
        template_name=name,
        context=context,
        status_code=status_code,
        headers=SECURITY_HEADERS,
        media_type=MediaType.HTML,
    )
