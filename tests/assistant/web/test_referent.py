"""The référent's pages, without a browser."""

import json
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
from fastapi.testclient import TestClient

from assistant.review.readings import ANSWER, ReviewMark, ReviewVerdict, Target
from tests.support.page_texts import parsed, words_of
from tests.support.review_home import ANNE, BRUNO, House, application, house
from tests.support.small_index import DOSSIER

PAYMENT = "Quel délai de paiement pour une commune ?"
PENALTY = "Quelles sont les pénalités de retard ?"
HOSTILE = "<script>alert(1)</script> Quel délai de paiement pour une commune ?"


@pytest.fixture(scope="module")
def known(small_home: Path, tmp_path_factory: pytest.TempPathFactory) -> House:
    home = copytree(small_home, tmp_path_factory.mktemp("page") / "home")
    (home / "dossiers" / DOSSIER / "dossier.json").write_text(
        json.dumps({"id": DOSSIER, "team": "education"})
    )
    return house(home)


@pytest.fixture(scope="module")
def client(known: House) -> Iterator[TestClient]:
    with TestClient(application(known.review), headers={"x-user": "u-anne"}) as client:
        yield client


def asked(known: House, question: str = PAYMENT, dossier: str | None = None) -> str:
    """The address of the answer to a question that is asked now."""
    return f"/referent/answers/{known.ask(question, dossier).record_id}"


def test_the_list_is_filtered_by_its_address(known: House, client: TestClient) -> None:
    asked(known)
    asked(known, "Rédige-moi une lettre")
    everything = words_of(client.get("/referent/").text)
    assert PAYMENT in everything
    assert "Rédige-moi une lettre" in everything
    form = "?words=&since=&until=&theme=&outcome=abstained&thumb=&state=&support=&order=oldest"
    page = client.get(f"/referent/{form}")
    assert page.status_code == 200
    assert PAYMENT not in words_of(page.text)
    assert "Rédige-moi une lettre" in words_of(page.text)
    assert 'href="/referent/answers.csv?outcome=abstained&amp;order=oldest"' in page.text
    assert '<option value="abstained" selected>' in page.text
    assert "Aucune réponse ne correspond" in words_of(client.get("/referent/?words=zzz").text)


def test_a_long_list_has_pages_that_keep_the_filter(known: House, client: TestClient) -> None:
    for number in range(51):
        asked(known, f"{PAYMENT} Cas Zorglub n° {number}")
    first = client.get("/referent/?words=zorglub").text
    assert "51 réponses" in words_of(first)
    assert 'href="/referent/?words=zorglub&amp;page=2"' in first
    second = client.get("/referent/?words=zorglub&page=2").text
    assert second.count("Zorglub") == 1
    assert 'rel="prev"' in second
    assert 'rel="next"' not in second


def test_an_answer_is_opened_with_what_it_rests_on(known: House, client: TestClient) -> None:
    address = asked(known)
    page = client.get(address)
    said = words_of(page.text)
    assert PAYMENT in said
    for told in ("u-claire", "script@1", "Droit au 1er juin 2026", "trente jours", "R2192-10"):
        assert told in said, told
    assert "<mark>" in page.text
    assert "identique à celui qui a été montré" in said
    source = client.get(f"{address}/evidence/1")
    assert "<mark>" in source.text
    assert 'id="passage"' in source.text
    assert client.get(f"{address}/evidence/99").status_code == 404
    assert client.get(f"{address}/evidence/1/page/1.png").status_code == 404
    assert client.get("/referent/answers/0000000000000000").status_code == 404


def test_the_words_of_others_never_become_html(known: House, client: TestClient) -> None:
    address = asked(known, HOSTILE)
    client.post(f"{address}/marks", data={"answer-1": "wrong", "answer-1-comment": "<b>gras</b>"})
    for path in ("/referent/", address, f"/referent/gold/new?record_id={address[-16:]}"):
        found = parsed(client.get(path).text).found
        tags = {tag for tag, given in found if given.get("src") != "/page/review.js"}
        assert not tags & {"script", "b"}, path
        assert "<script>alert(1)</script>" in words_of(client.get(path).text) or "gold" in path


def test_marks_are_kept_shown_again_and_hidden_from_the_second_reader(
    known: House, client: TestClient
) -> None:
    address = asked(known)
    form = {
        "answer-1": "incomplete",
        "answer-1-comment": "et les hôpitaux ?",
        "sentence-1": "right",
        "citation-1": "partly",
        "citation-99": "supports",
        "sentence-2": "supports",
    }
    page = client.post(f"{address}/marks", data=form)
    assert page.url.path == address
    assert "Vos marques sont enregistrées." in words_of(page.text)
    checked = {
        (str(field["name"]), field["value"])
        for tag, field in parsed(page.text).found
        if tag == "input" and "checked" in field and field["value"]
    }
    assert checked == {
        ("answer-1", "incomplete"),
        ("sentence-1", "right"),
        ("citation-1", "partly"),
    }
    item = known.review.item(ANNE, address[-16:])
    assert item.sheet_of("u-anne")[Target.CITATION, 1] == ReviewMark(
        *(Target.CITATION, 1), ReviewVerdict.PARTLY
    )

    second = {"x-user": "u-bruno"}
    before = words_of(client.get(address, headers=second).text)
    assert "et les hôpitaux" not in before
    assert "déjà été relue" in before
    client.post(f"{address}/marks", data={"answer-1": "right"}, headers=second)
    after = words_of(client.get(address, headers=second).text)
    assert "et les hôpitaux" in after
    assert "citation 1 : soutient en partie" in after
    assert known.review.item(BRUNO, address[-16:]).readers == ("u-anne", "u-bruno")


