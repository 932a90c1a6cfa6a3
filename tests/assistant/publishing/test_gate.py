"""The gate over real small indexes: what it lets through, what it stops, and who passes over it."""

import gc
import json
from pathlib import Path

import pytest

from assistant.errors import GateRefused, WrongQuestions
from assistant.evaluation.runs import AnswerChange
from assistant.journal.journal import journal_of
from assistant.publishing.decisions import CandidateIndex, read_candidate
from assistant.publishing.gate import gold_questions, make_candidate
from assistant.publishing.history import index_events, never_served, restorable
from assistant.review.gold import take_out
from ingestion.documents.document import Kind
from ingestion.durable import lock_for_writing
from ingestion.errors import BuildCancelled, IngestionError, UnknownSnapshot
from ingestion.index.build import build
from ingestion.index.publication import current_name, finished, open_snapshot, read_manifest
from ingestion.index.question_bank import chapter_of, read_bank
from ingestion.library.library import Library
from tests.support.administered import (
    PAYMENT,
    USER,
    acts,
    add_code,
    administered,
    candidate,
    decisions,
    examinee,
    with_text,
    without,
)
from tests.support.journals import bodies, recorded
from tests.support.small_index import ARTICLES, answering_embedder

DEFENCE = "Marchés de défense ou de sécurité"
NEW = ("R2193-1", (DEFENCE,), "Le titulaire peut sous-traiter.", None, None)
"""An article of another regime, that no question of the gate is about."""

TWENTY = "Le délai de paiement des communes est fixé à 20 jours."
REWORDED = "Le délai de paiement des communes est fixé à trente jours à compter de la facture."
BROKEN = "Le délai de paiement des communes est fixé par le contrat."


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return administered(tmp_path / "home", tmp_path)


def test_a_candidate_with_one_more_article_passes_and_is_published(
    home: Path, tmp_path: Path
) -> None:
    served = current_name(home)
    add_code(home, tmp_path, [*ARTICLES, NEW])
    manifest, verdict = candidate(home)
    assert current_name(home) == served
    assert verdict is not None
    assert (verdict.passed, verdict.against) == (True, served)
    asked = {each.question: each.change for each in verdict.judged}
    assert asked[PAYMENT] in {AnswerChange.SAME, AnswerChange.REWORDED}
    assert "Qui signe ?" in verdict.left_out
    with lock_for_writing(home):
        decisions(home).publish(manifest.name)
    assert current_name(home) == manifest.name
    assert read_candidate(home) is None
    assert acts(home) == ["built", "gate_passed", "published"]


def test_a_broken_article_is_refused_until_somebody_takes_it_upon_themselves(
    home: Path, tmp_path: Path
) -> None:
    served = current_name(home)
    add_code(home, tmp_path, with_text("R2192-10", BROKEN))
    manifest, verdict = candidate(home)
    assert verdict is not None
    assert any("« promue-g1 »" in reason for reason in verdict.reasons)
    [fallen] = [each for each in verdict.judged if each.question == PAYMENT]
    assert (fallen.change, fallen.before) == (AnswerChange.WORSE, ())
    assert "trente jours" in fallen.after[0]
    for reason, force in (("", False), ("Texte attendu demain.", False), ("", True)):
        with pytest.raises(GateRefused, match="devient fausse"), lock_for_writing(home):
            decisions(home).publish(manifest.name, reason, force=force)
    assert current_name(home) == served
    with lock_for_writing(home):
        decisions(home).publish(manifest.name, "Texte attendu demain.", force=True)
    assert current_name(home) == manifest.name
    *_, (entry, body) = recorded(journal_of(home))
    assert (entry["user"], body["act"], body["reason"]) == (USER, "forced", "Texte attendu demain.")
    assert "« promue-g1 »" in body["refusal"]
    assert PAYMENT not in str(bodies(journal_of(home)))  # somebody's words, who may be forgotten
    with lock_for_writing(home):
        assert decisions(home).rollback() == served
    assert acts(home) == ["built", "gate_refused", "forced", "rolled_back"]


