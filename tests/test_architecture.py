"""The shape of the code: who may import whom, and which file is the door of which library."""

import ast
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("ingestion", "assistant")

# Each may import those above it in the list; a package stands for those of its modules that
# have no line of their own.
ORDER = (
    "ingestion",
    "assistant.errors",
    "assistant.journal",
    "assistant.accounts.identity",
    "assistant.settings",
    "assistant.accounts",
    "assistant.evaluation.confidence",
    "assistant.question.language",
    "assistant.question.day",
    "assistant.question.scope",
    "assistant.question.quantities",
    "assistant.llm",
    "assistant.law.hierarchy",
    "assistant.citations",
    "assistant.question.rewriting",
    "assistant.tenders.topics",
    "assistant.retrieval",
    "assistant.law",
    "assistant.answering.extraction",
    "assistant.answering.answer",
    "assistant.law.contradictions",
    "assistant.question",
    "assistant.calculators",
    "assistant.tenders",
    "assistant.ledger",
    "assistant.answering",
    "assistant.evaluation",
    "assistant.review",
    "assistant.publishing",
    "assistant.reports",
    "assistant.web",
    "assistant.container",
    "assistant.web.serving",
    "assistant.cli",
)

DOORS = {
    "argon2": "assistant/accounts/login.py",
    "authlib": "assistant/accounts/openid.py",
    "chromadb": "ingestion/index/vectors.py",
    "docx": "ingestion/readers/docx.py assistant/web/buyer/export.py "
    "assistant/tenders/service.py assistant/reports/paper.py",
    "duckdb": "ingestion/ledger/embedded.py",
    "facturx": "ingestion/ledger/electronic.py ingestion/ledger/schematrons.py",
    "fastapi": "assistant/web/*",
    "gradio": "assistant/web/*",
    "httpx2": "assistant/accounts/openid.py",
    "huggingface_hub": "ingestion/models/hub.py",
    "jours_feries_france": "assistant/calculators/amounts.py",
    "jinja2": "assistant/reports/markup.py",
    "joserfc": "assistant/accounts/openid.py",
    "langchain_text_splitters": "ingestion/chunking/splitting.py",
    "llama_cpp": "assistant/llm/llama.py",
    "lxml": "ingestion/readers/markup.py",
    "markdown_it": "ingestion/readers/markdown.py",
    "markupsafe": "assistant/reports/markup.py",
    "matplotlib": "assistant/reports/charts.py",
    "numpy": "ingestion/* assistant/llm/llama.py",
    "openpyxl": "ingestion/ledger/tables.py assistant/ledger/tables.py",
    "pikepdf": "ingestion/ledger/electronic.py ingestion/ledger/colours.py",
    "PIL": "assistant/web/pdf_page.py",
    "psycopg": "ingestion/ledger/database.py",
    "pydantic": "ingestion/* assistant/answering/record.py assistant/evaluation/grading.py "
    "assistant/web/* assistant/publishing/* assistant/settings.py",
    "pydantic_core": "assistant/settings.py",
    "pydantic_settings": "assistant/settings.py",
    "pypdf": "ingestion/readers/pdf.py",
    "pypdfium2": "assistant/web/pdf_page.py ingestion/readers/visibility.py",
    "reportlab": "assistant/reports/pdf.py",
    "rich": "assistant/cli/*",
    "safetensors": "ingestion/index/sentence_transformer.py",
    "saxonche": "ingestion/ledger/schematrons.py",
    "sentence_transformers": "ingestion/index/sentence_transformer.py",
    "sqlite3": "ingestion/durable.py ingestion/index/store.py ingestion/index/vectors.py "
    "assistant/accounts/*",
    "starlette": "assistant/web/*",
    "tantivy": "ingestion/index/lexical.py",
    "torch": "ingestion/index/sentence_transformer.py",
    "transformers": "ingestion/index/sentence_transformer.py",
    "typer": "assistant/cli/*",
    "uvicorn": "assistant/web/app.py",
    "yaml": "ingestion/readers/markdown.py",
}

