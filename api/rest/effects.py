"""What an initiative is expected to lead to: list, add, change, remove."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, patch, post
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, HeaderParameter
from msgspec import UNSET, UnsetType
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Person, Session
from api.etags import etag, expected_revision
from api.rest.examples import INITIATIVE, shows
from initiatives import effects, overview
from initiatives.access import Viewer

EFFECT = {
    "id": "01976a10-0000-7000-8000-000000000042",
    "initiative_id": INITIATIVE["id"],
    "description": "Färre oplanerade besök på akuten av personer över 75 år.",
    "indicator_id": "01976a10-0000-7000-8000-000000000046",
    "indicator": "Oplanerade besök på akuten, 75 år och äldre",
    "revision": 1,
}
NEW = {name: EFFECT[name] for name in ("description", "indicator_id")}


class EffectOut(msgspec.Struct, frozen=True):
    """Something that is expected to become otherwise, and the indicator that measures it (null to partners)."""

    id: UUID
    initiative_id: UUID
    description: str
    indicator_id: UUID | None
    indicator: str | None
    revision: int


class NewEffect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is expected, and what measures it."""

    description: str
    indicator_id: UUID | None = None


class EffectChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays as it is."""

    description: str | UnsetType = UNSET
    indicator_id: UUID | UnsetType | None = UNSET


class EffectController(Controller):
    """The expected effects of one initiative."""

    path = "/initiatives/{initiative_id:uuid}/effects"
    tags = ("Initiativ",)

    @get(summary="Lista förväntade effekter", operation_id="listEffects", responses=shows(list[EffectOut], [EFFECT]))
    async def list_effects(
        self, session: Session, person: Person, initiative_id: FromPath[UUID]
    ) -> Sequence[EffectOut]:
        """Return what the initiative is expected to lead to."""
        await overview.get(session, person, initiative_id)
        rows = await effects.list_effects(session, person, initiative_id)
        return msgspec.convert(rows, list[EffectOut], from_attributes=True)

    @post(
        summary="Lägg till en förväntad effekt",
        operation_id="createEffect",
        responses=shows(EffectOut, EFFECT, status=201, description="Tillagd"),
    )
    async def add(
        self,
        session: Session,
        person: Person,
        initiative_id: FromPath[UUID],
        data: Annotated[NewEffect, Body(examples=[Example(value=NEW)])],
    ) -> Response[EffectOut]:
        """Say what the initiative is expected to lead to; for the programme group."""
        added = await effects.add(session, person, initiative_id, **msgspec.structs.asdict(data))
        response = await _shown(session, person, initiative_id, added.id)
        response.headers["Location"] = f"/api/v1/initiatives/{initiative_id}/effects/{added.id}"
        return response

    @get(
        "/{effect_id:uuid}",
        summary="Visa en förväntad effekt",
        operation_id="getEffect",
        responses=shows(EffectOut, EFFECT),
    )
    async def get_effect(
        self, session: Session, person: Person, initiative_id: FromPath[UUID], effect_id: FromPath[UUID]
    ) -> Response[EffectOut]:
        """Return one expected effect."""
        return await _shown(session, person, initiative_id, effect_id)

    @patch(
        "/{effect_id:uuid}",
        summary="Ändra en förväntad effekt",
        operation_id="changeEffect",
        responses=shows(EffectOut, {**EFFECT, "revision": 2}, description="Ändrad"),
    )
    async def change(
        self,
        *,
        session: Session,
        person: Person,
        initiative_id: FromPath[UUID],
        effect_id: FromPath[UUID],
        data: Annotated[EffectChanges, Body(examples=[Example(value=NEW)])],
        if_match: Annotated[str | None, HeaderParameter(name="If-Match", description="ETag från läsningen.")] = None,
    ) -> Response[EffectOut]:
        """Write it otherwise; for the programme group."""
        await _shown(session, person, initiative_id, effect_id)
        revision = expected_revision(if_match)
        changes = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not UNSET}
        await effects.change(session, person, initiative_id, effect_id, revision=revision, **changes)
        return await _shown(session, person, initiative_id, effect_id)

    @delete("/{effect_id:uuid}", summary="Ta bort en förväntad effekt", operation_id="deleteEffect", status_code=204)
    async def remove(
        self, session: Session, person: Person, initiative_id: FromPath[UUID], effect_id: FromPath[UUID]
    ) -> None:
        """Take the expected effect away; for the programme group."""
        await effects.remove(session, person, initiative_id, effect_id)


async def _shown(session: AsyncSession, person: Viewer, initiative_id: UUID, effect_id: UUID) -> Response[EffectOut]:
    row = await effects.get_effect(session, person, initiative_id, effect_id)
    out = msgspec.convert(row, EffectOut, from_attributes=True)
    return Response(out, headers={"ETag": etag(row.revision)})
