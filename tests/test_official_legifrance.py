from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from ingestion.errors import IngestionError, UnreadableFile
from ingestion.legislation.articles import Changes, SourceRefusal
from ingestion.legislation.legi import read_article as read_xml
from ingestion.legislation.legifrance import Credentials, Piste, fetch, read_article
from ingestion.readers.documents import State
from tests.legi_files import CODE_ID, VERSION, article_xml, other
from tests.legifrance_server import Legifrance, serving

DAY = date(2026, 11, 24)
BEFORE = other(10, state=State.CHANGED, first_day=date(2019, 4, 1), ended=date(2020, 4, 1))
LATER = other(12, state=State.IN_FORCE_LATER, first_day=date(2027, 1, 1))
SECOND = other(20, number="R12-3", nota=())
VERSIONS = (VERSION, BEFORE, LATER, SECOND)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Legifrance]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving(Legifrance(VERSIONS)) as legifrance:
        yield legifrance


def fetched(server: Legifrance, told: list[tuple[int, int]] | None = None) -> Changes:
    piste = Piste(Credentials("id", "secret"), server.address, server.tokens, lambda seconds: None)
    progress = told if told is not None else []
    return fetch(piste, CODE_ID, DAY, lambda done, total: progress.append((done, total)))


def answered(server: Legifrance, **changed: object) -> dict[str, Any]:
    _, body = server.answer("/consult/getArticle", {"id": VERSION.id}, f"Bearer {server.token}")
    return {**body["article"], **changed}


def test_every_version_of_every_article_is_fetched_once(server: Legifrance) -> None:
    told: list[tuple[int, int]] = []
    changes = fetched(server, told)
    assert set(changes.versions) == set(VERSIONS)
    assert not changes.refused
    assert not changes.is_complete
    assert server.paths().count("/consult/getArticle") == len(VERSIONS)
    assert server.asked[1] == ("/consult/legiPart", {"textId": CODE_ID, "date": "2026-11-24"})
    assert told[0] == (0, 3)
    assert told[-1] == (4, 4)


def test_the_interface_and_the_archives_give_the_same_version(server: Legifrance) -> None:
    for version in VERSIONS:
        _, body = server.answer("", {"id": version.id}, f"Bearer {server.token}")
        assert read_article(body["article"], CODE_ID) == read_xml(article_xml(version))


def test_an_article_that_cannot_be_read_is_named_and_the_others_stay(
    server: Legifrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(path: str, body: dict[str, str], token: str) -> tuple[int, object]:
        if body.get("id") == SECOND.id:
            return 200, {"article": None}
        if body.get("id") == BEFORE.id:
            return 404, {}
        return whole(path, body, token)

    whole = server.answer
    monkeypatch.setattr(Legifrance, "answer", lambda self, *asked: answer(*asked))
    changes = fetched(server)
    assert set(changes.versions) == {VERSION, LATER}
    reason = "article absent de la réponse"
    assert set(changes.refused) == {
        SourceRefusal(SECOND.id, reason),
        SourceRefusal(BEFORE.id, reason),
    }


def test_a_text_without_articles_is_said(server: Legifrance) -> None:
    server.versions = ()
    with pytest.raises(IngestionError, match=f"pas d'article de {CODE_ID} au 24/11/2026"):
        fetched(server)


def test_a_day_written_at_midnight_in_paris_is_that_day(server: Legifrance) -> None:
    greenwich = answered(server)["dateDebut"]
    for hours in (0, 1, 2):
        article = answered(server, dateDebut=greenwich - hours * 3_600_000)
        assert read_article(article, CODE_ID).first_day == VERSION.first_day


def test_plain_text_is_read_where_there_is_no_html(server: Legifrance) -> None:
    article = answered(server, texteHtml=None, texte="Un puits.")
    assert read_article(article, CODE_ID).lines == ("Un puits.",)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"num": None}, "champ « num » absent"),
        ({"id": "LEGIARTI1"}, "LEGIARTI1"),
        ({"etat": "PERDU"}, "état « PERDU » inconnu"),
        ({"dateDebut": "demain"}, "champ « dateDebut » qui n'est pas une date"),
        ({"dateDebut": True}, "champ « dateDebut » qui n'est pas une date"),
        ({"dateFin": 10**30}, "champ « dateFin » qui n'est pas une date"),
        ({"dateFin": 0}, "dates impossibles"),
        ({"texteHtml": "<p/>", "texte": "x"}, "texte absent"),
        ({"context": None}, "titre du texte"),
        ({"context": {"titreTxt": [{"titre": None}]}}, "titre du texte"),
    ],
)
def test_what_a_version_must_have_is_named(
    server: Legifrance, changed: dict[str, object], reason: str
) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_article(answered(server, **changed), CODE_ID)
    assert reason in str(refused.value)
