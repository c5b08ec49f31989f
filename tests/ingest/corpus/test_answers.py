"""What office files say is answered from as from any document: the row under its heads, its page, verbatim."""

import pytest

from api.database import Database
from ingest.pipeline import Pipeline
from initiatives.access import SYSTEM
from retrieval import answering
from retrieval.answering import Assistant
from retrieval.embedding import Embedder
from tests.ingest.corpus import office, plain
from tests.ingest.corpus.texts import text
from tests.ingest.steps import bring_in


@pytest.mark.slow
async def test_a_row_of_a_table_answers_in_its_own_words(
    committing: Pipeline, database: Database, embedder: Embedder
) -> None:
    made = {
        "brev.eml": plain.letter(text(5)),
        "plan.docx": office.word_file(text(0)),
        "bilder.pptx": office.presentation(text(2)),
    }
    for name, data in made.items():
        assert (await bring_in(committing, name, data)).reason is None
    assistant = Assistant(database.scoped, embedder)
    for name, number in zip(made, (5, 0, 2), strict=True):
        insats, _, budget, _ = text(number).grids[0].rows[1]
        question = f"Vad är budgeten för {insats.lower()} i dokumentet {text(number).title}?"
        answer = await answering.ask(assistant, SYSTEM, question, keep=False)
        assert budget in answer.answer
        first = answer.citations[0]
        assert (first.source, first.page) == (name, 2)
        assert first.quote.startswith(f"| {insats} |")
