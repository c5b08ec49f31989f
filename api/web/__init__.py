"""The pages, in Swedish: templates on the server, htmx where it helps, and no need for JavaScript."""

from api.web import (
    about,
    account,
    assets,
    calendar,
    directory,
    documents,
    findings,
    gaps,
    initiative_form,
    initiatives,
    joining,
    keys,
    log,
    money,
    own_data,
    people,
    questions,
    shared,
    shares,
    sign_in,
    situation,
)
from api.web.pages import TEMPLATES

__all__ = ["ROUTES", "TEMPLATES"]

ROUTES = (
    *assets.ROUTES,
    *sign_in.ROUTES,
    *directory.ROUTES,
    *questions.ROUTES,
    *documents.ROUTES,
    *situation.ROUTES,
    *initiatives.ROUTES,
    *initiative_form.ROUTES,
    *calendar.ROUTES,
    *findings.ROUTES,
    *money.ROUTES,
    *shared.ROUTES,
    *shares.ROUTES,
    *gaps.ROUTES,
    *keys.ROUTES,
    *account.ROUTES,
    *people.ROUTES,
    *joining.ROUTES,
    *log.ROUTES,
    *own_data.ROUTES,
    *about.ROUTES,
)
"""Every route of the pages; the app is also given `TEMPLATES` as its template configuration."""
