"""Clients of the whole application."""

from tests.clients import anonymous, partner, politician, service, writer

__all__ = ["anonymous", "partner", "politician", "service", "writer"]
