from pathlib import Path

import pytest

from assistant.errors import BrokenPrompt
from assistant.llm.language_model import FOLDER, load_prompt


def _write(folder: Path, content: str) -> Path:
    (folder / "ask.md").write_text(content, encoding="utf-8")
    return folder


def test_a_prompt_is_filled(tmp_path: Path) -> None:
    folder = _write(
        tmp_path, "placeholders: title question\n---\n$title\n\nQuestion : ${question} ?"
    )
    prompt = load_prompt("ask", "question", "title", folder=folder)
    assert prompt.fill(title="R2122-8", question="Combien") == "R2122-8\n\nQuestion : Combien ?"


@pytest.mark.parametrize("value", ["$title", "${title}", "$$", "$", "%(title)s", "{title}", "\\1"])
def test_what_is_filled_in_is_never_expanded(tmp_path: Path, value: str) -> None:
    folder = _write(tmp_path, "placeholders: title question\n---\n$title|$question")
    prompt = load_prompt("ask", "question", "title", folder=folder)
    assert prompt.fill(title="secret", question=value) == f"secret|{value}"


def test_only_a_line_of_its_own_ends_the_head(tmp_path: Path) -> None:
    folder = _write(tmp_path, "placeholders: question\n---\n$question\n---\nSuite")
    assert load_prompt("ask", "question", folder=folder).fill(question="Q") == "Q\n---\nSuite"


def test_two_dollars_write_one(tmp_path: Path) -> None:
    folder = _write(tmp_path, "placeholders:\n---\n5 $$")
    assert load_prompt("ask", folder=folder).fill() == "5 $"


@pytest.mark.parametrize(
    ("content", "given"),
    [
        ("placeholders: question\n---\nsans", ("question",)),  # declared, not used
        ("placeholders:\n---\n$question", ("question",)),  # used, not declared
        ("placeholders: question\n---\n$question", ()),  # not given by the program
        ("placeholders: question\n---\n$question", ("question", "title")),  # not in the file
        ("placeholders: question\n---\n$question 5 $ !", ("question",)),  # a lonely dollar
        ("question\n---\n$question", ("question",)),  # no declaration
        ("placeholders: question\n$question", ("question",)),  # no line between
        ("placeholders:\n---\n\n", ()),  # nothing to say
        ("", ()),
    ],
)
def test_a_prompt_that_is_not_as_announced_is_refused(
    tmp_path: Path, content: str, given: tuple[str, ...]
) -> None:
    with pytest.raises(BrokenPrompt, match=r"ask\.md"):
        load_prompt("ask", *given, folder=_write(tmp_path, content))


def test_a_missing_prompt_is_named(tmp_path: Path) -> None:
    with pytest.raises(BrokenPrompt, match=r"absent\.md est introuvable"):
        load_prompt("absent", folder=tmp_path)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.md")), ids=lambda path: path.stem)
def test_every_prompt_of_the_program_declares_what_it_uses(path: Path) -> None:
    head = path.read_text(encoding="utf-8").partition("\n---\n")[0]
    load_prompt(path.stem, *head.removeprefix("placeholders:").split())


def test_every_prompt_of_the_program_is_loaded_by_it() -> None:
    source = "\n".join(
        file.read_text(encoding="utf-8") for file in (FOLDER.parent / "assistant").rglob("*.py")
    )
    for path in FOLDER.glob("*.md"):
        assert f'load_prompt("{path.stem}"' in source, f"{path.name} is never used"
