"""Doors for other assistants: OpenAI's protocol under `/v1/` and the Model Context Protocol at `/mcp`.

Both are opened by API keys alone, and answer as the API does: the same questions, rights, limits and rows.
"""

from api.assistants.chat import chat_completion, list_models, show_model
from api.assistants.mcp import mcp

ROUTES = (list_models, show_model, chat_completion, mcp)
"""For the app. They stand outside the description of the API: their protocols have descriptions of their own."""