def test_after_saving_the_next_answer_of_the_queue_comes(known: House, client: TestClient) -> None:
    first, second = asked(known), asked(known)
    for address in (first, second):
        said = {"record_id": address[-16:], "thumb": "down", "comment": ""}
        known.journal.append("opinion", said)
    page = client.get(first).text
    assert f'<a rel="next" href="{second}"' in page
    assert f'<a rel="prev" href="{first}"' in client.get(second).text
    saved = client.post(f"{first}/marks", data={"answer-1": "right"})
    assert f'<a href="{second}">Suivante' in saved.text
    on = client.post(f"{first}/marks", data={"answer-1": "wrong", "then": "next"})
    assert on.url.path == second


def test_a_disagreement_is_listed_and_decided_by_a_third_reader(
    known: House, client: TestClient
) -> None:
    address = asked(known, f"{PAYMENT} En litige")
    second, third = {"x-user": "u-bruno"}, {"x-user": "u-dora"}
    client.post(f"{address}/marks", data={"answer-1": "right"})
    decision = {"target": "answer", "number": "1", "verdict": "wrong", "reason": "hors sujet"}
    refused = client.post(f"{address}/arbitrations", data=decision, headers=third)
    assert refused.status_code == 409  # one reader alone disagrees with nobody
    form = {"answer-1": "wrong", "answer-1-comment": "autre délai"}
    client.post(f"{address}/marks", data=form, headers=second)
    client.post(f"{address}/marks", data={"answer-1": "right"}, headers=second)
    listed = words_of(client.get("/referent/disagreements", headers=third).text)
    assert "u-bruno" in listed
    assert "« autre délai »" in listed
    assert "changé le" in listed
    for reader in ({"x-user": "u-anne"}, second):
        assert (
            client.post(f"{address}/arbitrations", data=decision, headers=reader).status_code == 409
        )
    assert (
        client.post(
            f"{address}/arbitrations", data=decision | {"reason": " "}, headers=third
        ).status_code
        == 409
    )
    client.post(f"{address}/arbitrations", data=decision, headers=third)
    assert "hors sujet" in words_of(client.get("/referent/disagreements").text)
    item = known.review.item(ANNE, address[-16:])
    assert item.retained[ANSWER] is ReviewVerdict.WRONG

    rows = client.get("/referent/marks.csv?words=litige").text.splitlines()
    told = [tuple(row.split(";")[column] for column in (5, 6, 8, 10)) for row in rows[1:]]
    assert told == [
        ("u-anne", "figé", "juste", ""),
        ("u-bruno", "figé", "faux", "autre délai"),
        ("u-bruno", "changé ensuite", "juste", ""),
        ("u-dora", "arbitrage", "faux", "hors sujet"),
    ]


def test_what_answers_say_and_cite_is_a_file_of_its_own(known: House, client: TestClient) -> None:
    address = asked(known, f"{PAYMENT} Exporté")
    result = known.review.open(ANNE, address[-16:]).result
    sentences = client.get("/referent/sentences.csv?words=exporte").text
    citations = client.get("/referent/citations.csv?words=exporte").text
    assert all(each.text in sentences for each in result.answer.sentences)
    assert all(each.sha256 in citations for each in result.answer.citations)
    assert len(citations.splitlines()) == 1 + len(result.answer.citations)
    # Nobody's marks are shown in a file before one's own verdict.
    client.post(f"{address}/marks", data={"answer-1": "right"})
    assert "juste" in client.get("/referent/marks.csv?words=exporte").text
    second = client.get("/referent/marks.csv?words=exporte", headers={"x-user": "u-bruno"})
    assert "juste" not in second.text


def test_the_answers_of_another_team_are_nowhere(known: House, client: TestClient) -> None:
    address, other = asked(known, PENALTY, DOSSIER), {"x-user": "u-bruno"}
    assert client.get(address).status_code == 200
    known.journal.append("opinion", {"record_id": address[-16:], "thumb": "down", "comment": ""})
    for path in ("/referent/?words=penalites", "/referent/queue", "/referent/answers.csv"):
        assert PENALTY in client.get(path).text.replace("\u00a0", " "), path
        assert PENALTY not in client.get(path, headers=other).text.replace("\u00a0", " "), path
    for method, path in (
        ("GET", address),
        ("GET", f"{address}/evidence/1"),
        ("GET", f"{address}/evidence/1/page/1.png"),
        ("POST", f"{address}/marks"),
        ("GET", f"{address}/replays/0000000000000000"),
        ("GET", f"/referent/gold/new?record_id={address[-16:]}"),
    ):
        assert client.request(method, path, headers=other).status_code == 404, path
    refused = client.post(f"{address}/replays", data={"day": "same"}, headers=other)
    assert refused.status_code == 404


