import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import unescape

import pytest
from fastapi.testclient import TestClient

from assistant.question.language import Language
from assistant.reports.markup import STATES, days, load_words, remarks
from assistant.web.buyer.evidence_panel import law_links
from ingestion.documents.document import State
from tests.support.fake_law import UNKNOWN, version
from tests.support.fakes_page import FakeService
from tests.support.page_app import app_over
from tests.support.page_texts import parsed

FRENCH, ENGLISH = load_words(Language.FRENCH), load_words(Language.ENGLISH)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(app_over(FakeService())) as client:
        yield client


def test_an_article_is_shown_with_its_versions_oldest_first(client: TestClient) -> None:
    page = client.get("/law/R2122-8?as_of=2021-05-04")
    assert page.status_code == 200
    assert "<title>Article R2122-8 – Sourcier</title>" in page.text
    headings = re.findall(r"<h3>(.*?)</h3>", page.text)
    assert headings == [
        "Dates inconnues",
        "Depuis le 1er janvier 2020",
        "Depuis le 1er avril 2026",
    ]
    assert "version ancienne sans date, jamais citée" in page.text


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2026-03-31", "1er janvier 2020"), ("2026-04-01", "1er avril 2026")],
)
def test_the_version_in_force_that_day_is_marked(
    client: TestClient, day: str, expected: str
) -> None:
    page = client.get(f"/law/R2122-8?as_of={day}").text
    (marked,) = re.findall(r'<li class="in-force" aria-current="true">\s*<h3>(.*?)</h3>', page)
    assert expected in marked


def test_a_day_before_every_version_is_said(client: TestClient) -> None:
    page = client.get("/law/R2122-8?as_of=2010-01-01").text
    assert "Aucune version connue n'est en vigueur au 1er janvier 2010." in unescape(page)
    assert "aria-current" not in page.partition("<main")[2]


def test_versions_are_compared_word_by_word_aloud_too(client: TestClient) -> None:
    page = client.get("/law/R2122-8").text
    assert '<del><span class="unseen"> (supprimé) </span> 40 000</del>' in page
    assert '<ins><span class="unseen"> (ajouté) </span> 60 000</ins>' in page
    assert "Il varie ses fournisseurs." in parsed(page).text


def test_the_official_page_is_linked_and_nothing_is_fetched_from_it(client: TestClient) -> None:
    page = client.get("/law/R2122-8").text
    links = [a for tag, a in parsed(page).found if tag == "a" and "legifrance" in (a["href"] or "")]
    assert len(links) == 2
    assert all(link["rel"] == "noreferrer" for link in links)
    assert not re.findall(r'src="|<script|<img|<iframe', page)
    linked = [a["href"] for tag, a in parsed(page).found if tag == "link"]
    assert linked == ["/page/style.css", "data:,"]  # an empty icon spares a request


def test_an_unknown_article_is_told_with_links_to_those_near(client: TestClient) -> None:
    page = client.get("/law/R2122-88?as_of=2026-03-31")
    assert page.status_code == 404
    assert "Aucun article R2122-88" in page.text
    assert '<main class="document law" id="document">' in page.text  # the skip link leads there
    assert 'href="/law/R2122-8?as_of=2026-03-31&amp;lang=fr"' in page.text


@pytest.mark.parametrize("written", ["R. 2122-8", "art R2122-8", "article%20R.%202122-8"])
def test_a_reference_may_be_written_as_in_a_text(client: TestClient, written: str) -> None:
    assert "Article R2122-8" in client.get(f"/law/{written}").text


def test_the_page_of_an_article_speaks_english(client: TestClient) -> None:
    page = client.get("/law/R2122-8?lang=en&as_of=2021-05-04").text
    assert '<html lang="en">' in page
    assert "In force on 4 May 2021" in page
    assert "Changes since the version before" in page


