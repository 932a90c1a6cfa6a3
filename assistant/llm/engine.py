"""Was the engine compiled for this processor? Asked in a process apart, which may end of it.

python -m assistant.llm.engine
"""

from pathlib import Path

from assistant.llm.exchange import ProblemReply, ReadyReply
from assistant.llm.llama import compiled_with
from assistant.llm.processor import lacking
from assistant.llm.serving import opened
from ingestion.errors import ModelUnavailable


def require_engine() -> None:
    """Raises ModelUnavailable when the engine uses instructions that the processor lacks."""
    cpuinfo = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    if absent := lacking(compiled_with(), cpuinfo):
        raise ModelUnavailable(
            "Le moteur du modèle de langue a été compilé pour un processeur qui a "
            f"{', '.join(absent)} ; celui-ci ne l'a pas (dossier copié, ou machine virtuelle "
            "déplacée). Recompilez-le : make engine"
        )


def main() -> None:
    """Say whether it was."""
    _, reply = opened()
    try:
        require_engine()
    except ModelUnavailable as refusal:
        reply(ProblemReply(str(refusal)))
    else:
        reply(ReadyReply(0))


if __name__ == "__main__":
    main()
