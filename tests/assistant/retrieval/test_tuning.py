"""Weights know the embedder that they were fitted with."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant import container
from assistant.answering.pipeline import Assistant
from assistant.answering.record import contract
from assistant.evaluation.runs import run_turn
from assistant.journal.journal import Journal
from assistant.question.language import Language
from assistant.retrieval.answerability import Answerability, answerability
from assistant.retrieval.snapshots import SnapshotHolder
from assistant.retrieval.tuning import default_tuning, tuning_for, tunings
from assistant.settings import Settings
from ingestion.models.catalogue import Taught, find_taught, locate, taught_digest
from tests.support.fakes import ScriptedModel
from tests.support.passage_texts import article_of, evidence_of
from tests.support.small_index import answering_embedder

ASKED = "Sous quel montant acheter des fournitures sans publicité ni mise en concurrence ?"


@pytest.fixture(autouse=True, scope="module")
def words_only() -> None:
    """Not here: the fitted weights are what these tests are about."""


def test_fitted_weights_are_for_their_embedder_alone() -> None:
    fitted = default_tuning()
    assert tuning_for(fitted.embedder) is fitted
    name, _, digest = fitted.embedder.partition("@")
    for other in (name, f"{name}@{digest[::-1]}", f"other@{digest}", ""):
        assert tuning_for(other).is_neutral
    assert not fitted.is_neutral


def test_every_set_weighs_every_signal() -> None:
    assert [set(each.ranking) for each in tunings()] == [set(default_tuning().ranking)] * 2


def test_without_fitted_weights_nothing_is_refused_and_nothing_is_sure() -> None:
    neutral = tuning_for("other@1")
    for similarity in (0.0, 0.5, 1.0):
        for dossier in (None, "ecole"):
            evidence = [evidence_of("La vache broute.", similarity=similarity, dossier=dossier)]
            assert answerability(ASKED, evidence, neutral) is Answerability.DOUBTFUL
    assert answerability(ASKED, [], neutral) is Answerability.NO


@pytest.fixture
def untuned(small_home: Path, tmp_path: Path) -> Assistant:
    """An assistant as the program wires it, over an embedder that nothing was fitted with."""
    embedder, journal = answering_embedder(), Journal(tmp_path / "journal.jsonl")
    holder = SnapshotHolder(small_home, embedder)
    return container.assembled(
        small_home, Settings(writing="never"), holder, embedder, None, ScriptedModel(), journal
    )


@pytest.mark.parametrize(
    ("question", "language", "said"),
    [
        (ASKED, Language.FRENCH, "ne sont pas réglés pour le modèle de vecteurs « words@1 »"),
        ("zzz ?", Language.FRENCH, "ne sont pas réglés pour le modèle de vecteurs « words@1 »"),
        (ASKED, Language.ENGLISH, "not tuned for the embedding model “words@1”"),
    ],
)
def test_the_reader_is_told_that_the_ranking_is_not_tuned(
    untuned: Assistant, question: str, language: Language, said: str
) -> None:
    result = run_turn(untuned, question, date(2026, 6, 1), None, language)
    assert said in contract(result)["answer"]


def test_with_the_embedder_of_the_weights_there_is_nothing_to_say(
    small_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedder, journal = answering_embedder(), Journal(tmp_path / "journal.jsonl")
    known = replace(default_tuning(), embedder=embedder.name)
    monkeypatch.setattr(container, "tuning_for", {embedder.name: known}.__getitem__)
    holder = SnapshotHolder(small_home, embedder)
    assistant = container.assembled(
        small_home, Settings(writing="never"), holder, embedder, None, ScriptedModel(), journal
    )
    result = run_turn(assistant, ASKED, date(2026, 6, 1), None)
    assert "réglé" not in result.answer.markdown
    assert "60 000" in result.answer.markdown


@pytest.mark.slow
def test_the_first_set_is_that_of_the_default_weights(weights_home: Path) -> None:
    weights = locate(Settings().embedder, weights_home)
    taught = find_taught(weights_home, Taught.RETRIEVER, weights.sha256)
    assert container.embedder_name(weights, taught) == default_tuning().embedder


@pytest.mark.slow
def test_the_default_reader_knows_an_answer_from_what_is_only_near(weights_home: Path) -> None:
    reader = container.load_reader(weights_home, Settings())
    assert reader is not None
    weights = locate(Settings().embedder, weights_home)
    taught = find_taught(weights_home, Taught.READER, weights.sha256)
    assert taught is not None
    assert reader.name.endswith(taught_digest(taught))
    passage = article_of(
        "R2191-7",
        "Le montant de l'avance est fixé par le marché ; son taux minimal est de cinq pour cent "
        "pour les marchés passés par une commune.",
    )
    [told] = reader.read("Une avance de 4 % dans notre commune, c'est assez ?", [passage])
    [silent] = reader.read("Quelle banque tient le compte de la commune ?", [passage])
    assert told > 0 > silent
