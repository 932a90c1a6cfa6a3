"""The process that holds the weights, and nothing else: no index, no embedder, no PyTorch.

python -m assistant.llm [WEIGHTS CHAT_FORMAT [--checked] [--plain]]

Without weights it only says whether the engine was compiled for this processor: it may end of that.
"""

import argparse
from contextlib import suppress
from pathlib import Path

from assistant.llm.exchange import (
    DisagreementReply,
    ProblemReply,
    ReadyReply,
    opened,
    serve_model,
)
from assistant.llm.keeper import CHECKED, PLAIN
from assistant.llm.language_model import CHAT_FORMATS
from assistant.llm.llama import LlamaModel, require_engine
from ingestion.errors import ModelUnavailable

EXPENDABLE = "600"
"""How much sooner than others of its size the kernel ends this process when memory runs out."""


def main() -> None:
    """Load the weights, say how that went, and answer until nobody asks any more."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path, nargs="?")
    parser.add_argument("chat_format", choices=CHAT_FORMATS, nargs="?")
    parser.add_argument(CHECKED, action="store_true")
    parser.add_argument(PLAIN, action="store_true")
    options = parser.parse_args()
    requests, reply = opened()
    with suppress(OSError):  # where the kernel does not let itself be told
        Path("/proc/self/oom_score_adj").write_text(EXPENDABLE)
    try:
        require_engine()
        model = _loaded(options) if options.weights else None
    except ModelUnavailable as refusal:
        reply(ProblemReply(str(refusal)))
        return
    if model is None:
        reply(ReadyReply())
    elif options.checked and (found := model.disagreement()):
        reply(DisagreementReply(found))
    else:
        reply(ReadyReply())
        serve_model(model, requests, reply)


def _loaded(options: argparse.Namespace) -> LlamaModel:
    weights: Path = options.weights
    chat_format = CHAT_FORMATS[options.chat_format]
    return LlamaModel(weights, weights.name, chat_format, plain=options.plain)


if __name__ == "__main__":
    main()