def test_an_article_that_disappears_is_named(home: Path, tmp_path: Path) -> None:
    add_code(home, tmp_path, without("R2191-3"))
    _, verdict = candidate(home)
    assert verdict is not None
    assert "Code de la commande publique, R2191-3" in verdict.reasons[0]


def test_an_article_cut_short_at_the_same_dates_is_named(home: Path, tmp_path: Path) -> None:
    add_code(home, tmp_path, with_text("R2392-10", "Le délai."))
    _, verdict = candidate(home)
    assert verdict is not None
    assert "moitié de leur texte" in verdict.reasons[0]
    assert "R2392-10" in verdict.reasons[0]


def test_what_a_sheet_says_against_its_article_is_kept_with_the_candidate(
    home: Path, tmp_path: Path
) -> None:
    article = ("R2122-8", ("Titre",), "Le besoin est inférieur à 90 000 euros.", None, None)
    add_code(home, tmp_path, [*ARTICLES, article])
    manifest, _ = candidate(home)
    kept = read_manifest(home, manifest.name).disputed
    assert [(each.figure, each.articles) for each in kept] == [("60 000 €", ("R2122-8",))]


def test_a_refused_candidate_is_thrown_away_with_its_reason(home: Path, tmp_path: Path) -> None:
    served = current_name(home)
    add_code(home, tmp_path, [*ARTICLES, NEW])
    manifest, _ = candidate(home)
    with pytest.raises(GateRefused, match="Dites pourquoi"), lock_for_writing(home):
        decisions(home).refuse(manifest.name, "")
    gc.collect()  # the gate was asked by this process, which may have the candidate open still
    with lock_for_writing(home):
        decisions(home).refuse(manifest.name, "Article hors sujet.")
    assert (finished(home), read_candidate(home)) == ([served], None)
    assert acts(home)[-2:] == ["refused", "set_aside"]


@pytest.mark.parametrize("damaged", ["candidate", "served"])
def test_a_candidate_is_refused_once_also_where_a_manifest_is_damaged(
    home: Path, tmp_path: Path, damaged: str
) -> None:
    served = current_name(home)
    add_code(home, tmp_path, with_text("R2192-10", BROKEN))
    manifest, _ = candidate(home)
    name = manifest.name if damaged == "candidate" else served
    (home / "generations" / name / "manifest.json").write_text("{")
    with lock_for_writing(home):
        decisions(home).refuse(manifest.name, "Article abîmé.")
    assert acts(home)[2:] == ["refused"]
    assert read_candidate(home) is None
    assert manifest.name not in finished(home)


def test_what_was_examined_against_another_index_is_examined_again(
    home: Path, tmp_path: Path
) -> None:
    add_code(home, tmp_path, [*ARTICLES, NEW])
    earlier, _ = candidate(home)
    with lock_for_writing(home):
        decisions(home).publish(earlier.name)
    add_code(home, tmp_path, [*ARTICLES, NEW, ("R1-1", ("Titre",), "Autre texte.", None, None)])
    manifest, _ = candidate(home)
    with lock_for_writing(home):
        decisions(home).rollback()
        with pytest.raises(GateRefused, match="sourcier index gate"):
            decisions(home).publish(manifest.name)


@pytest.mark.parametrize("step", ["Écriture de l'index", "Vérification", "Questions de contrôle"])
def test_a_build_cancelled_at_any_step_leaves_nothing(
    home: Path, tmp_path: Path, step: str
) -> None:
    def stop(told: str, done: int, total: int) -> None:
        if told.startswith(step) and done == total:
            raise BuildCancelled("Annulée.")

    add_code(home, tmp_path, [*ARTICLES, NEW])
    folders = list((home / "generations").iterdir())
    with pytest.raises(BuildCancelled), lock_for_writing(home):
        make_candidate(home, answering_embedder(), examinee(home), decisions(home), stop)
    assert list((home / "generations").iterdir()) == folders
    assert read_candidate(home) is None
    assert open_snapshot(home, current_name(home))


