"""Files are read in a child process that cannot harm."""

import ctypes
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from threading import Event, Thread

import pytest

from ingestion import sandbox
from ingestion.documents.document import Kind
from ingestion.errors import UnreadableFile
from ingestion.readers.reading import read_file
from ingestion.sandbox import BusySandbox, Limits, Pool, Sandbox, run
from tests.support.reading_files import paragraph, pdf, slow_pdf, zipped

HERE = f"{__name__}:"


@pytest.fixture(autouse=True, scope="module")
def kept_children() -> None:
    """Not kept: what becomes of a child is what these tests are about."""


def echo(word: str, given: bytes = b"") -> Iterator[bytes]:
    """In a child: what it was given, after a word."""
    sys.stdout.write("not a part of the answer")
    yield word.encode()
    yield given


def connect() -> Iterator[bytes]:
    """In a child: reach out."""
    socket.socket().connect(("127.0.0.1", 9))
    yield b"reached"


def start() -> Iterator[bytes]:
    """In a child: start another program."""
    subprocess.run(["/bin/true"], check=True)
    yield b"started"


def write(path: str) -> Iterator[bytes]:
    """In a child: keep something, in the place of what is there."""
    with Path(path).open("r+b", buffering=0) as file:
        file.write(b"kept")
    yield b"written"


def cut(path: str) -> Iterator[bytes]:
    """In a child: take away what a file holds."""
    with Path(path).open("r+b") as file:
        file.truncate(0)
    yield b"cut"


def empty(path: str) -> Iterator[bytes]:
    """In a child: open a file as if to write it anew."""
    with Path(path).open("wb"):
        yield b"empty"


def make(path: str) -> Iterator[bytes]:
    """In a child: leave a file beside another."""
    Path(path).with_name("made").touch()
    yield b"made"


def remove(path: str) -> Iterator[bytes]:
    """In a child: take a file away."""
    Path(path).unlink()
    yield b"removed"


def grow(size: str) -> Iterator[bytes]:
    """In a child: take memory."""
    yield str(len(bytearray(int(size)))).encode()


def spin() -> Iterator[bytes]:
    """In a child: never end."""
    while True:
        yield from ()


def begin(word: str) -> Iterator[bytes]:
    """In a child: tell something, then end at once."""
    yield word.encode()
    os._exit(3)


def fail(kind: str) -> Iterator[bytes]:
    """In a child: go wrong."""
    match kind:
        case "file":
            raise UnreadableFile("fichier vide")
        case "depth":
            yield from fail(kind)
        case "end":
            os._exit(3)
    raise KeyError(kind)


def flood() -> Iterator[bytes]:
    """In a child: announce more than there may be."""
    os.write(3, b"\xff" * 8)
    yield b""


def test_a_function_runs_in_a_child_on_what_it_is_given() -> None:
    assert run(f"{HERE}echo", "lu : ", given="déjà vu".encode()).decode() == "lu : déjà vu"


def test_a_child_answers_several_questions_and_a_failure_takes_only_itself() -> None:
    with Sandbox(f"{HERE}fail") as child:
        for kind in ("file", "end", "file"):
            with pytest.raises(UnreadableFile):
                list(child.ask(kind))
    with Sandbox(f"{HERE}echo") as child:
        assert [list(child.ask(word)) for word in "ab"] == [[b"a", b""], [b"b", b""]]


on_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="the kernel of another system has no filter"
)
where_files_are_kept = pytest.mark.skipif(
    sys.platform != "linux" or ctypes.CDLL(None).syscall(444, None, 0, 1) < 3,
    reason="Landlock of a kernel before 6.2 lets files be emptied",
)


@on_linux
@pytest.mark.parametrize("function", ["connect", "start"])
def test_a_child_reaches_nothing_and_starts_nothing(function: str) -> None:
    with pytest.raises(UnreadableFile, match="PermissionError"):
        run(f"{HERE}{function}")


@on_linux
@pytest.mark.parametrize(
    "function",
    [
        *("write", "remove", "cut"),
        pytest.param("empty", marks=where_files_are_kept),
        pytest.param("make", marks=where_files_are_kept),
    ],
)
def test_a_child_leaves_a_file_as_it_was(function: str, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_bytes(b"before")
    with pytest.raises(UnreadableFile):
        run(f"{HERE}{function}", str(kept))
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"kept": b"before"}


