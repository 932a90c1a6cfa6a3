import ast
import io
import re
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from ingestion.setup import installation, preflight
from ingestion.setup.installation import COMPILATION, CONSTRAINTS, PipStep, commands, main
from ingestion.setup.preflight import Machine, first_problem
from tests.support.paths import ROOT

PLENTY = 10**12


class OtherMachine(Machine):
    """A machine with everything, but for what the test takes away."""

    def __init__(
        self,
        version: tuple[int, int] = (3, 12),
        lacks: tuple[str, ...] = (),
        free: int = PLENTY,
        memory: float = PLENTY,
        taken_port: int = 0,
    ) -> None:
        self.version = version
        self.lacks = lacks
        self.free = free
        self.memory = memory
        self.taken_port = taken_port

    def has_module(self, name: str) -> bool:
        return name not in self.lacks

    def has_command(self, name: str) -> bool:
        return name not in self.lacks

    def free_bytes(self, folder: Path) -> int:
        return self.free

    def memory_bytes(self) -> float:
        return self.memory

    def can_listen(self, port: int) -> bool:
        return port != self.taken_port


def said(machine: Machine, *, installed: bool = False, port: int | None = None) -> str:
    return first_problem(machine, installed=installed, port=port) or ""


def test_a_good_machine_has_no_problem() -> None:
    assert said(OtherMachine(), port=7860) == ""


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_these_pythons_are_right(version: tuple[int, int]) -> None:
    assert said(OtherMachine(version)) == ""


@pytest.mark.parametrize(("version", "which"), [((3, 9), "ancien"), ((3, 14), "récent")])
def test_another_python_is_said_with_the_one_to_use(version: tuple[int, int], which: str) -> None:
    problem = said(OtherMachine(version, lacks=("python3.13",)))
    assert problem.startswith(f"Python {version[0]}.{version[1]} est trop {which}")
    assert problem.endswith("ajoutez PYTHON=python3.12 à la commande make.")


def test_another_python_with_none_at_hand() -> None:
    lacks = ("python3.11", "python3.12", "python3.13")
    assert "Installez-en une" in said(OtherMachine((3, 9), lacks))


@pytest.mark.parametrize(
    ("lacks", "packages"),
    [
        (("ensurepip",), "python3.12-venv"),
        (("make",), "make"),
        (("c++", "g++", "clang++"), "g++"),
        (("cc", "gcc", "clang"), "gcc"),
        (("ensurepip", "make", "c++", "g++", "clang++"), "python3.12-venv make g++"),
    ],
)
def test_missing_tools_are_named_by_package(
    lacks: tuple[str, ...], packages: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.delenv("CXX", raising=False)
    assert said(OtherMachine(lacks=lacks)).endswith(f"sudo apt-get install {packages}")
    assert said(OtherMachine(lacks=lacks), installed=True) == ""


def test_the_compiler_chosen_by_the_user_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXX", "my-c++ -O2")
    assert said(OtherMachine(lacks=("c++", "g++", "clang++"))) == ""


def test_a_small_disk_is_said_with_both_sizes() -> None:
    assert "Il faut 6,0 Go libres" in said(OtherMachine(free=3 * 10**9))
    assert "il en reste 3,0 Go" in said(OtherMachine(free=3 * 10**9))
    assert said(OtherMachine(free=3 * 10**9), installed=True) == ""
    assert "Il faut 0,5 Go" in said(OtherMachine(free=10**8), installed=True)


def test_a_small_memory_is_said() -> None:
    assert "Il faut 3,5 Go de mémoire" in said(OtherMachine(memory=2e9), installed=True)


def test_a_taken_port_is_said_with_another() -> None:
    problem = said(OtherMachine(taken_port=7860), installed=True, port=7860)
    assert "http://127.0.0.1:7860" in problem
    assert problem.endswith("make run PORT=7861")


def test_this_machine_is_asked_for_real(tmp_path: Path) -> None:
    machine = Machine()
    assert machine.has_module("json")
    assert not machine.has_command("no-such-command")
    assert machine.free_bytes(tmp_path / "not" / "yet") > 0
    assert machine.memory_bytes() > 10**8
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert not machine.can_listen(taken.getsockname()[1])


def test_it_runs_alone_and_says_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-I", preflight.__file__, "--installed", "--port", port]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr.startswith(f"Le port {port} est déjà pris.")
    assert len(result.stderr.splitlines()) == 1


def test_older_pythons_can_read_it_to_be_told_apart() -> None:
    ast.parse(Path(preflight.__file__).read_text(), feature_version=(3, 8))


def test_it_needs_nothing_installed() -> None:
    tree = ast.parse(Path(preflight.__file__).read_text())
    imported = {
        alias.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    } | {
        (node.module or "").split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
    }
    assert imported <= set(sys.stdlib_module_names)


# Installation


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
    reader = PipStep()
    reader.follow(io.StringIO(output), log)
    assert reader.text == step
    assert log.getvalue() == output


def test_pip_is_brought_to_a_known_version_before_it_installs_anything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    first, second = commands(("--editable", ".[test]"))
    assert first[-2:] == ["--upgrade", "pip"]
    assert second[-1] == ".[test]"
    assert str(CONSTRAINTS) in first
    assert re.search(r"^pip==\d", CONSTRAINTS.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize(
    ("arguments", "installed"),
    [
        ([".[test]"], ("--editable", ".[test]")),
        # The wheel that pip keeps was compiled for the processor of another day.
        (["--engine"], ("--force-reinstall", "--no-deps", "--no-cache-dir", "llama-cpp-python")),
    ],
)
def test_packages_are_installed_or_the_engine_compiled_again(
    arguments: list[str], installed: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Sequence[str]] = []

    def install(what: Sequence[str]) -> int:
        asked.append(what)
        return 0

    monkeypatch.setattr(installation, "install", install)
    monkeypatch.setattr(sys, "argv", ["installation.py", *arguments])
    assert main() == 0
    assert asked == [installed]
