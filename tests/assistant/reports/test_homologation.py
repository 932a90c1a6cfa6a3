"""The homologation file: what it tells of an installation, and the command that writes it."""

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from assistant.answering.record import contract
from assistant.cli.command import main
from assistant.confidence import Estimate
from assistant.evaluation.grading import Measure as Measured
from assistant.journal.journal import Journal, journal_of
from assistant.publishing.history import IndexEvent
from assistant.reports.homologation import homologation
from assistant.reports.homologation_claims import MeasureState, measures
from assistant.reports.homologation_facts import (
    SET,
    InstallationFacts,
    JournalState,
    ModelWeights,
    gather,
    told,
)
from assistant.reports.paper import Paper, PaperHeading, PaperTable
from assistant.reports.pdf import PaperFormat, rendered
from assistant.settings import Engine, Settings
from ingestion.durable import file_sha256
from ingestion.models.catalogue import load_catalogue, models_folder
from tests.support.graded import MANIFEST
from tests.support.index_home import ARTICLES, with_articles
from tests.support.review_home import house
from tests.support.small_index import answering_embedder, build_small_index
from tests.support.weights_fakes import taught_reader

DAY = date(2026, 11, 25)
FACTS = InstallationFacts(
    made=DAY,
    code="sourcier 0.1.0",
    machine="processeur d’essai, 2 cœurs",
    settings=(("llm", "lecteur"), ("writing", "never"), ("retention_months", "12")),
    manifest=MANIFEST,
    weights=(ModelWeights("lecture", "Lecteur d’essai", "MIT", "ab" * 32),),
    journal=JournalState(12, date(2026, 11, 1), 0),
    decisions=(
        IndexEvent(
            datetime(2026, 11, 20, 9, tzinfo=UTC),
            "u-7f3a",
            "gate_refused",
            MANIFEST.name,
            "",
            ("Un article disparaît.",),
        ),
        IndexEvent(
            datetime(2026, 11, 21, 9, tzinfo=UTC),
            "u-7f3a",
            "forced",
            MANIFEST.name,
            "Article abrogé",
            (),
        ),
    ),
    libraries=(("chromadb", "1.5.9"),),
)


def _said(paper: Paper) -> str:
    return rendered(paper, PaperFormat.MARKDOWN).decode()


def _table(paper: Paper, caption: str) -> PaperTable:
    [found] = [b for b in paper.blocks if isinstance(b, PaperTable) and b.caption == caption]
    return found


def _values(paper: Paper, caption: str) -> dict[str, str]:
    """A table of two columns."""
    return {row[0]: row[1] for row in _table(paper, caption).rows}


def test_where_a_server_reads_nothing_is_claimed_that_only_this_machine_could_keep(
    tmp_path: Path,
) -> None:
    home = with_articles(tmp_path, ARTICLES)
    engine = Engine("https://modeles.fr/v1", "lecteur", "/etc/secret")
    facts = gather(home, Settings(engine=engine), DAY, None)
    assert dict(facts.settings)["engine"] == "modeles.fr"
    assert facts.weights[0].name == "lecteur"
    assert "modeles.fr" in facts.weights[0].remark
    claims = {each.name: each.state for each in measures(facts.holds)}
    alone = {each.name: each.state for each in measures(FACTS.holds)}
    changed = {name for name in claims if claims[name] is not alone[name]}
    assert changed == {"R7", "R14", "R16", "R34"}
    assert {claims[name] for name in changed} == {MeasureState.BODY}
    said = _said(homologation(facts))
    assert "envoyées au serveur modeles.fr" in said
    assert "Rien ne sort de cette machine" not in said
    assert "/etc/secret" not in said


@pytest.mark.parametrize(
    "named",
    [
        {"store": "postgresql://sourcier@pg.hebergeur.fr/base"},
        {"ledger": "postgresql://sourcier@pg.hebergeur.fr/base"},
        {"engine": Engine("https://modeles.fr/v1", "lecteur", embeddings="vecteurs")},
        {"traces": "https://collecteur.fr:4318"},
    ],
    ids=lambda named: next(iter(named)),
)
def test_where_a_server_is_named_nothing_is_said_to_stay_on_the_machine(
    named: dict[str, Any], tmp_path: Path
) -> None:
    said = _said(homologation(gather(tmp_path, Settings(**named), DAY, None)))
    for denied in (
        "nulle part ailleurs",
        "Rien ne sort",
        "Aucune sortie",
        "Aucun service en ligne",
    ):
        assert denied not in said
    assert "Rien d'autre ne sort de cette machine." in said


