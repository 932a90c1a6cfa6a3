from collections.abc import Iterator

import pytest

from ingestion.errors import IngestionError
from ingestion.legislation.legifrance import Credentials, Piste, credentials_of
from tests.legi_files import CODE_ID, VERSION
from tests.legifrance_server import Legifrance, serving

ARTICLE = "/consult/getArticle"
BODY = {"id": VERSION.id}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Legifrance]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving(Legifrance([VERSION])) as legifrance:
        yield legifrance


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