ADAPTERS = {
    "assistant.llm.llama": "assistant.llm.__main__",
    "assistant.llm.process": "assistant.container",
    "ingestion.index.sentence_transformer": "assistant.container",
}
"""The real models, and the only module that may name each."""


def _files() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(path: Path) -> Iterator[str]:
    """Every module named by an import anywhere in the file, in functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} a relative import"
            assert node.module is not None
            # "from package import module" and "from module import name" look alike.
            for name in node.names:
                inner = f"{node.module}.{name.name}"
                yield inner if inner in MODULES else node.module


MODULES = frozenset(map(_module, _files()))


def _place(module: str) -> str:
    """The line of ORDER that a module stands on: its own, or that of the package around it."""
    if module.startswith("ingestion"):
        return module
    name = module
    while name not in ORDER and "." in name:
        name = name.rpartition(".")[0]
    return name if name in ORDER else module


def _rank(module: str) -> int:
    place = "ingestion" if module.startswith("ingestion") else _place(module)
    assert place in ORDER, f"{module} has no place in ORDER"
    return ORDER.index(place)


@pytest.mark.parametrize("path", _files(), ids=_module)
def test_a_module_imports_only_what_stands_before_it(path: Path) -> None:
    module = _module(path)
    if module == "assistant":
        return
    for imported in _imports(path):
        if imported.partition(".")[0] in PACKAGES:
            same = _rank(imported) == _rank(module)
            package = _place(module) == _place(imported) or module.startswith("ingestion")
            assert _rank(imported) < _rank(module) or (same and package), (
                f"{module} imports {imported}, which stands after it"
            )


def test_ingestion_never_imports_the_assistant() -> None:
    writers = [path for path in _files() if _module(path).startswith("ingestion")]
    assert writers
    for path in writers:
        assert not [name for name in _imports(path) if name.startswith("assistant")], path


def test_there_is_no_cycle() -> None:
    graph = {
        _module(path): {name for name in _imports(path) if name in MODULES} - {_module(path)}
        for path in _files()
    }
    for module, imported in graph.items():
        # A package's __init__ only gathers names of its own modules.
        imported.discard(module.rpartition(".")[0])
    TopologicalSorter(graph).prepare()


def test_every_place_of_the_order_exists() -> None:
    assert {_place(module) for module in MODULES if module.startswith("assistant.")} == set(
        ORDER[1:]
    )


@pytest.mark.parametrize("path", _files(), ids=_module)
def test_each_library_has_its_door(path: Path) -> None:
    where = path.relative_to(ROOT).as_posix()
    for imported in _imports(path):
        library = imported.partition(".")[0]
        if library in PACKAGES or (library in sys.stdlib_module_names and library not in DOORS):
            continue
        assert library in DOORS, f"{where} imports {library}, which has no door"
        doors = DOORS[library].split()
        assert any(fnmatch(where, door) for door in doors), f"{library} imported in {where}"


def test_every_door_is_used() -> None:
    used = {
        (name.partition(".")[0], path.relative_to(ROOT).as_posix())
        for path in _files()
        for name in _imports(path)
    }
    for library, doors in DOORS.items():
        for door in doors.split():
            assert any(name == library and fnmatch(where, door) for name, where in used), library


def test_each_real_model_is_named_in_one_place() -> None:
    for path in _files():
        for named in set(ADAPTERS) & set(_imports(path)):
            assert _module(path) == ADAPTERS[named], f"{path}: {named}"


def test_nothing_imports_the_tests() -> None:
    for path in _files():
        assert not [name for name in _imports(path) if name.partition(".")[0] == "tests"], path


@pytest.mark.parametrize("folder", ["corpus", "prompts"])
def test_content_holds_no_python(folder: str) -> None:
    files = [path for path in (ROOT / folder).rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert path.suffix not in {".py", ".pyc", ".pyi", ".ipynb", ".pth"}, path
        assert not path.read_bytes().startswith(b"#!"), path


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "util", "helpers", "core", "types", "base", "common", "misc"}
    assert not empty & {path.stem for path in _files()}
