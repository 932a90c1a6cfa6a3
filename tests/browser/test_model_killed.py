"""The process of the model ends during a turn, over a real small index."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assistant.journal.journal import Journal
from assistant.llm.process import ModelProcess
from assistant.web.local_service import LocalBuyerService
from tests.browser.visit import ask
from tests.support.journals import bodies
from tests.support.page_server import served
from tests.support.scripted_process import scripted_command
from tests.support.small_index import answering_embedder, assistant_over, build_small_index

ENGLISH = "Below which amount may a town buy supplies without advertising or competition?"
FRENCH = "Sous quel montant acheter des fournitures sans publicité ni mise en concurrence ?"
OTHER = "Above which amount is an advance granted?"
IN_FRENCH = "À partir de quel montant du marché accorder une avance ?"

WHILE_READING = {"buy supplies": (1, signal.SIGILL)}
WHILE_WRITING = {FRENCH: (4, signal.SIGKILL)}


@pytest.fixture(scope="module")
def model() -> ModelProcess:
    """Its process ends while it reads one question, and while it writes of another."""
    command = scripted_command(
        replies={OTHER: IN_FRENCH, FRENCH: "Le montant est de 60 000 €."},
        stops=WHILE_READING | WHILE_WRITING,
    )
    return ModelProcess("script@1", command)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("killed") / "home"


@pytest.fixture(scope="module")
def journal(home: Path) -> Journal:
    return Journal(home / "journal.jsonl")


@pytest.fixture(scope="module")
def address(
    model: ModelProcess, home: Path, journal: Journal, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    build_small_index(home, tmp_path_factory.mktemp("texts"), answering_embedder())
    assistant = assistant_over(home, journal, model=model, writes=True)
    with served(LocalBuyerService(home, assistant, answering_embedder)) as address:
        yield address


def _answer_recorded(journal: Journal) -> str:
    last = bodies(journal)[-1]
    assert last["ended"] == "finished"
    return str(last["answer"])


def test_it_ends_while_it_reads(page: Page, journal: Journal, tmp_path: Path) -> None:
    ask(page, ENGLISH)
    notice = page.locator("#t0.finished .notice").first
    expect(notice).to_contain_text("The language model stopped")
    expect(page.locator("#t0 .passage").first).to_be_visible()
    expect(page.locator("#t0 .record")).to_be_visible()
    page.screenshot(path=tmp_path / "reading.png", full_page=True)
    assert "The language model stopped" in _answer_recorded(journal)
    ask(page, OTHER)
    expect(page.locator("#t1.finished .understood")).to_contain_text(IN_FRENCH[:30])
    expect(page.locator("#t1 .answer")).not_to_contain_text("language model")


def test_it_ends_while_it_writes(page: Page, journal: Journal, tmp_path: Path) -> None:
    ask(page, FRENCH)
    notice = page.locator("#t0.finished .notice").first
    expect(notice).to_contain_text("Le modèle de langue s’est arrêté")
    expect(page.locator("#t0 .sentence").first).to_contain_text("60")
    page.screenshot(path=tmp_path / "writing.png", full_page=True)
    assert "Le modèle de langue s’est arrêté" in _answer_recorded(journal)
    ask(page, OTHER)
    expect(page.locator("#t1.finished .understood")).to_contain_text(IN_FRENCH[:30])
