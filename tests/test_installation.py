import io

import pytest

from ingestion.installation import COMPILATION, Step

OUTPUT = """\
Collecting torch>=2.9
  Downloading gradio-6.31.0-py3-none-any.whl (43.1 MB)
  Running command Building wheel for llama-cpp-python (pyproject.toml)
  [57/193] /usr/bin/g++ -O3 -c something.cpp
  -- Something else
Installing collected packages: torch, gradio
"""


@pytest.mark.parametrize(
    ("lines", "step"),
    [
        (0, "préparation"),
        (1, "recherche de torch"),
        (2, "téléchargement de gradio (43.1 MB)"),
        (3, COMPILATION),
        (4, COMPILATION + ", étape 57 sur 193"),
        (5, COMPILATION + ", étape 57 sur 193"),
        (6, "installation des paquets"),
    ],
)
def test_the_step_is_read_from_what_pip_says(lines: int, step: str) -> None:
    output = "".join(OUTPUT.splitlines(keepends=True)[:lines])
    log = io.StringIO()
    reader = Step()
    reader.follow(io.StringIO(output), log)
    assert reader.text == step
    assert log.getvalue() == output
