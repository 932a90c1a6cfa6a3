import io

import pytest

from ingestion.installation import Step

OUTPUT = """\
Collecting torch>=2.9
  Downloading gradio-6.31.0-py3-none-any.whl (43.1 MB)
  Running command Building wheel for llama-cpp-python (pyproject.toml)
  [57/312] Building CXX object vendor/llama.cpp/ggml/src/ggml-cpu.cpp.o
  -- Something else
Installing collected packages: torch, gradio
"""


@pytest.mark.parametrize(
    ("lines", "step"),
    [
        (0, "préparation"),
        (1, "recherche de torch"),
        (2, "téléchargement de gradio (43.1 MB)"),
        (
            3,
            "llama-cpp-python est compilé pour ce processeur : environ 6 minutes sur deux cœurs",
        ),
        (4, "compilation 57 sur 312"),
        (5, "compilation 57 sur 312"),
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