def test_a_question_asked_again_is_shown_beside(known: House, client: TestClient) -> None:
    address = asked(known)
    page = client.post(f"{address}/replays", data={"day": "same"})
    assert page.url.path.startswith(f"{address}/replays/")
    assert "La réponse est la même" in words_of(page.text)
    assert "Rejeu du" in words_of(client.get(address).text)
    assert client.get(f"{address}/replays/{'0' * 16}").status_code == 404


def test_the_queue_says_how_it_is_drawn_and_is_changed(known: House, client: TestClient) -> None:
    address = asked(known)
    drawn = {"seed": "42", "rate": "100", "second": "12.5"}
    page = client.post("/referent/queue", data=drawn)
    said = words_of(page.text)
    assert "100 % des réponses terminées, graine 42" in said
    assert "12,5 % des réponses relues" in said
    assert "tirée au sort" in said
    client.post(f"{address}/marks", data={"answer-1": "right", "seconds": "75"})
    waiting, read = client.get("/referent/queue").text.split("Ce qui est tiré et lu")
    assert address[-16:] not in waiting
    assert address[-16:] in read
    assert "1 min 15 s" in words_of(read)
    assert client.post("/referent/queue", data=drawn | {"rate": "101"}).status_code == 422


def test_a_question_is_promoted_corrected_and_removed(known: House, client: TestClient) -> None:
    address = asked(known)
    record_id = address[-16:]
    proposed = client.get(f"/referent/gold/new?record_id={record_id}").text
    assert f'value="relue-{record_id}"' in proposed
    assert "R2192-10" not in proposed  # what is expected is not taken from the answer judged
    form = {
        "id": "delai-1",
        "question": PAYMENT,
        "as_of": "2026-06-01",
        "articles": "R2192-10\r\n",
        "facts": "trente jours|30 jours\r\n(ouverte",
        "record_id": record_id,
    }
    refused = client.post("/referent/gold", data=form)
    assert refused.status_code == 409
    assert "répète ou groupe des signes" in words_of(refused.text)
    assert "(ouverte" in refused.text
    page = client.post("/referent/gold", data=form | {"facts": "trente jours|30 jours"})
    assert page.url.path == "/referent/gold"
    assert "« delai-1 » est enregistrée" in words_of(page.text)
    taken = client.post("/referent/gold", data=form | {"question": "Et une avance ?"})
    assert taken.status_code == 409
    assert "« delai-1 » est celui d'une autre question du jeu" in words_of(taken.text)
    assert 'name="corrects" value="delai-1"' in client.get("/referent/gold/delai-1").text
    silent = client.post("/referent/gold", data=form | {"corrects": "delai-1", "facts": ""})
    assert silent.status_code == 409
    assert "au moins un fait" in words_of(silent.text)
    [line] = client.get("/referent/gold.jsonl").text.splitlines()
    assert json.loads(line) == {
        "id": "delai-1",
        "question": PAYMENT,
        "as_of": "2026-06-01",
        "articles_attendus": ["R2192-10"],
        "faits": [["trente jours|30 jours"]],
        "attendu_refus": False,
        "enregistrement": record_id,
    }
    assert PAYMENT in client.get("/referent/gold/delai-1").text
    assert "delai-1" not in client.post("/referent/gold/delai-1/remove").text
    assert client.get("/referent/gold/delai-1").status_code == 404


def test_a_list_is_a_file_of_what_it_shows(known: House, client: TestClient) -> None:
    asked(known, "Rédige-moi une lettre")
    file = client.get("/referent/answers.csv?outcome=abstained")
    assert file.headers["content-type"].startswith("text/csv")
    assert file.headers["cache-control"] == "no-store"
    assert "Rédige-moi une lettre" in file.text
    assert PAYMENT not in file.text


def test_the_file_of_a_list_says_what_was_interrupted(known: House, client: TestClient) -> None:
    turn = known.assistant.ask("Une question sur le zingage ?", user="u-claire")
    next(turn)
    turn.close()
    file = client.get("/referent/answers.csv?words=zingage").text
    assert ";interrompue;" in file
    assert "sans réponse" not in file


def test_nobody_has_judged_whom_one_mark_alone_was_given(known: House, client: TestClient) -> None:
    address = asked(known)
    client.post(f"{address}/marks", data={"citation-1": "supports"})
    item = known.review.item(ANNE, address[-16:])
    assert (item.readers, ANSWER in item.sheet_of("u-anne")) == ((), False)