def test_questions_about_a_dossier_are_left_out(home: Path, tmp_path: Path) -> None:
    with (home / "gold.jsonl").open("a", encoding="utf-8") as file:
        file.write('\n{"id": "g9", "question": "Quelles pénalités ?", "dossier": "ecole-2026"}\n')
    add_code(home, tmp_path, [*ARTICLES, NEW])
    _, verdict = candidate(home)
    assert verdict is not None
    assert "Quelles pénalités ?" in verdict.left_out


def test_a_promoted_question_that_could_be_searched_for_ever_is_named_and_not_asked(
    home: Path, tmp_path: Path
) -> None:
    row = {"id": "g9", "question": PAYMENT, "faits": [["trente", r"(?:\w|\w\w)+:"]]}
    with (home / "gold.jsonl").open("a", encoding="utf-8") as file:
        file.write(f"\n{json.dumps(row)}\n")
    add_code(home, tmp_path, [*ARTICLES, NEW])
    with pytest.raises(WrongQuestions, match="« g9 » : le fait"):
        candidate(home)


def test_a_promoted_question_may_bear_the_identifier_of_any_other(tmp_path: Path) -> None:
    own = gold_questions(tmp_path)
    rows = ({"id": each.id, "question": PAYMENT} for each in (own[0], own[-1]))
    (tmp_path / "gold.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    asked = {each.id: each.text for each in gold_questions(tmp_path)}
    assert asked.items() >= {each.id: each.text for each in own}.items()
    assert list(asked.values()).count(PAYMENT) == 2


def test_a_sheet_that_says_another_delay_is_stopped_and_both_sides_are_kept(
    home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "guide.md"
    path.write_text(f"---\ntitle: Guide\netat_au: 2026-08-23\n---\n## Payer\n\n{TWENTY}\n")
    with lock_for_writing(home):
        Library(home).add(path, path.name, Kind.RULES)
    manifest, verdict = candidate(home)
    assert verdict is not None
    assert "Affirmations contraires que le candidat apporte (1)" in verdict.reasons[0]
    [pair] = verdict.rivals
    assert (pair.kind, pair.first.text, pair.first.title) == ("durée", TWENTY, "Guide")
    assert "trente jours" in pair.second.text
    waiting = read_candidate(home)
    assert waiting is not None
    assert waiting.verdict == verdict
    with lock_for_writing(home):
        decisions(home).publish(manifest.name, "Le guide est corrigé demain.", force=True)
    add_code(home, tmp_path, [*ARTICLES, NEW])
    _, later = candidate(home)
    assert later is not None
    assert later.rivals == ()  # what is in service already stops nobody again


def test_an_answer_that_changed_is_kept_as_it_was_and_as_it_is(home: Path, tmp_path: Path) -> None:
    add_code(home, tmp_path, with_text("R2192-10", REWORDED))
    _, verdict = candidate(home)
    assert verdict is not None
    [told] = [each for each in verdict.judged if each.question == PAYMENT]
    assert told.change is AnswerChange.REWORDED
    assert "trente jours à compter" in told.said_after
    assert "trente jours à compter" not in told.said_before
    assert all(not each.said_after for each in verdict.judged if each.change is AnswerChange.SAME)


def test_a_question_taken_out_leaves_no_word_with_the_candidate(home: Path, tmp_path: Path) -> None:
    add_code(home, tmp_path, with_text("R2192-10", BROKEN))
    manifest, _ = candidate(home)
    take_out(home, journal_of(home), ["g1"], user=USER)
    assert read_candidate(home) == CandidateIndex(manifest.name)
    assert [path for path in home.rglob("*.json*") if PAYMENT in path.read_text()] == []


def test_a_rollback_passes_over_what_was_never_in_service(home: Path, tmp_path: Path) -> None:
    made = []
    for text in ("Il le peut.", "Il ne le peut pas.", "Il le peut parfois."):
        add_code(home, tmp_path, [*ARTICLES, (*NEW[:2], text, None, None)])
        made.append(candidate(home)[0].name)
        if text != "Il ne le peut pas.":
            with lock_for_writing(home):
                decisions(home).publish(made[-1])
    served, refused, _ = made
    with lock_for_writing(home):
        assert decisions(home).rollback() == served
    assert refused not in finished(home)


def test_a_rollback_passes_over_what_a_kill_kept_from_being_told_as_built(
    home: Path, tmp_path: Path
) -> None:
    first = current_name(home)
    add_code(home, tmp_path, with_text("R2192-10", BROKEN))
    with lock_for_writing(home):
        untold = build(home, answering_embedder(), lambda *_: None).name  # and its builder is gone
    manifest, verdict = candidate(home)
    assert (manifest.name, verdict and verdict.passed) == (untold, False)
    assert acts(home) == ["built", "gate_refused"]
    (home / "candidate.json").unlink()
    add_code(home, tmp_path, [*ARTICLES, NEW])
    passed, _ = candidate(home)
    with lock_for_writing(home):
        decisions(home).publish(passed.name)
        assert untold in finished(home)
        assert decisions(home).rollback() == first


@pytest.mark.parametrize("act", ["built", "gate_refused"])
def test_what_served_before_the_journal_told_of_it_is_known_by_what_replaced_it(
    tmp_path: Path, act: str
) -> None:
    journal = journal_of(tmp_path)
    journal.append("index", {"act": act, "generation": "a", "reasons": []}, user=USER)
    assert never_served(journal) == {"a"}
    journal.append("index", {"act": "published", "generation": "b", "replaces": "a"}, user=USER)
    assert never_served(journal) == frozenset()


@pytest.mark.parametrize("end", [KeyboardInterrupt, IngestionError])
def test_a_build_that_ends_while_it_is_verified_leaves_nothing(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: type[BaseException]
) -> None:
    def ended(home: Path, name: str) -> None:
        raise end("Trop long.")

    monkeypatch.setattr("ingestion.index.build.verify_snapshot", ended)
    add_code(home, tmp_path, [*ARTICLES, NEW])
    before = finished(home)
    with pytest.raises(end), lock_for_writing(home):
        build(home, answering_embedder(), lambda *_: None)
    assert finished(home) == before


def test_after_a_rollback_there_is_a_way_forward_again(home: Path, tmp_path: Path) -> None:
    first = current_name(home)
    add_code(home, tmp_path, [*ARTICLES, NEW])
    manifest, _ = candidate(home)
    with lock_for_writing(home):
        with pytest.raises(UnknownSnapshot, match="jamais été"):
            decisions(home).restore(manifest.name)
        decisions(home).publish(manifest.name)
        decisions(home).rollback("Trop tôt.")
        assert current_name(home) == first
        decisions(home).restore(manifest.name, "C'était juste.")
    assert current_name(home) == manifest.name
    told = [(each.act, each.user, each.reason) for each in index_events(journal_of(home))]
    assert told[-2:] == [("rolled_back", USER, "Trop tôt."), ("restored", USER, "C'était juste.")]
    assert restorable(home, journal_of(home), manifest.name) == (first,)


def test_every_chapter_of_the_bank_has_a_gold_question(tmp_path: Path) -> None:
    gold = gold_questions(tmp_path)
    bank = {chapter_of(each.article) for each in read_bank()}
    assert bank <= {chapter_of(article) for each in gold for article in each.articles}
    assert len({each.id for each in gold}) == len(gold)
    assert len(gold) < 150  # each is asked twice