def test_a_child_may_open_what_keeps_nothing_as_libraries_do() -> None:
    assert run(f"{HERE}empty", os.devnull) == b"empty"


X86, I386, X32 = 0xC000003E, 0x40000003, 0x40000000


@pytest.mark.parametrize(
    ("architecture", "number", "is_allowed"),
    [
        (X86, 0, True),  # read
        (X86, 257, True),  # openat
        (X86, 41, False),  # socket
        (X86, 94, False),  # lchown, the last of them
        (X86, X32 | 41, False),
        (I386, 102, False),  # socketcall
        (I386, 0, False),
    ],
)
def test_the_filter_of_a_child(architecture: int, number: int, *, is_allowed: bool) -> None:
    steps = sandbox._filter(sandbox._MACHINES["linux", "x86_64"])
    told = _filtered(steps, {0: number, 4: architecture})
    assert (told == sandbox._ALLOW) is is_allowed


def _filtered(steps: Sequence[tuple[int, int, int, int]], known: Mapping[int, int]) -> int:
    """What a filter returns for a call, as the kernel runs it: a jump counts from the next step."""
    meets: dict[int, Callable[[int, int], bool]] = {
        0x15: lambda loaded, value: loaded == value,
        0x35: lambda loaded, value: loaded >= value,
    }
    at = loaded = 0
    while True:
        code, if_true, if_false, value = steps[at]
        if code == 0x06:
            return value
        if code == 0x20:
            loaded = known[value]
            at += 1
        else:
            at += 1 + (if_true if meets[code](loaded, value) else if_false)


def test_the_memory_of_a_child_is_bounded() -> None:
    limits = Limits(memory=300 << 20)
    assert run(f"{HERE}grow", str(10 << 20), limits=limits) == str(10 << 20).encode()
    with pytest.raises(
        UnreadableFile, match=r"^lecture trop gourmande en mémoire \(plus de 300 Mo"
    ):
        run(f"{HERE}grow", str(400 << 20), limits=limits)


def test_the_time_of_a_child_is_bounded() -> None:
    with pytest.raises(UnreadableFile, match=r"^lecture trop longue \(plus de 1 s\)$"):
        run(f"{HERE}spin", limits=Limits(seconds=1))


def test_what_a_child_told_before_it_failed_counts() -> None:
    with Sandbox(f"{HERE}begin") as child:
        answer = child.ask("atteint")
        assert next(answer) == b"atteint"
        with pytest.raises(UnreadableFile, match="interrompue"):
            next(answer)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("file", "fichier vide"),
        ("depth", "fichier corrompu (imbrication sans fin)"),
        ("key", "fichier corrompu ou non conforme (KeyError)"),
        ("end", "lecture interrompue : le fichier a fait échouer le lecteur (mémoire, ou contenu)"),
    ],
)
def test_what_goes_wrong_in_a_child_is_said(kind: str, said: str) -> None:
    with pytest.raises(UnreadableFile) as raised:
        run(f"{HERE}fail", kind)
    assert str(raised.value) == said


def test_a_child_that_announces_more_than_there_may_be_is_not_believed() -> None:
    with pytest.raises(UnreadableFile, match="trop longue"):
        run(f"{HERE}flood", limits=Limits(seconds=1))


class _Work(Thread):
    """Holds a place until it is told to end."""

    def __init__(self, pool: Pool, *, is_long: bool) -> None:
        super().__init__(daemon=True)
        self.pool, self.is_long = pool, is_long
        self.begun, self.over = Event(), Event()

    def run(self) -> None:
        with self.pool.place(is_long=self.is_long):
            self.begun.set()
            self.over.wait(30)


@pytest.fixture
def working() -> Iterator[list[_Work]]:
    works: list[_Work] = []
    yield works
    for work in works:
        work.over.set()
    for work in works:
        work.join(30)


def begun(works: list[_Work], pool: Pool, *, is_long: bool) -> _Work:
    works.append(_Work(pool, is_long=is_long))
    works[-1].start()
    return works[-1]


