"""Webhooks: register, change and remove them, try them, and see how their deliveries went."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, patch, post
from litestar.connection import Request
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath
from msgspec import UNSET, UnsetType

from api.dependencies import Person, Session
from api.paging import Page, Paging, paged
from api.rest.examples import DELIVERY, WEBHOOK, WEBHOOK_ONCE, page_of, shows
from initiatives import deliveries, webhooks
from initiatives.access import SYSTEM, acting_as
from initiatives.deliveries import DeliveryRow, State
from initiatives.keys import Scope
from initiatives.webhooks import EVENTS, Webhook
from retrieval import following

Event = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(EVENTS)})]
NEW = {"url": WEBHOOK["url"], "events": WEBHOOK["events"]}


class WebhookOut(msgspec.Struct, frozen=True):
    """A webhook; without `events` it is told of all. `disabled_reason` says why nothing is delivered any longer."""

    id: UUID
    organisation_id: UUID
    url: str
    events: list[str]
    enabled: bool
    disabled_reason: str | None
    disabled_at: datetime | None
    failing_since: datetime | None
    created_at: datetime


class NewWebhookOut(WebhookOut, frozen=True):
    """A webhook with its secret, which is shown only here."""

    secret: str


class NewWebhook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A webhook to add: an https address, and what to be told of (all, if left out)."""

    url: str
    events: list[Event] = []
    organisation_id: UUID | None = None


class WebhookChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays as it is. `enabled` true lets a disabled one begin anew."""

    url: str | UnsetType = UNSET
    events: list[Event] | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET


class AttemptOut(msgspec.Struct, frozen=True):
    """One try: the status and first 500 characters of the answer, or what went wrong."""

    number: int
    at: datetime
    status: int | None
    milliseconds: int
    answer: str
    problem: str | None


class DeliveryOut(msgspec.Struct, frozen=True):
    """A message to a webhook. `id` is what the receiver gets as webhook-id; `withdrawn`: no longer shared when due."""

    id: UUID
    event: str
    state: State
    created_at: datetime
    next_try_at: datetime | None
    attempts: list[AttemptOut]


class WebhookController(Controller):
    """Webhooks, for the region's administrators and for an organisation's own keys."""

    path = "/webhooks"
    tags = ("Följa",)
    opt: Mapping[str, Any] | None = {"scope": Scope.FOLLOW}

    @get(summary="Lista webhookar", operation_id="listWebhooks", responses=shows(Page[WebhookOut], page_of(WEBHOOK)))
    async def list_webhooks(
        self, request: Request[Any, Any, Any], session: Session, person: Person, paging: NamedDependency[Paging]
    ) -> Response[Page[WebhookOut]]:
        """Return the webhooks that one handles."""
        rows, total = await webhooks.list_webhooks(session, person, limit=paging.limit, offset=paging.offset)
        return paged(request, paging, [_out(row) for row in rows], total)

    @post(
        summary="Lägg till en webhook",
        operation_id="createWebhook",
        responses=shows(NewWebhookOut, WEBHOOK_ONCE, status=201, description="Tillagd; hemligheten visas bara här"),
        opt={"shows_secret": True},
    )
    async def create_webhook(
        self,
        *,
        session: Session,
        person: Person,
        local_webhooks: NamedDependency[bool],
        data: Annotated[NewWebhook, Body(examples=[Example(value=NEW)])],
    ) -> Response[NewWebhookOut]:
        """Add a webhook; it is told of what happens from now on."""
        webhooks.handled_by(person)
        _, audience = await webhooks.told(session, person, data.organisation_id)
        async with acting_as(session, SYSTEM, then=person):
            await following.look(session, audience)
        added, secret = await webhooks.register(
            session,
            person,
            url=data.url,
            events=data.events,
            organisation_id=data.organisation_id,
            local=local_webhooks,
        )
        place = f"/api/v1/webhooks/{added.id}"
        return Response(_with_secret(added, secret), status_code=201, headers={"Location": place})

    @get(
        "/{webhook_id:uuid}",
        summary="Visa en webhook",
        operation_id="getWebhook",
        responses=shows(WebhookOut, WEBHOOK),
    )
    async def get_webhook(self, session: Session, person: Person, webhook_id: FromPath[UUID]) -> WebhookOut:
        """Return one webhook, without its secret."""
        return _out(await webhooks.get(session, person, webhook_id))

    @patch(
        "/{webhook_id:uuid}",
        summary="Ändra en webhook",
        operation_id="reviseWebhook",
        responses=shows(WebhookOut, WEBHOOK, description="Ändrad"),
    )
    async def revise_webhook(
        self,
        *,
        session: Session,
        person: Person,
        webhook_id: FromPath[UUID],
        local_webhooks: NamedDependency[bool],
        data: Annotated[WebhookChanges, Body(examples=[Example(value={"enabled": True})])],
    ) -> WebhookOut:
        """Change address or events, or enable and disable."""
        changes = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not UNSET}
        return _out(await webhooks.revise(session, person, webhook_id, local=local_webhooks, **changes))

    @delete("/{webhook_id:uuid}", summary="Ta bort en webhook", operation_id="deleteWebhook", status_code=204)
    async def delete_webhook(self, session: Session, person: Person, webhook_id: FromPath[UUID]) -> None:
        """Take a webhook and its deliveries away."""
        await webhooks.remove(session, person, webhook_id)

    @post(
        "/{webhook_id:uuid}/secret",
        summary="Byt hemlighet",
        operation_id="renewWebhookSecret",
        status_code=200,
        responses=shows(NewWebhookOut, WEBHOOK_ONCE, description="Bytt; hemligheten visas bara här"),
        opt={"shows_secret": True},
    )
    async def renew_secret(self, session: Session, person: Person, webhook_id: FromPath[UUID]) -> NewWebhookOut:
        """Give a webhook another secret, by which everything from now on is signed."""
        return _with_secret(*await webhooks.renew_secret(session, person, webhook_id))

    @post(
        "/{webhook_id:uuid}/test",
        summary="Skicka ett prov",
        operation_id="testWebhook",
        status_code=202,
        responses=shows(DeliveryOut, {**DELIVERY, "event": "test"}, status=202, description="Köat"),
    )
    async def test_webhook(self, session: Session, person: Person, webhook_id: FromPath[UUID]) -> DeliveryOut:
        """Send a message of the type test; see under deliveries how it went."""
        return _delivery(await deliveries.test(session, person, webhook_id))

    @get(
        "/{webhook_id:uuid}/deliveries",
        summary="Lista leveranser",
        operation_id="listDeliveries",
        responses=shows(Page[DeliveryOut], page_of(DELIVERY)),
    )
    async def list_deliveries(
        self,
        *,
        request: Request[Any, Any, Any],
        session: Session,
        person: Person,
        webhook_id: FromPath[UUID],
        paging: NamedDependency[Paging],
    ) -> Response[Page[DeliveryOut]]:
        """Return the messages to a webhook with every try, newest first; they are kept 90 days."""
        rows, total = await deliveries.list_deliveries(
            session, person, webhook_id, limit=paging.limit, offset=paging.offset
        )
        return paged(request, paging, [_delivery(row) for row in rows], total)

    @post(
        "/{webhook_id:uuid}/deliveries/{delivery_id:uuid}/resend",
        summary="Skicka igen",
        operation_id="resendDelivery",
        status_code=202,
        responses=shows(DeliveryOut, DELIVERY, status=202, description="Köad igen, med samma webhook-id"),
    )
    async def resend(
        self, session: Session, person: Person, webhook_id: FromPath[UUID], delivery_id: FromPath[UUID]
    ) -> DeliveryOut:
        """Send a message once more, with eight new tries if need be."""
        return _delivery(await deliveries.send_again(session, person, webhook_id, delivery_id))


def _out(webhook: Webhook) -> WebhookOut:
    return msgspec.convert(webhook, WebhookOut, from_attributes=True)


def _with_secret(webhook: Webhook, secret: str) -> NewWebhookOut:
    return NewWebhookOut(**msgspec.structs.asdict(_out(webhook)), secret=secret)


def _delivery(row: DeliveryRow) -> DeliveryOut:
    return msgspec.convert(row, DeliveryOut, from_attributes=True)