def test_where_a_server_keeps_what_is_written_no_single_folder_does(tmp_path: Path) -> None:
    settings = Settings(store="postgresql://sourcier@pg.hebergeur.fr/base")
    facts = gather(tmp_path, settings, DAY, None)
    claims = {each.name: each.state for each in measures(facts.holds)}
    assert {claims[name] for name in ("R7", "R11", "R14", "R34")} == {MeasureState.BODY}
    said = _said(homologation(facts))
    assert "un seul dossier" not in said
    assert "journal sont sur la machine" not in said
    assert "un seul dossier" in _said(homologation(FACTS))


def test_invoices_are_told_apart_from_the_pieces_of_a_team() -> None:
    rows = {row[0]: row for row in _table(homologation(FACTS), "Données").rows}
    assert "équipe" in rows["Pièces de dossiers"][2]
    assert "équipe" not in rows["Factures et achats"][2]
    assert "suppression" not in rows["Factures et achats"][3]


def test_what_is_set_on_the_machine_is_what_claims_need() -> None:
    given = replace(FACTS, settings=(("access", "accounts"), ("ledger", "postgresql://db/a")))
    assert all(map(given.holds, ("comptes", "ledger", "assistant.journal")))
    assert not given.holds("openid")
    alone = replace(FACTS, settings=(("access", "alone"), ("ledger", "–"), ("openid", "–")))
    assert not any(map(alone.holds, (*SET, "assistant.nothing", "nothing.at.all")))


def test_a_setting_that_may_hold_a_secret_is_not_told() -> None:
    assert told({"issuer": "https://id.exemple.fr", "client_secret": "s3cret"}) == "renseigné"
    assert [told(value) for value in ("auto", 6, "", None)] == ["auto", "6", "–", "–"]


def test_every_command_that_is_named_exists(capsys: pytest.CaptureFixture[str]) -> None:
    text = _said(homologation(FACTS))
    named = set(re.findall(r"« sourcier ([a-z -]+?) »", text))
    assert {"serve", "index add", "journal verify"} <= named
    for command in sorted(named):
        assert main([*command.split(), "--help"]) == 0, command
        capsys.readouterr()


def test_the_file_tells_the_installation() -> None:
    paper = homologation(FACTS)
    installation = _values(paper, "Installation")
    assert installation["Index en service"] == MANIFEST.name
    assert installation["Textes à jour"] == "au 23/08/2026"
    assert installation["Comptes"] == "un seul utilisateur, en local"
    assert _table(paper, "Poids des modèles").rows[0][3] == "ab" * 32
    assert ("writing", "never") in _table(paper, "Réglages").rows
    assert _table(paper, "Dépendances directes").rows == (("chromadb", "1.5.9"),)
    assert _values(paper, "Journal")["Enchaînement"] == "intact"
    assert _values(paper, "Journal")["Conservation des textes"].startswith("12 mois")


def test_the_addresses_are_those_that_the_gate_enforces() -> None:
    rows = {row[0]: row[2] for row in _table(homologation(FACTS), "Adresses de la page").rows}
    assert rows["/referent"] == "référent IA"
    assert rows["/login"] == "tous, sans connexion"
    assert rows["/account"] == "toute personne connectée"
    assert rows["/"] == "acheteur"


def test_a_broken_journal_and_an_absent_index_are_said() -> None:
    facts = replace(FACTS, manifest=None, journal=JournalState(3, DAY, 2))
    paper = homologation(facts)
    assert _values(paper, "Installation")["Index en service"] == "aucun"
    assert _values(paper, "Journal")["Enchaînement"].startswith("2 défauts")


def test_accounts_and_no_retention_are_told_by_the_settings() -> None:
    facts = replace(FACTS, settings=(("access", "accounts"),))
    paper = homologation(facts)
    assert _values(paper, "Installation")["Comptes"] == "comptes nominatifs"
    assert _values(paper, "Journal")["Conservation des textes"] == "sans échéance"
    assert "Cette installation a un seul utilisateur" not in _said(paper)


def test_the_last_decisions_on_the_index_are_told_the_latest_first() -> None:
    rows = _table(homologation(FACTS), "Histoire de l'index, les derniers actes").rows
    assert [row[1] for row in rows] == ["mis en service malgré le contrôle", "contrôle refusé"]
    assert rows[1][3:] == ("u-7f3a", "Un article disparaît.")


def test_evaluation_results_are_told_with_their_intervals() -> None:
    assert "Aucun résultat" in _said(homologation(FACTS))
    measured = {Measured.CORRECT: Estimate(0.8, 0.6, 0.9, 20, 16), Measured.PAGES: None}
    paper = homologation(replace(FACTS, evaluation=measured))
    rows = _table(paper, "Mesures de l'évaluation jointe").rows
    assert rows == (("Réponses correctes", "80 %", "60 à 90 %", "16 sur 20"),)


