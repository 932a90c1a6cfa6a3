"""What import contracts cannot say: the door of each library, no cycle; and names of files."""

import sys
from fnmatch import fnmatch
from graphlib import TopologicalSorter

import grimp
import pytest

from tests.support.paths import ROOT
from tests.support.question_lists import read_table

PACKAGES = ("ingestion", "assistant")

DOORS = read_table("doors.toml")


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
        doors = DOORS[library]
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
