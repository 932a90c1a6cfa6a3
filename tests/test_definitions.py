"""Terms of art explained in an answer: where, how often, and that nothing else is marked."""

import re

import pytest

from assistant.question.language import Language
from assistant.reports.markup import MOST_EXPLAINED, Explainer, definitions, prose
from ingestion.library.library import CORPUS

MARKED = re.compile(r"<dfn [^>]*>([^<]*)</dfn>")


def marked(*lines: str) -> list[str]:
    explain = Explainer(Language.FRENCH)
    return [term for line in lines for term in MARKED.findall(explain(line))]


@pytest.mark.parametrize(
    ("line", "terms"),
    [
        ("Un MAPA est un marché.", ["MAPA"]),
        ("Les procédures adaptées, ou une procédure adaptée.", ["procédures adaptées"]),
        ("L’acte d’engagement est signé.", ["acte d’engagement"]),
        ("Des intérêts moratoires sont dus.", ["intérêts moratoires"]),
        ("Une mapa, un sous-avance, la AEROPORT, ae.", []),
        ("Le CCAP renvoie au CCAG-FCS.", ["CCAP"]),
    ],
)
def test_a_term_is_found_in_its_forms_only(line: str, terms: list[str]) -> None:
    assert marked(line) == terms


def test_a_term_is_explained_where_it_stands_first_and_not_too_many_are() -> None:
    assert marked("Un MAPA.", "Une procédure adaptée ou un MAPA.") == ["MAPA"]
    many = "MAPA, OAB, DGD, DCE, RC, CCAP, CCTP, AE, BPU, DQE"
    assert len(marked(many)) == MOST_EXPLAINED


def test_what_stands_around_a_term_stays_text() -> None:
    shown = prose('<b>OAB</b> & "x"\n- un MAPA', explain=Explainer(Language.ENGLISH))
    assert "<b>" not in shown
    assert "&lt;b&gt;<dfn" in shown
    assert "Abnormally low tender" in shown
    assert "art. L2152\u20115" in shown.replace("\u00a0", " ")
    assert MARKED.findall(shown) == ["OAB", "MAPA"]


def test_definitions_are_short_in_both_languages_and_name_articles_of_the_sheets() -> None:
    sheets = "\n".join(
        path.read_text(encoding="utf-8") for path in sorted((CORPUS / "fiches").glob("*.md"))
    )
    known = set(re.findall(r"[LRD]\d{4}(?:-\d+)*", sheets))
    assert len(definitions()) > 50
    for word, definition in definitions().items():
        assert definition.article in known | {""}, word
        for meaning in definition.meanings.values():
            assert 3 < len(meaning.split()) <= 28, word
