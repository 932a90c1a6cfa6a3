import subprocess
from hashlib import sha256
from pathlib import Path

from assistant.evaluation.runs import code_version, hash_file, identify, machine
from assistant.settings import Settings
from tests.graded import MANIFEST, evaluation_of


def _git(folder: Path, *command: str) -> str:
    identity = ("-c", "user.name=n", "-c", "user.email=n@example.org")
    done = subprocess.run(
        ("git", "-C", str(folder), *identity, *command), capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_the_code_is_named_by_its_commit_and_whether_it_was_changed(tmp_path: Path) -> None:
    _git(tmp_path, "init", "--quiet")
    (tmp_path / "a.py").write_text("1")
    _git(tmp_path, "add", ".")
    _git(tmp_path, "commit", "--quiet", "--message", "a")
    commit = _git(tmp_path, "rev-parse", "HEAD")
    assert code_version(tmp_path).endswith(f", commit {commit}")
    (tmp_path / "a.py").write_text("2")
    assert code_version(tmp_path).endswith(f", commit {commit}, fichiers modifiés depuis")


def test_code_without_a_commit_is_named_by_its_version(tmp_path: Path) -> None:
    version = code_version(tmp_path)
    assert version.startswith("sourcier ")
    assert "commit" not in version
    (tmp_path / ".git").mkdir()  # not a repository
    assert code_version(tmp_path) == version


def test_a_run_is_identified_by_files_prompts_and_machine(tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_bytes(b"{}")
    identity = identify(tmp_path, "script@1", MANIFEST, Settings(), [questions])
    assert identity.files == (hash_file(questions, str(questions)),)
    assert identity.files[0].sha256 == sha256(b"{}").hexdigest()
    assert "write.md" in [prompt.name for prompt in identity.prompts]
    assert identity.began.tzinfo is not None
    assert identity.machine == machine()
    assert " cœurs, " in machine()


def test_a_run_is_complete_when_every_question_was_asked() -> None:
    assert evaluation_of([]).complete
    assert not evaluation_of([], planned=1).complete