def test_the_parts_that_an_approval_asks_for_are_there() -> None:
    parts = [
        b.text for b in homologation(FACTS).blocks if isinstance(b, PaperHeading) and b.level == 1
    ]
    for asked in ("système", "Flux", "conservation", "Rôles", "R1 à R35", "Information", "Limites"):
        assert any(asked in part for part in parts), asked


def test_the_facts_are_those_of_the_folder(tmp_path: Path) -> None:
    home = with_articles(tmp_path, ARTICLES)
    journal = Journal(home / "journal.jsonl")
    journal.append("answer", {"question": "Un seuil ?"})
    journal.append("index", {"act": "built", "generation": "g1"})
    journal.append("index", {"act": "published", "generation": "g1", "reason": "Décret"})
    facts = gather(home, Settings(writing="never"), DAY, None)
    assert facts.manifest is not None
    assert facts.manifest.documents == len(ARTICLES)
    assert facts.journal == JournalState(3, facts.journal.first, 0)
    assert [(each.act, each.reason) for each in facts.decisions] == [
        ("built", ""),
        ("published", "Décret"),
    ]
    assert ("writing", "never") in facts.settings
    assert {"chromadb", "reportlab"} <= dict(facts.libraries).keys()
    assert not {"pytest", "ruff"} & dict(facts.libraries).keys()
    assert all("sourcier models pull" in each.remark for each in facts.weights)


def test_what_the_weights_were_taught_stands_beside_them(tmp_path: Path) -> None:
    base, reader = taught_reader(tmp_path)
    facts = gather(tmp_path, Settings(embedder=str(base)), DAY, None)
    assert [(each.name, each.sha256) for each in facts.weights[1:]] == [
        (base.name, file_sha256(base)),
        (reader.name, file_sha256(reader)),
    ]
    assert facts.weights[2].use.startswith("lecteur")


def test_what_hears_a_voice_is_told_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = load_catalogue(models_folder(tmp_path)).voice()
    monkeypatch.setattr("assistant.voice.transcriber.find_spec", lambda name: name)
    (models_folder(tmp_path) / model.file).mkdir(parents=True)
    heard = gather(tmp_path, Settings(), DAY, None).weights[-1]
    assert (heard.use, heard.name) == ("dictée", model.title)


@pytest.mark.parametrize("suffix", ["docx", "html", "pdf", "md"])
def test_the_command_writes_the_file(
    suffix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"dossier.{suffix}"
    assert main(["--data", str(tmp_path), "dossier-homologation", "--out", str(out)]) == 0
    assert str(out) in capsys.readouterr().out
    assert out.stat().st_size > 10_000
    [entry] = journal_of(tmp_path).entries()
    assert (entry["kind"], entry["user"]) == ("export", "terminal")


def test_without_a_file_it_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path), "dossier-homologation"]) == 0
    assert capsys.readouterr().out.startswith("# Dossier d'homologation")


def test_another_suffix_is_a_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dossier-homologation", "--out", str(tmp_path / "dossier.txt")]) == 2
    assert ".docx" in capsys.readouterr().err


def test_results_of_an_evaluation_are_measured_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, texts = tmp_path / "home", tmp_path / "texts"
    texts.mkdir()
    build_small_index(home, texts, answering_embedder())
    result = house(home).ask("Quel est le délai de paiement des communes ?")
    questions, results = tmp_path / "q.jsonl", tmp_path / "r.jsonl"
    asked = {"id": "q1", "question": result.question, "articles_attendus": ["R2192-10"]}
    questions.write_text(json.dumps(asked | {"faits": [["trente jours"]]}), encoding="utf-8")
    line = {"id": "q1", **contract(result)}
    results.write_text(json.dumps(line, ensure_ascii=False), encoding="utf-8")
    command = ["--data", str(home), "dossier-homologation", "--evaluation"]
    assert main([*command, str(questions), str(results)]) == 0
    text = capsys.readouterr().out
    assert "| Réponses correctes | 100 % |" in text
    assert "| Citations exactes | 100 % |" in text


def test_results_without_an_index_say_what_to_do(tmp_path: Path) -> None:
    lines = tmp_path / "x.jsonl"
    lines.write_text("", encoding="utf-8")
    command = ["--data", str(tmp_path), "dossier-homologation", "--evaluation"]
    assert main([*command, str(lines), str(lines)]) == 1
