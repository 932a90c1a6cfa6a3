"""`sourcier` with the embedder and the model of the tests.

python -m tests.fake_sourcier --data HOME index build

With PAUSE=SECONDS in the environment, the gold questions take that long each.
"""

import os
import sys
import time
from unittest import mock

from assistant.cli.command import main
from tests.fakes import ScriptedModel
from tests.small_index import answering_embedder
from tests.words_tuning import by_words, without_bank


def slowed(seconds: float) -> object:
    """`run_turn`, after a pause."""
    from assistant.evaluation.runs import run_turn

    def run(*arguments: object, **named: object) -> object:
        time.sleep(seconds)
        return run_turn(*arguments, **named)  # type: ignore[arg-type]

    return run


if __name__ == "__main__":
    with (
        by_words(),
        without_bank(),
        mock.patch("assistant.container.load_embedder", return_value=answering_embedder()),
        mock.patch("assistant.container.load_reader", return_value=None),
        mock.patch("assistant.container.load_model", return_value=ScriptedModel()),
        mock.patch("assistant.container.model_writes", return_value=False),
        mock.patch("assistant.web.workers.PROGRAM", (sys.executable, "-m", "tests.fake_sourcier")),
        mock.patch(
            "assistant.evaluation.runs.run_turn", slowed(float(os.environ.get("PAUSE", "0")))
        ),
    ):
        sys.exit(main())
