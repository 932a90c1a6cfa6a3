"""A real question is answered without a network, and no connection is even tried."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.settings import Settings, load_settings
from tests.support.paths import ROOT
from tests.support.small_index import build_small_index

pytestmark = pytest.mark.slow

# Put in French by the language model before it is searched.
IN_ENGLISH = "Below which amount may a town buy supplies without competition?"
QUESTION = "Sous quel montant acheter des fournitures sans publicité ni mise en concurrence ?"
SOURCIER = (sys.executable, "-c", "import sys; from assistant.cli import main; sys.exit(main())")

# What strace shows of a call that names another place than this machine.
_PLACE = re.compile(
    r"sa_family=(\w+)(?:, .*?(?:inet_addr|inet_pton)\((?:AF_INET6, )?\"([^\"]+)\")?"
)
_NAMING = re.compile(r"\b(connect|sendto|sendmsg|sendmmsg|bind)\(")


@pytest.fixture(scope="module")
def answering_home(weights_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the real models and the small corpus, indexed by the real embedder."""
    from assistant.container import load_embedder  # the models take seconds to import

    home = tmp_path_factory.mktemp("answering") / "home"
    home.mkdir()
    (home / "models").symlink_to(weights_home / "models")
    embedder = load_embedder(home, load_settings(home))
    build_small_index(home, tmp_path_factory.mktemp("texts"), embedder)
    return home


def _ask(home: Path, question: str, *wrapper: str) -> "subprocess.CompletedProcess[str]":
    command = [*wrapper, *SOURCIER, "--data", str(home), "ask", question, "--json"]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False
    )


def _unshare() -> list[str]:
    """The command that runs another one without any route, loopback included."""
    for options in (["-n"], ["-rn"]):
        if shutil.which("unshare"):
            command = ["unshare", *options, "true"]
            if subprocess.run(command, capture_output=True, check=False).returncode == 0:
                return ["unshare", *options]
    pytest.skip("unshare is absent, or may not make a network namespace here")


def _strace() -> str:
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is absent: apt install strace")
    traced = subprocess.run([strace, "-e", "trace=none", "true"], capture_output=True, check=False)
    if traced.returncode:
        pytest.skip(f"strace may not trace here: {traced.stderr!r}")
    return strace


def test_a_question_is_answered_without_any_route(answering_home: Path) -> None:
    without = _unshare()
    probe = "import socket; socket.create_connection(('192.0.2.1', 80), 2)"
    unreachable = subprocess.run(
        [*without, sys.executable, "-c", probe], capture_output=True, text=True, check=False
    )
    assert "Network is unreachable" in unreachable.stderr
    asked = _ask(answering_home, QUESTION, *without)
    assert asked.returncode == 0, asked.stderr
    answer = json.loads(asked.stdout)
    assert answer["outcome"] == "answered"
    assert "60 000 €" in answer["answer"]
    assert answer["model"].startswith(Settings().llm)


def test_no_other_machine_is_named_while_asking(answering_home: Path, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    tracing = (_strace(), "-f", "--seccomp-bpf", "-qq", "-e", "trace=network", "-o", str(trace))
    asked = _ask(answering_home, IN_ENGLISH, *tracing)
    assert asked.returncode in (0, 3), asked.stderr
    assert list(_elsewhere(trace.read_text(errors="replace"))) == []


def _elsewhere(trace: str) -> Iterator[str]:
    for line in trace.splitlines():
        if not _NAMING.search(line):
            continue
        for family, address in _PLACE.findall(line):
            if family in ("AF_UNIX", "AF_NETLINK"):  # netlink asks this machine's own kernel
                continue
            if not (address.startswith("127.") or address == "::1"):
                yield line


_V4 = 'connect(5, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("%s")}, 16) = 0'
_V6 = (
    "sendto(5, 1, 1, 0, {sa_family=AF_INET6, sin6_port=htons(53), sin6_flowinfo=htonl(0), "
    'inet_pton(AF_INET6, "%s", &sin6_addr), sin6_scope_id=0}, 28) = 1'
)


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ('7 connect(3, {sa_family=AF_UNIX, sun_path="/run/x"}, 110) = 0', 0),
        ("7 bind(4, {sa_family=AF_NETLINK, nl_pid=0, nl_groups=00000000}, 12) = 0", 0),
        (f"7 {_V4 % '127.0.0.1'}", 0),
        (f"7 {_V4 % '192.0.2.1'}", 1),
        (f"7 {_V6 % '::1'}", 0),
        (f"7 {_V6 % '2001:db8::1'}", 1),
        ("7 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 5", 0),
    ],
)
def test_a_trace_is_read_right(line: str, count: int) -> None:
    assert len(list(_elsewhere(line))) == count
