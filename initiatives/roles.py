"""The one table of which organisations hold which roles, and of who lets whom in."""

from collections.abc import Mapping

from initiatives.access import Role, Viewer, may_administer
from initiatives.errors import InvalidValue, NotAllowed
from initiatives.organisations import OrganisationKind

_REGION, _MUNICIPALITY, _UNIT = OrganisationKind.REGION, OrganisationKind.MUNICIPALITY, OrganisationKind.UNIT

Place = tuple[OrganisationKind, OrganisationKind | None]
"""An organisation's kind, and the kind of the organisation it belongs to."""

HELD: Mapping[Place, frozenset[Role]] = {
    (_REGION, None): frozenset({Role.ADMINISTRATOR, Role.PROGRAMME_GROUP, Role.POLITICIAN, Role.READER}),
    (_UNIT, _REGION): frozenset({Role.PROGRAMME_GROUP, Role.READER}),
    (_MUNICIPALITY, None): frozenset({Role.PARTNER, Role.READER}),
    (_UNIT, _MUNICIPALITY): frozenset({Role.PARTNER, Role.READER}),
    (_UNIT, None): frozenset({Role.READER}),
}
"""Which roles an organisation may hold. Whoever sees everything or writes belongs to the region."""

GIVEN: Mapping[Role, Mapping[Place, frozenset[Role]]] = {
    Role.SYSTEM: HELD,
    Role.ADMINISTRATOR: HELD,
    Role.PROGRAMME_GROUP: {(_MUNICIPALITY, None): HELD[_MUNICIPALITY, None]},
}
"""Which roles one may invite others to, and where: never a role above one's own. Who is missing here invites nobody."""


def require_place(role: Role, place: Place) -> None:
    """Return if an organisation at this place may hold the role, otherwise raise `InvalidValue`."""
    allowed = HELD[place]
    if role not in allowed:
        names = ", ".join(sorted(allowed))
        hint = " Ange först vilken region eller kommun enheten hör till." if place == (_UNIT, None) else ""
        raise InvalidValue(
            f"En sådan organisation kan inte ha rollen {role}. Tillåtna roller: {names}.{hint}", field="role"
        )


def require_giver(person: Viewer, role: Role, place: Place) -> None:
    """Return if the person may invite somebody to the role at this place, otherwise raise `NotAllowed`.

    Administrators may give every role; what a place cannot hold is for `require_place` to say.
    """
    if not may_administer(person) and role not in may_give(person, place):
        raise NotAllowed("Du får inte ge den rollen i den organisationen. Be en administratör om hjälp.")


def may_give(person: Viewer, place: Place) -> frozenset[Role]:
    """Return the roles that the person may invite others to at this place."""
    return GIVEN.get(person.role, {}).get(place, frozenset())