def test_long_work_leaves_a_place_to_short_work(working: list[_Work]) -> None:
    pool = Pool(places=2)
    first = begun(working, pool, is_long=True)
    assert first.begun.wait(30)
    second = begun(working, pool, is_long=True)
    with pool.place(is_long=False, patience=30):
        assert not second.begun.is_set()
    first.over.set()
    assert second.begun.wait(30)


def test_short_work_takes_every_place_and_no_more(working: list[_Work]) -> None:
    pool = Pool(places=2)
    works = [begun(working, pool, is_long=False) for _ in range(3)]
    running = [work for work in works if work.begun.wait(1)]
    assert len(running) == 2
    running[0].over.set()
    assert all(work.begun.wait(30) for work in works)


def test_who_waits_too_long_or_comes_when_too_many_wait_is_told_so(working: list[_Work]) -> None:
    pool = Pool(places=2, waiting=1)
    for _ in range(2):
        assert begun(working, pool, is_long=False).begun.wait(30)
    with pytest.raises(BusySandbox, match="Réessayez"), pool.place(is_long=False, patience=0.01):
        pass
    assert not pool.is_full
    third = begun(working, pool, is_long=False)
    while not pool.is_full:
        third.begun.wait(0.01)
    with pytest.raises(BusySandbox), pool.place(is_long=False, patience=30):
        pass


def test_a_place_is_free_again_after_a_failure() -> None:
    pool = Pool(places=2)
    for _ in range(5):
        with pytest.raises(ZeroDivisionError), pool.place(is_long=True):
            _ = 1 / 0
    with pool.place(is_long=True):
        pass


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_a_file_is_read_in_a_child_process(tmp_path: Path) -> None:
    path = written(tmp_path, "fiche.md", "# Titre\n\nLe marché.".encode())
    reading = read_file(path, "fiches/fiche.md", Kind.RULES)
    assert reading.problem is None
    assert (reading.documents[0].source, reading.documents[0].kind) == (
        "fiches/fiche.md",
        Kind.RULES,
    )


def test_a_reader_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    path = written(tmp_path, "lent.pdf", slow_pdf())
    reading = read_file(path, "lent.pdf", Kind.TENDER, limits=Limits(seconds=1))
    assert reading.problem == "lecture trop longue (plus de 1 s)"


def test_a_reader_that_takes_too_much_memory_is_stopped(tmp_path: Path) -> None:
    path = written(tmp_path, "gros.txt", b"mot " * 20_000_000)
    reading = read_file(path, "gros.txt", Kind.TENDER, limits=Limits(memory=300 << 20))
    assert reading.problem == "lecture trop gourmande en mémoire (plus de 300 Mo)"


def test_a_reader_that_dies_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, "x.pdf", pdf([paragraph()]))
    monkeypatch.setattr(sys, "executable", "/bin/false")
    reading = read_file(path, "x.pdf", Kind.TENDER)
    assert (reading.problem or "").startswith("lecture interrompue")


def test_what_the_readers_did_not_foresee_is_said(tmp_path: Path) -> None:
    deep = "<a>" * 100 + "</a>" * 100
    path = written(tmp_path, "x.docx", zipped(word__document_xml=deep))
    assert read_file(path, "x.docx", Kind.TENDER).problem


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("x.txt", b"", "fichier vide"),
        ("x.txt", b"a" * 2000, "fichier trop gros (0 Mo, maximum 0)"),
        ("x.zip", b"a", "format inconnu (.zip) ; archive : ajoutez les fichiers qu'elle contient"),
        ("sans", b"a", "format inconnu (sans extension)"),
    ],
)
def test_unfit_files_start_no_child(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    path = written(tmp_path, name, data)
    limits = Limits(file_size=1000, seconds=0)
    assert (read_file(path, name, Kind.TENDER, limits=limits).problem or "").startswith(reason)


def test_an_absent_file_or_a_folder_is_said(tmp_path: Path) -> None:
    absent = read_file(tmp_path / "absent.txt", "absent.txt", Kind.TENDER)
    assert (absent.problem or "").startswith("fichier inaccessible")
    folder = tmp_path / "dossier.txt"
    folder.mkdir()
    assert read_file(folder, "dossier.txt", Kind.TENDER).problem == "ce n'est pas un fichier"
