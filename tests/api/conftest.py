"""Clients of the whole application."""

from tests.clients import administrator, anonymous, partner, politician, service, writer

__all__ = ["administrator", "anonymous", "partner", "politician", "service", "writer"]
