"""The process that holds the weights, and nothing else: no index, no embedder, no PyTorch.

python -m assistant.llm WEIGHTS CHAT_FORMAT [--checked] [--plain]
"""

import argparse
from contextlib import suppress
from pathlib import Path

from assistant.llm.exchange import DisagreementReply, ProblemReply, ReadyReply
from assistant.llm.keeper import CHECKED, PLAIN
from assistant.llm.language_model import CHAT_FORMATS
from assistant.llm.llama import LlamaModel, compiled_with
from assistant.llm.processor import lacking
from assistant.llm.serving import opened, serve_model
from ingestion.errors import ModelUnavailable

EXPENDABLE = "600"
"""How much sooner than others of its size the kernel ends this process when memory runs out."""


def main() -> None:
    """Load the weights, say how that went, and answer until nobody asks any more."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("chat_format", choices=CHAT_FORMATS)
    parser.add_argument(CHECKED, action="store_true")
    parser.add_argument(PLAIN, action="store_true")
    options = parser.parse_args()
    requests, reply = opened()
    with suppress(OSError):  # where the kernel does not let itself be told
        Path("/proc/self/oom_score_adj").write_text(EXPENDABLE)
    try:
        model = _loaded(options)
    except ModelUnavailable as refusal:
        reply(ProblemReply(str(refusal)))
        return
    if options.checked and (found := model.disagreement()):
        reply(DisagreementReply(found))
        return
    reply(ReadyReply(model.context_tokens))
    serve_model(model, requests, reply)


def _loaded(options: argparse.Namespace) -> LlamaModel:
    cpuinfo = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    if absent := lacking(compiled_with(), cpuinfo):
        raise ModelUnavailable(
            "Le moteur du modèle de langue a été compilé pour un processeur qui a "
            f"{', '.join(absent)} ; celui-ci ne l'a pas (dossier copié, ou machine virtuelle "
            "déplacée). Recompilez-le : make engine"
        )
    weights: Path = options.weights
    chat_format = CHAT_FORMATS[options.chat_format]
    return LlamaModel(weights, weights.name, chat_format, plain=options.plain)


if __name__ == "__main__":
    main()
