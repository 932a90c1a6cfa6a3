"""A process that holds a scripted model, and ends as its script says.

python -m tests.support.scripted_process SCRIPT [--checked] [--plain]

SCRIPT is JSON: "replies" by a word of the prompt, "stops" by a word of the prompt: after how many
steps and by which signal; "start" is the signal that ends it while it loads, with --plain or
without; "disagrees" says that it calculates wrongly, but for --plain.
"""

import json
import os
import sys
import time
from collections.abc import Generator
from typing import Any

from assistant.llm.exchange import DisagreementReply, ProblemReply, ReadyReply, opened, serve_model
from assistant.llm.keeper import CHECKED, PLAIN
from assistant.llm.language_model import Prompt
from tests.support.fakes import ScriptedModel


def scripted_command(**script: Any) -> tuple[str, ...]:
    """The command of a process with this script."""
    return (sys.executable, "-m", "tests.support.scripted_process", json.dumps(script))


class DyingModel(ScriptedModel):
    """A scripted model whose process ends in the middle of some replies."""

    def __init__(self, replies: dict[str, str], stops: dict[str, tuple[int, int]]) -> None:
        super().__init__(replies, pauses=2)
        self._stops = stops

    def stream(
        self, prompt: Prompt, max_tokens: int, schema: str = ""
    ) -> Generator[str | None, None, None]:
        asked = "".join(prompt.parts)
        ends = next((end for word, end in self._stops.items() if word in asked), None)
        for number, step in enumerate(super().stream(prompt, max_tokens, schema)):
            if ends and number == ends[0]:
                sys.stderr.write("the last words of the process\n")
                sys.stderr.flush()
                if ends[1]:
                    os.kill(os.getpid(), ends[1])
                time.sleep(3600)  # silent, until it is killed
            yield step


def main() -> None:
    """Serve the script."""
    script, options = json.loads(sys.argv[1]), sys.argv[2:]
    requests, reply = opened()
    if ends := script.get("start", {}).get(PLAIN if PLAIN in options else "full"):
        os.kill(os.getpid(), ends)
    if "problem" in script:
        reply(ProblemReply(script["problem"]))
        return
    if CHECKED in options and PLAIN not in options and "disagrees" in script:
        reply(DisagreementReply(script["disagrees"]))
        return
    model = DyingModel(script.get("replies", {}), script.get("stops", {}))
    reply(ReadyReply())
    serve_model(model, requests, reply)


if __name__ == "__main__":
    main()
