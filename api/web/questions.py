"""Fråga: ask, follow the answer while it is found, read earlier conversations."""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, Parameter
from litestar.response import Redirect, Stream, Template
from sqlalchemy.ext.asyncio import AsyncSession

from api import streams
from api.web import answers
from api.web.pages import TEMPLATES, page
from initiatives.access import ScopedSessions, Viewer
from initiatives.errors import NarplanError
from retrieval import answering, conversations
from retrieval.answering import Answer, Assistant, Delta, Done, Hit, Sources, Status
from retrieval.conversations import Turn
from retrieval.documents import list_documents

logger = logging.getLogger(__name__)

LONGEST_QUESTION = 2000
SHOWN_CONVERSATIONS = 8
PAGE_LENGTH = 30
EXAMPLES = (
    "Hur mycket avsattes för psykisk ohälsa?",
    "Vilka delområden ska inledas först?",
    "Vad ska rapporteras i höst, och till vem?",
)

TEMPLATES.engine_instance.engine.globals.update(
    anchor=answers.anchor,
    answer_markup=answers.answer_markup,
    answered_by=answers.answered_by,
    basis_look=answers.basis_look,
    place=answers.place,
    text_markup=answers.text_markup,
    text_to_copy=answers.text_to_copy,
    where=answers.where,
)


@dataclass(frozen=True, slots=True)
class Question:
    """The form: the question, and the conversation that it continues (empty for a new one)."""

    fraga: str = ""
    samtal: str = ""
