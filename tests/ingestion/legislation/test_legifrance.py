from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from ingestion.documents.document import State
from ingestion.errors import IngestionError, UnreadableFile
from ingestion.legislation.articles import Changes, SourceRefusal
from ingestion.legislation.legi import read_article as read_xml
from ingestion.legislation.legifrance import Credentials, Piste, credentials_of, fetch, read_article
from tests.support.legi_files import CODE_ID, VERSION, article_xml, other
from tests.support.legifrance_server import Legifrance, serving

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


# The server to PISTE


ARTICLE = "/consult/getArticle"
BODY = {"id": VERSION.id}


def piste(server: Legifrance, pauses: list[float] | None = None, secret: str = "secret") -> Piste:
    kept = pauses if pauses is not None else []
    return Piste(Credentials("id", secret), server.address, server.tokens, kept.append)


def test_a_token_is_asked_for_once(server: Legifrance) -> None:
    session = piste(server)
    for _ in range(2):
        assert (session.post(ARTICLE, BODY) or {})["article"]["id"] == VERSION.id
    assert server.paths() == ["/api/oauth/token", ARTICLE, ARTICLE]
    assert server.asked[0][1] == {
        "grant_type": ["client_credentials"],
        "client_id": ["id"],
        "client_secret": ["secret"],
        "scope": ["openid"],
    }


def test_an_expired_token_is_renewed(server: Legifrance) -> None:
    session = piste(server)
    session.post(ARTICLE, BODY)
    server.token = "jeton-2"
    assert session.post(ARTICLE, BODY)
    assert server.paths()[2:] == [ARTICLE, "/api/oauth/token", ARTICLE]


def test_what_may_pass_is_waited_for_as_asked_within_bounds(server: Legifrance) -> None:
    pauses: list[float] = []
    session = piste(server, pauses)
    session.post(ARTICLE, BODY)
    server.failures.extend(
        [(429, {"Retry-After": "7"}), (503, {"Retry-After": "86400"}), (500, {}), (502, {})]
    )
    assert session.post(ARTICLE, BODY)
    assert pauses == [7, 60, 8, 16]


def test_too_many_failures_are_said(server: Legifrance) -> None:
    session = piste(server)
    session.post(ARTICLE, BODY)
    server.failures.extend([(429, {"Retry-After": "0"})] * 5)
    with pytest.raises(IngestionError, match=r"code 429.*plus tard"):
        session.post(ARTICLE, BODY)


def test_what_is_not_there_is_none(server: Legifrance) -> None:
    session = piste(server)
    assert session.post(ARTICLE, {"id": "LEGIARTI000000000404"}) is None
    server.failures.append((400, {}))
    assert session.post(ARTICLE, BODY) is None


def test_wrong_credentials_are_said_and_not_tried_again(server: Legifrance) -> None:
    with pytest.raises(IngestionError, match="PISTE a refusé vos identifiants"):
        piste(server, secret="autre").post(ARTICLE, BODY)
    assert server.paths() == ["/api/oauth/token"]


def test_a_token_refused_as_soon_as_it_is_given_is_said(
    server: Legifrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = piste(server)
    session.post(ARTICLE, BODY)
    given = (200, {"access_token": "jeton"})
    monkeypatch.setattr(
        Legifrance, "answer", lambda self, path, *_: given if "token" in path else (401, {})
    )
    for _ in range(2):
        with pytest.raises(IngestionError, match="code 401"):
            session.post(ARTICLE, BODY)


def test_a_refusal_is_said_with_its_remedy(server: Legifrance) -> None:
    session = piste(server)
    session.post(ARTICLE, BODY)
    server.failures.append((403, {}))
    with pytest.raises(IngestionError, match=r"code 403.*Abonnez"):
        session.post(ARTICLE, BODY)


def test_a_redirection_is_not_followed(server: Legifrance) -> None:
    session = piste(server)
    session.post(ARTICLE, BODY)
    with serving(Legifrance([VERSION])) as elsewhere:
        server.failures.append((302, {"Location": f"{elsewhere.address}{ARTICLE}"}))
        with pytest.raises(IngestionError, match="code 302"):
            session.post(ARTICLE, BODY)
        assert elsewhere.asked == []


def test_an_unreachable_server_is_said_after_a_few_attempts() -> None:
    with serving(Legifrance([])) as stopped:
        pass
    pauses: list[float] = []
    with pytest.raises(IngestionError, match=r"injoignable.*https_proxy"):
        piste(stopped, pauses).post(ARTICLE, BODY)
    assert pauses == [2, 4, 8, 16]


def test_an_answer_that_is_no_object_is_said(
    server: Legifrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wrong in (b"<html>", [CODE_ID], b"[" * 5000):
        monkeypatch.setattr(Legifrance, "answer", lambda *_, wrong=wrong: (200, wrong))
        with pytest.raises(IngestionError, match="pas répondu en JSON"):
            piste(server).post(ARTICLE, BODY)
    monkeypatch.setattr(Legifrance, "answer", lambda *_: (200, {}))
    with pytest.raises(IngestionError, match="pas donné de jeton"):
        piste(server).post(ARTICLE, BODY)


def test_only_web_addresses_are_taken() -> None:
    with pytest.raises(IngestionError, match="file:///etc"):
        Piste(Credentials("id", "secret"), "file:///etc")


def test_credentials_come_from_the_environment_or_are_said_to_be_absent() -> None:
    both = {"SOURCIER_LEGIFRANCE_ID": "a", "SOURCIER_LEGIFRANCE_SECRET": "b"}
    assert credentials_of(both) == Credentials("a", "b")
    for name in both:
        with pytest.raises(IngestionError, match="Identifiants Légifrance absents"):
            credentials_of(both | {name: ""})
