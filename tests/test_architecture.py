"""What import contracts cannot say: the door of each library, no cycle; and names of files."""

import sys
from fnmatch import fnmatch
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("ingestion", "assistant")

DOORS = {
    "anyio": "assistant/tools/server.py",
    "argon2": "assistant/accounts/login.py",
    "authlib": "assistant/accounts/openid.py",
    "babel": "ingestion/french.py",
    "chromadb": "ingestion/index/vectors.py",
    "docx": "ingestion/readers/word.py assistant/tenders/service.py assistant/reports/paper.py",
    "duckdb": "ingestion/ledger/embedded.py",
    "facturx": "ingestion/ledger/electronic.py ingestion/ledger/validation.py",
    "fastapi": "assistant/web/*",
    "faster_whisper": "assistant/voice/transcriber.py",
    "gradio": "assistant/web/*",
    "httpcore2": "assistant/web/front.py",
    "httpx2": "ingestion/origin.py",
    "huggingface_hub": "ingestion/models/hub.py",
    "jours_feries_france": "assistant/calculators/amounts.py",
    "jinja2": "assistant/reports/markup.py",
    "joserfc": "assistant/accounts/openid.py",
    "langchain_text_splitters": "ingestion/chunking/sentences.py",
    "llama_cpp": "assistant/llm/llama.py",
    "lxml": "ingestion/readers/markup.py",
    "markdown_it": "ingestion/readers/markdown.py",
    "markupsafe": "assistant/reports/markup.py",
    "matplotlib": "assistant/reports/charts.py",
    "mcp": "assistant/tools/server.py",
    "mcp_types": "assistant/tools/server.py",
    "numpy": "ingestion/* assistant/llm/llama.py assistant/llm/remote.py "
    "assistant/voice/transcriber.py",
    "openpyxl": "ingestion/ledger/tables.py assistant/ledger/tables.py",
    "opentelemetry": "assistant/operations/traces.py",
    "pikepdf": "ingestion/ledger/electronic.py ingestion/ledger/validation.py "
    "assistant/reports/pdf.py",
    "PIL": "assistant/web/pdf_page.py ingestion/readers/pictures.py",
    "procrastinate": "assistant/publishing/build_queue.py",
    "prometheus_client": "assistant/operations/monitoring.py",
    "pgvector": "ingestion/postgresql.py",
    "psycopg": "ingestion/postgresql.py",
    "psycopg_pool": "ingestion/postgresql.py",
    "pydantic": "ingestion/* assistant/answering/record.py assistant/evaluation/grading.py "
    "assistant/tenders/conformity/rules.py assistant/web/* assistant/publishing/* "
    "assistant/settings.py assistant/tools/*",
    "pydantic_core": "assistant/settings.py assistant/tools/tool.py",
    "pydantic_settings": "assistant/settings.py",
    "pypdf": "ingestion/readers/pdf.py",
    "pypdfium2": "assistant/web/pdf_page.py ingestion/readers/visibility.py "
    "ingestion/readers/scans.py",
    "reportlab": "assistant/reports/pdf.py",
    "rich": "assistant/cli/*",
    "safetensors": "ingestion/encoders/network.py",
    "saxonche": "ingestion/ledger/validation.py",
    "sentence_transformers": "ingestion/encoders/network.py",
    "sqlite3": "ingestion/durable.py ingestion/index/store.py ingestion/index/vectors.py "
    "assistant/accounts/*",
    "starlette": "assistant/web/*",
    "tantivy": "ingestion/index/lexical.py",
    "tesserocr": "ingestion/readers/scans.py",
    "text_to_num": "assistant/question/quantities.py",
    "torch": "ingestion/encoders/*.py",
    "transformers": "ingestion/encoders/network.py",
    "typer": "assistant/cli/*",
    "uvicorn": "assistant/web/front.py",
    "yaml": "ingestion/readers/markdown.py",
}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """Who imports whom, in functions too; libraries as one module each."""
    return grimp.build_graph(*PACKAGES, include_external_packages=True, cache_dir=None)


def test_each_library_has_its_door_and_every_door_is_used(graph: grimp.ImportGraph) -> None:
    outside = {name for name in graph.modules if name.partition(".")[0] not in PACKAGES}
    for library in DOORS.keys() | (outside - sys.stdlib_module_names):
        assert library in DOORS, f"{library} has no door"
        used = {
            module.replace(".", "/") + ".py"
            for module in graph.find_modules_that_directly_import(library)
        }
        doors = DOORS[library].split()
        assert all(any(fnmatch(where, door) for door in doors) for where in used), (library, used)
        assert all(any(fnmatch(where, door) for where in used) for door in doors), (library, used)


def test_there_is_no_cycle(graph: grimp.ImportGraph) -> None:
    ours = {module for module in graph.modules if module.startswith(PACKAGES)}
    # A package's __init__ only gathers names of its own modules.
    imported = {
        module: graph.find_modules_directly_imported_by(module) & ours - {module.rpartition(".")[0]}
        for module in ours
    }
    TopologicalSorter(imported).prepare()


@pytest.mark.parametrize("folder", ["corpus", "prompts"])
def test_content_holds_no_python(folder: str) -> None:
    files = [path for path in (ROOT / folder).rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert path.suffix not in {".py", ".pyc", ".pyi", ".ipynb", ".pth"}, path
        assert not path.read_bytes().startswith(b"#!"), path


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "util", "helpers", "core", "types", "base", "common", "misc"}
    assert not empty & {
        path.stem for package in PACKAGES for path in (ROOT / package).rglob("*.py")
    }
