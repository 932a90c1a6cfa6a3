"""Decisions on the pages: under answers, on that of an article, and opened."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant.answering.answer import Finished
from assistant.web.buyer.conversation import Conversation, Turn, TurnStage, advance
from assistant.web.buyer.turn_view import turn_html
from assistant.web.local_service import LocalBuyerService
from tests.support.case_law import (
    ASKED,
    DAY,
    NEWEST,
    RULE_ASKED,
    ask,
    assistant,
    law_alone,
    with_decisions,
)
from tests.support.page_app import app_over
from tests.support.small_index import answering_embedder


@pytest.fixture(scope="module")
def with_rulings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_decisions(law_alone(tmp_path_factory.mktemp("law")))


def page_of(home: Path, folder: Path, question: str) -> str:
    turn = advance(Turn(question, DAY), Finished(ask(home, folder, question)))
    assert turn.stage is TurnStage.FINISHED
    return str(turn_html(turn, 0, Conversation((turn,))))


def test_the_page_says_that_decisions_are_not_the_rule(with_rulings: Path, tmp_path: Path) -> None:
    page = page_of(with_rulings, tmp_path, ASKED)
    assert "décisions de justice, qui ne sont pas la règle" in page
    assert f'<p class="spoken-by">{NEWEST}</p>' in page.replace("\u202f", " ").replace("\xa0", " ")
    assert "décision de justice, pas la règle" in page
    assert "https://www.legifrance.gouv.fr/ceta/id/CETATEXT000000000013" in page


def test_the_decisions_that_apply_an_article_stand_under_its_answer(
    with_rulings: Path, tmp_path: Path
) -> None:
    page = page_of(with_rulings, tmp_path, RULE_ASKED)
    assert "Quatre décisions appliquent l’article L2152-6" in page
    assert 'href="/law/L2152-6?as_of=2026-09-01&amp;lang=fr#rulings"' in page


def test_the_page_of_an_article_lists_its_decisions_and_opens_them(
    with_rulings: Path, tmp_path: Path
) -> None:
    service = LocalBuyerService(with_rulings, assistant(with_rulings, tmp_path), answering_embedder)
    with TestClient(app_over(service)) as client:
        page = client.get("/law/L2152-6").text
        assert page.index("n° 480013") < page.index("n° 480012") < page.index("n° 480011")
        assert "elles ne sont pas la règle" in page
        known_then = client.get("/law/L2152-6?as_of=2022-06-01").text
        assert "n° 480012" in known_then
        assert "n° 480013" not in known_then
        [address] = {line.split('"')[0] for line in page.split('href="')[1:] if "480013" in line}
        opened = client.get(address.replace("&amp;", "&"))
        assert 'id="passage"' in opened.text
        assert "devait être vérifiée avant son rejet" in opened.text
        assert client.get("/law/CMP%2053").status_code == 200
