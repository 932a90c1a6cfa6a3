"""`sourcier mcp`: the tools, served by standard input and output to who starts it."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from typer import Context

from assistant.cli.usage import Actions
from assistant.settings import load_settings

if TYPE_CHECKING:
    from assistant.tools.desk import Desk

EPILOG = """\
à écrire dans les réglages de l'assistant (client MCP) :
  {"mcpServers": {"sourcier": {"command": "sourcier", "args": ["mcp"]}}}
avec un autre dossier de données : "args": ["--data", "/chemin", "mcp"]

Outils : ask, search_texts, article, calculate, dossier_fiche, dossier_review, ledger_question.
C'est l'assistant qui lance cette commande ; lancée à la main, elle attend des messages du
protocole. Le même service par le réseau local : sourcier serve, adresse http://127.0.0.1:7860/mcp
"""


app = Actions()


@app.action(
    "mcp",
    "sert ses outils à un assistant qui parle MCP, par l'entrée standard",
    "Sert les outils de Sourcier à un assistant qui parle MCP (Model Context Protocol).",
    EPILOG,
)
def _serve_tools(ctx: Context) -> int:
    """Answer from the first message on, while the models are still being loaded."""
    from assistant.tools.server import serve_by_stdio  # takes a second to import

    serve_by_stdio(partial(_desk, ctx.obj))
    return 0


def _desk(home: Path) -> "Desk":
    """The desk of who uses this machine."""
    from assistant.container import load_assistant, load_embedder
    from assistant.web.serving import LocalBuyerService

    settings = load_settings(home)
    assistant = load_assistant(home, settings)
    return LocalBuyerService(home, assistant, partial(load_embedder, home, settings))
