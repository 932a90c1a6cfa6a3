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

# Each may import those above it in the list; a package stands for its modules.
ORDER = (
    "ingestion",
    "assistant.errors",
    "assistant.identity",
    "assistant.openid_settings",
    "assistant.settings",
    "assistant.words",
    "assistant.topics",
    "assistant.language",
    "assistant.day",
    "assistant.scope",
    "assistant.prompts",
    "assistant.language_model",
    "assistant.chat_format",
    "assistant.llama",
    "assistant.llm",
    "assistant.checking",
    "assistant.comparing",
    "assistant.validity",
    "assistant.evidence",
    "assistant.hierarchy",
    "assistant.changes",
    "assistant.answers",
    "assistant.turn",
    "assistant.record",
    "assistant.journal",
    "assistant.accounts",
    "assistant.impact",
    "assistant.index_changes",
    "assistant.law_record",
    "assistant.holder",
    "assistant.turnstile",
    "assistant.standalone",
    "assistant.weighting",
    "assistant.statements",
    "assistant.priority",
    "assistant.fiche",
    "assistant.fiche_export",
    "assistant.allowance",
    "assistant.filing",
    "assistant.regimes",
    "assistant.phrases",
    "assistant.ranking",
    "assistant.candidates",
    "assistant.retrieval",
    "assistant.calculators",
    "assistant.confidence",
    "assistant.ledger",
    "assistant.bookkeeping",
    "assistant.answerability",
    "assistant.reading",
    "assistant.writing",
    "assistant.contradictions",
    "assistant.premises",
    "assistant.asking_back",
    "assistant.subjects",
    "assistant.notices",
    "assistant.calculating",
    "assistant.parts",
    "assistant.gathering",
    "assistant.accounting",
    "assistant.answering",
    "assistant.assistant",
    "assistant.questions",
    "assistant.themes",
    "assistant.results",
    "assistant.grading",
    "assistant.measures",
    "assistant.baseline",
    "assistant.evaluation",
    "assistant.charts",
    "assistant.amount_charts",
    "assistant.review",
    "assistant.activity",
    "assistant.examination",
    "assistant.administration",
    "assistant.page",
    "assistant.findings",
    "assistant.report",
    "assistant.papers",
    "assistant.homologation",
    "assistant.board",
    "assistant.conformity",
    "assistant.desk",
    "assistant.wiring",
    "assistant.serving",
    "assistant.cli",
)

DOORS = {
    "argon2": "assistant/accounts/passwords.py",
    "authlib": "assistant/accounts/openid.py",
    "chromadb": "ingestion/chroma_index.py",
    "docx": "ingestion/reading/docx.py assistant/page/export.py assistant/fiche_export.py "
    "assistant/papers/word.py",
    "duckdb": "ingestion/ledger/embedded.py",
    "facturx": "ingestion/ledger/electronic.py ingestion/ledger/schematrons.py "
    "ingestion/ledger/terms.py",
    "fastapi": "assistant/page/*",
    "gradio": "assistant/page/*",
    "httpx2": "assistant/accounts/openid.py",
    "huggingface_hub": "ingestion/weights/hub.py",
    "jours_feries_france": "assistant/calculators/calendar.py",
    "joserfc": "assistant/accounts/openid.py",
    "langchain_text_splitters": "ingestion/splitting.py",
    "llama_cpp": "assistant/llama.py",
    "lxml": "ingestion/reading/markup.py",
    "markdown_it": "ingestion/reading/markdown.py",
    "matplotlib": "assistant/charts.py assistant/amount_charts.py",
    "numpy": "ingestion/* assistant/llama.py",
    "openpyxl": "ingestion/ledger/tables.py assistant/ledger/export.py",
    "pikepdf": "ingestion/ledger/container.py ingestion/ledger/colours.py",
    "PIL": "assistant/page/pdf_page.py",
    "psycopg": "ingestion/ledger/server.py",
    "pydantic": "ingestion/* assistant/record.py assistant/results.py assistant/page/* "
    "assistant/administration/*",
    "pypdf": "ingestion/reading/pdf.py",
    "pypdfium2": "assistant/page/pdf_page.py ingestion/reading/visibility.py",
    "reportlab": "assistant/papers/pdf.py assistant/papers/pdf_charts.py",
    "rich": "assistant/cli/*",
    "safetensors": "ingestion/sentence_transformer.py",
    "saxonche": "ingestion/ledger/schematrons.py",
    "sentence_transformers": "ingestion/sentence_transformer.py",
    "sqlite3": "ingestion/snapshot.py ingestion/store.py ingestion/vector_cache.py "
    "assistant/accounts/*",
    "starlette": "assistant/page/*",
    "tantivy": "ingestion/tantivy_index.py",
    "torch": "ingestion/sentence_transformer.py",
    "transformers": "ingestion/sentence_transformer.py",
    "uvicorn": "assistant/page/app.py",
    "yaml": "ingestion/reading/front_matter.py",
}

ADAPTERS = {
    "assistant.llama": "assistant.llm.__main__",
    "assistant.llm.process": "assistant.wiring",
    "ingestion.sentence_transformer": "assistant.wiring",
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
    package, _, rest = module.partition(".")
    return module if package == "ingestion" else f"assistant.{rest.partition('.')[0]}"


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
