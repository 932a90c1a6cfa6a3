"""The topics of corpus/clauses.toml, asked in everyday words and found in clauses."""

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.question.language import fold_text
from assistant.question.topics import (
    BELOW,
    HEADED,
    SAID,
    WITHIN,
    said_in,
    topic_signal,
    topics,
    topics_asked,
)
from ingestion.chunking.passages import Passage
from ingestion.library.corpus import CORPUS
from tests.support.dossier_files import built_in, piece
from tests.support.question_lists import read_lists

ROWS = tomllib.loads((CORPUS / "clauses.toml").read_text(encoding="utf-8"))["topic"]
KINDS = {
    *("amount", "sum", "rate", "duration", "count", "date", "weights", "term", "piece"),
    *("name", "place", "list", "choice", "formula", "text"),
}

(EVERYDAY,) = read_lists("everyday_topics.txt")


def _clause(*headings: str, text: str) -> Passage:
    written = "\n\n".join(
        [*("#" * level + f" {heading}" for level, heading in enumerate(headings, 1)), text]
    )
    [passage] = piece("CCAP.md", written)[1]
    return passage


def test_every_topic_is_whole() -> None:
    assert len(topics()) == len(ROWS) > 80
    for row in ROWS:
        assert all(row[field] for field in ("label", "asked", "titled", "said")), row["name"]
        assert row["kind"] in KINDS, row["name"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_every_phrase_is_found_as_it_is_written(row: dict[str, list[str]]) -> None:
    topic = topics()[str(row["name"])]
    for field in ("asked", "said", "titled", "states", "unless"):
        for phrase in row.get(field, ()):
            written = re.sub(r"\w+/[\w/*]+", lambda found: found[0].split("/")[0], phrase)
            said = " ".join(written.replace("*", "").replace("…", "donc bien").split())
            assert getattr(topic, field).search(fold_text(said)), phrase


@pytest.mark.parametrize(("question", "names"), EVERYDAY)
def test_everyday_words_lead_to_the_topic(question: str, names: tuple[str, ...]) -> None:
    assert {*names} <= {topic.name for topic in topics_asked(question)}


def test_accents_capitals_hyphens_and_plurals_do_not_matter() -> None:
    for question in ("LES SOUS-TRAITANTS ?", "le sous traitant", "la sous‑traitance"):
        assert [topic.name for topic in topics_asked(question)] == ["subcontracting"], question


def test_a_longer_phrase_of_another_topic_outweighs() -> None:
    assert [topic.name for topic in topics_asked("Quelle est la durée de la garantie ?")] == [
        "warranty"
    ]


def test_a_phrase_does_not_go_on_after_the_end_of_a_sentence() -> None:
    assert topics()["price_errors"] in topics_asked("Le BPU ou bien le DQE ?")
    assert topics()["price_errors"] not in topics_asked("Le BPU est là. Le DQE aussi ?")


def test_what_no_topic_is_about_has_no_signal() -> None:
    assert topics_asked("Quelle est la hauteur de coupe ?") == ()
    assert topic_signal((), _clause("Pénalités", text="Une pénalité est due.")) == 0


def test_a_heading_says_it_more_surely_than_the_text() -> None:
    topic = topics()["retention"]
    said = "Une retenue de garantie est appliquée."
    other = "Elle est rendue à la fin."
    article, part = "Article 7 – Retenue de garantie", "Article 7.1 – Montant"
    assert said_in(topic, _clause(article, text=other)) == HEADED
    assert said_in(topic, _clause(article, part, text=said)) == WITHIN
    assert said_in(topic, _clause("Article 5 – Prix", text=said)) == SAID
    assert said_in(topic, _clause(article, part, text=other)) == BELOW
    assert said_in(topic, _clause("Article 5 – Prix", text=other)) == 0


@pytest.mark.parametrize(
    ("question", "locator"),
    [
        ("Combien de fois peut-on renouveler ?", "CCAP, art. 3.2, p. 3"),
        ("Quel est le délai de paiement ?", "CCAP, art. 8.4, p. 6"),
        ("Les variantes sont-elles admises ?", "RC, art. 3.5, p. 3"),
        ("Quelle est la date limite ?", "RC, art. 8.1, p. 6"),
        ("Que se passe-t-il en cas de litige ?", "CCAP, art. 21.1, p. 14"),
    ],
)
def test_the_clause_that_answers_has_the_strongest_signal(question: str, locator: str) -> None:
    asked = topics_asked(question)
    signals = {
        passage.locator: topic_signal(asked, passage)
        for _, passages in built_in()
        for passage in passages
    }
    assert signals[locator] == 1
    assert sum(signal == 1 for signal in signals.values()) < len(signals) / 5


@given(st.text(max_size=80))
def test_any_question_has_a_signal_between_nothing_and_certainty(question: str) -> None:
    _, passages = built_in()[0]
    asked = topics_asked(question)
    assert all(0 <= topic_signal(asked, passage) <= 1 for passage in passages[:5])