def test_hostile_titles_and_texts_are_shown_as_text(client: TestClient) -> None:
    for path in ("/law/R1-1", "/law/%3Cscript%3Ealert(1)%3C%2Fscript%3E", "/changes"):
        assert not {"script", "b", "i"} & {tag for tag, _ in parsed(client.get(path).text).found}


def test_a_day_or_generation_that_is_none_is_refused(client: TestClient) -> None:
    assert client.get("/law/R2122-8?as_of=demain").status_code == 422
    assert client.get("/changes?old=../../etc").status_code == 422
    page = client.get(f"/changes?old={UNKNOWN}")
    assert page.status_code == 404
    assert "Aucune génération" in page.text


def test_changes_are_told_with_what_they_touch(client: TestClient) -> None:
    page = client.get("/changes").text
    text = parsed(page).text.replace("\u00a0", " ")
    assert "De l'index 20261101-000000-000 à l'index 20261115-000000-000" in text
    assert "Articles modifiés (1)" in text
    assert "<ins>" in page
    assert "Petits achats : acheter sans publicité ni mise en concurrence (fiches/" in text
    assert "petit achat, gré à gré : R2122-8" in text
    assert "avance" not in text
    assert "(question 1, posée le 2 mai 2026, réponse n° 0123456789abcdef) : R2122-8" in text


def test_a_card_links_to_the_versions_of_its_article_only() -> None:
    evidence = FakeService().evidence[0].passage
    article = replace(
        evidence, locator="art. R2122-8", references=("R2122-8",), address="https://example.test/a"
    )
    html = law_links(article, date(2026, 3, 31), FRENCH, "fr")
    hrefs = [a["href"] for tag, a in parsed(html).found if tag == "a"]
    assert hrefs == ["/law/R2122-8?as_of=2026-03-31&lang=fr", "https://example.test/a"]
    assert 'rel="noreferrer"' in html
    without_day = law_links(replace(article, address=None), None, ENGLISH, "en")
    assert [a["href"] for tag, a in parsed(without_day).found if tag == "a"] == [
        "/law/R2122-8?lang=en"
    ]
    sheet = replace(article, locator="art. R2122-8, fiche « Petits achats »")
    clause = replace(article, locator="CCAP, art. 12.3", references=("CCAP 12.3",))
    assert law_links(sheet, None, FRENCH, "fr") == law_links(clause, None, FRENCH, "fr") == ""


@pytest.mark.parametrize(
    ("first", "end", "state", "expected"),
    [
        ("2020-01-01", "2026-04-01", None, "du 1er janvier 2020 au 31 mars 2026"),
        ("2020-01-01", None, State.IN_FORCE, "depuis le 1er janvier 2020"),
        ("2020-01-01", None, State.CHANGED, "depuis le 1er janvier 2020, date de fin inconnue"),
        (None, "2026-04-01", None, "jusqu'au 31 mars 2026, date de début inconnue"),
        (None, None, None, "date de début inconnue"),
        (None, None, State.REPEALED, "dates inconnues"),
    ],
)
def test_days_are_inclusive_in_words_and_never_guessed(
    first: str | None, end: str | None, state: State | None, expected: str
) -> None:
    assert days(version("Un.", first, end, state=state), FRENCH) == expected


def test_every_state_has_its_words_in_both_languages() -> None:
    assert set(STATES) == set(State)
    for said in (FRENCH, ENGLISH):
        assert len({said[key] for key in STATES.values()}) == len(State)


def test_a_version_that_is_never_cited_says_why() -> None:
    old = version("Un.", source="a/textes.jsonl", title="textes", state=State.CHANGED)
    assert remarks(old, FRENCH) == (
        "modifié depuis",
        "version ancienne sans date, jamais citée",
        "code non indiqué par le fichier a/textes.jsonl",
    )
    stillborn = version("Un.", "2026-04-01", "2026-04-01", state=State.STILLBORN)
    assert "n'a jamais été en vigueur, jamais citée" in remarks(stillborn, FRENCH)
    assert remarks(version("Un.", "2026-04-01"), FRENCH) == ()
