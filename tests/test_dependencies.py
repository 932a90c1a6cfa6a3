"""Parts of libraries with open advisories are not loaded by a process that answers.

diskcache unpickles what stands on the disk, and Chroma's server can be attacked before it knows who
asks: neither is needed here.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.small_index import build_small_index

ROOT = Path(__file__).parent.parent

LOADED = """
import json, sys
for line in sys.argv[1:]:
    exec(line)
loaded = {name: getattr(module, "__file__", None) for name, module in list(sys.modules.items())}
apart = ("diskcache", "chromadb.server", "chromadb.cli", "chromadb.app")
print(json.dumps([name for name, file in loaded.items() if file and name.startswith(apart)]))
print(json.dumps(sorted({name.partition(".")[0] for name in loaded})))
"""


def loaded(*lines: str) -> tuple[list[str], list[str]]:
    """The parts with advisories that a new process has loaded, and all that it has loaded."""
    child = subprocess.run(
        [sys.executable, "-c", LOADED, *lines],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    *_, parts, everything = child.stdout.strip().splitlines()
    return json.loads(parts), json.loads(everything)


def test_what_would_be_loaded_is_seen() -> None:
    parts, _ = loaded("import diskcache", "import chromadb.server")
    assert {"diskcache", "chromadb.server"} <= set(parts)


@pytest.mark.slow
def test_no_part_with_an_advisory_is_loaded_by_a_served_process(
    weights_home: Path, tmp_path: Path
) -> None:
    from assistant.container import load_embedder
    from assistant.settings import Settings

    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(weights_home / "models")
    build_small_index(home, tmp_path, load_embedder(home, Settings()))
    parts, everything = loaded(
        "from pathlib import Path",
        "from fastapi.testclient import TestClient",
        "from assistant.web.app import create_app",
        "from assistant.web.serving import load_site",
        "from assistant.settings import load_settings",
        f"home = Path({str(home)!r})",
        "site = load_site(home, load_settings(home))",
        "page = TestClient(create_app(site)).get('/')",
        "assert page.status_code == 200, page.status_code",
        "import assistant.llm.llama",
        "from assistant.accounts.identity import ALONE",
        "asked = 'Below which amount may a town buy without competition?'",
        "list(site.desks(ALONE).ask(asked, as_of=None, history=()))",
    )
    assert parts == []
    assert {"chromadb", "gradio", "llama_cpp", "sentence_transformers"} <= set(everything)
