"""The frame of every page: between the roles, to the pages of one, in either language."""

import ast
import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from assistant.identity import ALONE, Identity, UserRole
from assistant.law.sheets import CAUSES
from assistant.question.language import Language
from assistant.reports.markup import load_words
from assistant.reports.page_language import in_english, load_english
from assistant.web.frame import PAGES, Frame, chosen_language, ways_between
from assistant.web.serving import pages_beside
from assistant.web.site import COOKIE, Members, Site
from ingestion.library.corpus import CORPUS
from tests.support.accounts_home import Hall
from tests.support.fakes_page import FakeService
from tests.support.page_app import app_of
from tests.support.page_texts import parsed
from tests.support.paths import ROOT
from tests.support.review_home import house

TEMPLATES = ROOT / "assistant"
SOURCES = TEMPLATES.parent / "ingestion"
SLOT = re.compile(r"\{\w+(?::\w+)?\}")
LITERAL = re.compile(r"""(?:"([^"{}]+)"|'([^'{}]+)') \| word""")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """All pages, asked by someone who has every role."""
    reviews = house(tmp_path_factory.mktemp("frame"))
    hall, service = Hall(reviews.home), FakeService()
    access = Members(hall.accounts)
    beside = pages_beside(reviews.home, reviews.review, reviews.journal, access, hall.accounts)
    site = Site(lambda reader: service, access, beside, hall.accounts)
    cookie = {COOKIE: hall.settle("ana", UserRole)}
    with TestClient(app_of(site), cookies=cookie) as client:
        yield client


def links_of(page: str) -> dict[str, str | None]:
    """The links of the frame of a page, by where they lead, with whether one is there."""
    frame = page.partition('<header class="frame"')[2].partition("</header>")[0]
    tags = [attributes for tag, attributes in parsed(frame).found if tag == "a"]
    found: dict[str, str | None] = {}
    for each in tags:
        address = str(each["href"])  # the first page of buyers stands there three times
        found[address] = found.get(address) or each.get("aria-current")
    return found


@pytest.mark.parametrize(
    ("path", "role", "here"),
    [
        ("/dossiers", "/", "/dossiers"),
        ("/factures/liste", "/", "/factures"),
        ("/law/R2122-8", "/", None),
        ("/referent/", "/referent", "/referent/"),
        ("/referent/queue", "/referent", "/referent/queue"),
        ("/admin/comptes", "/admin", "/admin/comptes"),
        ("/admin/candidat/textes", "/admin", "/admin/"),
        ("/account", None, None),
    ],
)
def test_every_page_has_the_same_frame(
    client: TestClient, path: str, role: str | None, here: str | None
) -> None:
    links = links_of(client.get(path).text)
    assert links.items() >= {"/account": "page" if path == "/account" else None}.items()
    assert [each for each in PAGES if links.get(each) == "true"] == ([role] if role else [])
    assert set(PAGES) <= set(links)
    pages = [each for each, current in links.items() if current == "page" and each != "/account"]
    assert pages == ([here] if here else [])


def test_nobody_is_led_where_they_may_not_go() -> None:
    buyer = Identity("u-1", "Ana", frozenset({UserRole.BUYER}), None)
    assert [each.address for each in ways_between(buyer, "/")] == ["/"]
    assert [each.address for each in ways_between(ALONE, "/")] == list(PAGES)
    assert ways_between(None, "/login") == ()
    assert Frame(identity=buyer, path="/admin/").pages == ()


def test_the_language_is_chosen_on_any_page_and_kept(client: TestClient) -> None:
    page = client.get("/admin/entretien?x=1").text
    assert "/admin/entretien?x=1&lang=en" in links_of(page)
    english = client.get("/admin/entretien?lang=en")
    assert english.cookies["sourcier-language"] == "en"
    assert '<html lang="en">' in english.text
    assert "<h1>Upkeep</h1>" in english.text
    assert "Back up now" in english.text
    assert '<html lang="en">' in client.get("/account").text
    assert '<html lang="en">' in client.get("/factures").text
    back = client.get("/admin/entretien?lang=fr")
    client.cookies.set("sourcier-language", "de")
    assert ("Sauvegarder maintenant" in back.text, chosen_language({})) == (True, None)
    assert "Sauvegarder maintenant" in client.get("/admin/entretien").text
    client.cookies.delete("sourcier-language")


@pytest.mark.parametrize("role", ["/referent", "/admin"])
def test_the_way_to_the_first_page_of_a_role_keeps_the_language(
    client: TestClient, role: str
) -> None:
    led = client.get(f"{role}?lang=en", follow_redirects=False)
    assert led.headers["location"] == f"{role}/?lang=en"
    assert client.get(role, follow_redirects=False).headers["location"] == f"{role}/"


def test_the_page_that_answers_a_form_leads_to_one_that_can_be_opened(client: TestClient) -> None:
    refused = client.post("/admin/gate")
    assert (refused.status_code, "/admin?lang=en" in links_of(refused.text)) == (409, True)


def test_every_french_text_that_is_marked_has_an_english_one() -> None:
    pages = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html"))
    literals = {first or second for first, second in LITERAL.findall(pages)}
    assert {each for each in (*literals, *CAUSES.values()) if in_english(each) is None} == set()


def test_no_english_text_is_of_a_french_one_that_is_gone() -> None:
    written = "\n".join(_written()).replace("’", "'")
    composed = re.compile(
        "Réponse |chaque |Gravité/|Concentration/|Chiffres/|Questions par |Commentaire sur "
        "|Émises |Notifiés |les? .*plus é|de services exécutants"
    )
    known = {text for text in load_english() if not composed.match(text)}
    whole = {text for text in known if not SLOT.search(text)}
    assert {each for each in whole if each[1:] not in written} == set()  # whatever its first letter
    words = set(re.findall(r"\w+", written))
    gone = {each: set(re.findall(r"\w+", SLOT.sub(" ", each))) - words for each in known - whole}
    assert {each: lost for each, lost in gone.items() if lost} == {}
    assert not set(load_english().values()) & {""}


def _written() -> Iterator[str]:
    """What templates, code and the data of the ledger say, each sentence of code in one piece."""
    texts = (*TEMPLATES.rglob("*.html"), *CORPUS.joinpath("registre").glob("*.toml"))
    more = ("assistant/evaluation/themes.toml", "ingestion/ledger/rules.toml")
    for path in (*texts, CORPUS / "colonnes.toml", *(SOURCES.parent / each for each in more)):
        yield path.read_text(encoding="utf-8").replace("&nbsp;", " ")
    for folder in (TEMPLATES, SOURCES):
        for path in folder.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def test_every_way_has_words() -> None:
    keys = {key for pages in PAGES.values() for _, key in pages}
    for language in Language:
        assert keys <= set(load_words(language))
