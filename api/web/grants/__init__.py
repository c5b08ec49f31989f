"""Statsbidrag: the year as the state's own table, one agreement with all that belongs to it, and the forms for both."""

from api.web.grants import editing, listing, parts, single, tables, yearly

ROUTES = (*tables.ROUTES, *listing.ROUTES, *editing.ROUTES, *parts.ROUTES, *yearly.ROUTES, *single.ROUTES)
