"""What a model is told, and who has their turn."""

import re
import threading
import time
from collections.abc import Generator
from pathlib import Path

import pytest

from assistant.errors import BrokenPrompt
from assistant.llm.language_model import FOLDER, fill_prompt
from assistant.llm.sharing import FairQueue


def _write(folder: Path, content: str) -> Path:
    (folder / "ask.md").write_text(content, encoding="utf-8")
    return folder


def test_a_prompt_is_filled(tmp_path: Path) -> None:
    folder = _write(
        tmp_path, "placeholders: title question\n---\n$title\n\nQuestion : ${question} ?"
    )
    filled = fill_prompt("ask", folder, title="R2122-8", question="Combien")
    assert filled == "R2122-8\n\nQuestion : Combien ?"


@pytest.mark.parametrize("value", ["$title", "${title}", "$$", "$", "%(title)s", "{title}", "\\1"])
def test_what_is_filled_in_is_never_expanded(tmp_path: Path, value: str) -> None:
    folder = _write(tmp_path, "placeholders: title question\n---\n$title|$question")
    assert fill_prompt("ask", folder, title="secret", question=value) == f"secret|{value}"


def test_only_a_line_of_its_own_ends_the_head(tmp_path: Path) -> None:
    folder = _write(tmp_path, "placeholders: question\n---\n$question\n---\nSuite")
    assert fill_prompt("ask", folder, question="Q") == "Q\n---\nSuite"


def test_two_dollars_write_one(tmp_path: Path) -> None:
    assert fill_prompt("ask", _write(tmp_path, "placeholders:\n---\n5 $$")) == "5 $"


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
        fill_prompt("ask", _write(tmp_path, content), **dict.fromkeys(given, ""))


def test_a_missing_prompt_is_named(tmp_path: Path) -> None:
    with pytest.raises(BrokenPrompt, match=r"absent\.md est introuvable"):
        fill_prompt("absent", tmp_path)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.md")), ids=lambda path: path.stem)
def test_every_prompt_of_the_program_declares_what_it_uses(path: Path) -> None:
    head = path.read_text(encoding="utf-8").partition("\n---\n")[0]
    fill_prompt(path.stem, **dict.fromkeys(head.removeprefix("placeholders:").split(), ""))


def test_every_prompt_of_the_program_is_loaded_by_it() -> None:
    source = "\n".join(
        file.read_text(encoding="utf-8") for file in (FOLDER.parent / "assistant").rglob("*.py")
    )
    for path in FOLDER.glob("*.md"):
        assert re.search(rf'fill_prompt\(\s*"{path.stem}"', source), f"{path.name} is never used"


def _enter(turnstile: FairQueue) -> object:
    """Pass through without anybody ahead."""
    with pytest.raises(StopIteration) as entered:
        next(turnstile.enter())
    return entered.value.value


def _let_in(waiting: Generator[int, None, object]) -> tuple[list[int], object]:
    """The places seen until the turn comes, and the ticket."""
    seen = []
    while True:
        try:
            seen.append(next(waiting))
        except StopIteration as entered:
            return seen, entered.value


def test_an_empty_queue_lets_through_at_once() -> None:
    turnstile = FairQueue()
    for _ in range(3):
        turnstile.leave(_enter(turnstile))


def test_the_others_see_how_many_are_ahead() -> None:
    turnstile = FairQueue()
    first = _enter(turnstile)
    second, third = turnstile.enter(), turnstile.enter()
    assert (next(second), next(third)) == (1, 2)
    assert (next(third), next(second)) == (2, 1)
    assert turnstile.waiting == 2
    turnstile.leave(first)
    seen, ticket = _let_in(second)
    assert (seen, turnstile.waiting) == ([], 1)
    assert next(third) == 1
    turnstile.leave(ticket)
    assert _let_in(third)[0] == []


def test_the_second_question_of_one_waits_for_the_first_of_another() -> None:
    turnstile = FairQueue()
    inside = turnstile.enter("ana")
    with pytest.raises(StopIteration) as entered:
        next(inside)
    again = [turnstile.enter("ana") for _ in range(20)]
    assert [next(each) for each in again] == list(range(1, 21))
    other, third = turnstile.enter("bea"), turnstile.enter("bea")
    assert next(other) == 1
    assert next(third) == 3  # after Ana's first, which is inside, Bea's first, Ana's second
    assert next(again[0]) == 2
    turnstile.leave(entered.value.value)
    assert _let_in(other)[0] == []


def test_who_leaves_the_queue_gives_the_place_up() -> None:
    turnstile = FairQueue()
    first = _enter(turnstile)
    second, third = turnstile.enter(), turnstile.enter()
    assert (next(second), next(third)) == (1, 2)
    second.close()
    assert next(third) == 1
    turnstile.leave(first)
    assert _let_in(third)[0] == []


def test_who_is_interrupted_while_waiting_gives_the_place_up() -> None:
    turnstile = FairQueue()
    first = _enter(turnstile)
    second = turnstile.enter()
    next(second)
    with pytest.raises(KeyboardInterrupt):
        second.throw(KeyboardInterrupt())
    turnstile.leave(first)
    turnstile.leave(_enter(turnstile))


def test_one_at_a_time_in_the_order_of_arrival() -> None:
    turnstile = FairQueue()
    inside: list[int] = []
    order: list[int] = []
    most = 0

    def use(number: int, waiting: Generator[int, None, object]) -> None:
        nonlocal most
        _, ticket = _let_in(waiting)
        inside.append(number)
        most = max(most, len(inside))
        order.append(number)
        time.sleep(0.01)
        inside.remove(number)
        turnstile.leave(ticket)

    first = _enter(turnstile)
    queue = [turnstile.enter() for _ in range(5)]
    assert [next(each) for each in queue] == [1, 2, 3, 4, 5]
    threads = [threading.Thread(target=use, args=each) for each in enumerate(queue)]
    for thread in threads:
        thread.start()
    turnstile.leave(first)
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()
    assert order == [0, 1, 2, 3, 4]
    assert most == 1


def test_the_next_one_does_not_wait_a_whole_glance(monkeypatch: pytest.MonkeyPatch) -> None:
    turnstile = FairQueue()
    first = _enter(turnstile)
    waiting = turnstile.enter()
    assert next(waiting) == 1
    monkeypatch.setattr("assistant.llm.sharing.GLANCE", 60)
    thread = threading.Thread(target=_let_in, args=(waiting,), daemon=True)
    thread.start()
    time.sleep(0.02)
    turnstile.leave(first)
    thread.join(30)
    assert not thread.is_alive()
