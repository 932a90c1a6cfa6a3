"""Questions about a dossier that its review answers, whole turns on the fakes."""

import io
import shutil
from pathlib import Path

import pytest

from assistant.answering.answer import Outcome, TurnResult
from assistant.answering.pipeline import Assistant
from assistant.citations.checker import Support
from assistant.journal.journal import Journal
from assistant.question.language import Language
from assistant.tenders.conformity.rules import rule_book
from assistant.tenders.service import DossierService
from ingestion.tenders.dossiers import Dossier
from ingestion.tenders.intake import Parcel
from tests.support.small_index import answering_embedder, assistant_over, result_of

RC = "# Article 1 – Offres\n\nLa date limite de remise des offres est le 20 novembre 2026 à 12 h.\n"
AE = "# Article 1 – Offres\n\nLa date limite de remise des offres est le 23 novembre 2026 à 12 h.\n"
PIECES = {"differ": {"RC.md": RC, "AE.md": AE}, "agree": {"RC.md": RC}}


@pytest.fixture(scope="module")
def assistant(small_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    home = shutil.copytree(small_home, tmp_path_factory.mktemp("reviewed") / "home")
    journal = Journal(home / "journal.jsonl")
    filing = DossierService(home, journal, answering_embedder)
    for name, pieces in PIECES.items():
        filing.create(Dossier(name))
        filing.add(name, [Parcel(file, io.BytesIO(text.encode())) for file, text in pieces.items()])
    return assistant_over(home, journal)


def asked(
    assistant: Assistant, question: str, dossier: str, language: Language = Language.FRENCH
) -> TurnResult:
    return result_of(assistant.ask(question, dossier=dossier, language=language))


def test_contradictions_are_those_of_the_review_each_with_its_places(assistant: Assistant) -> None:
    result = asked(assistant, "Y a-t-il des contradictions ?", "differ")
    lead, finding = result.answer.sentences
    assert lead.text == "Oui : la revue du dossier en relève une."
    assert "(AE : 23/11/2026 ; RC : 20/11/2026)" in finding.text
    assert finding.support is Support.COMPUTED
    quoted = {each.quote: each.locator for each in result.answer.citations}
    assert sorted(locator.split(",")[0] for locator in quoted.values()) == ["AE", "RC"]
    assert all("date limite de remise" in quote for quote in quoted)
    assert result.route == "review"


def test_a_dossier_without_contradiction_is_said_to_have_none_seen_and_no_more(
    assistant: Assistant,
) -> None:
    result = asked(assistant, "Any contradictions?", "agree", language=Language.ENGLISH)
    assert result.answer.outcome is Outcome.ABSTAINED
    assert "finds none" in result.answer.notice
    assert "may escape it" in result.answer.notice


def test_conformity_is_all_that_the_review_looks_at(assistant: Assistant) -> None:
    result = asked(assistant, "Le dossier est-il conforme ?", "differ")
    assert "20/11/2026" in result.answer.markdown
    unchecked = "Contrôles que la revue n’a pu faire"  # the small index states few constants
    assert unchecked in result.answer.notice
    narrower = asked(assistant, "Y a-t-il des contradictions ?", "differ")
    assert unchecked not in narrower.answer.notice


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Les pièces se contredisent-elles ?", "contradictions"),
        ("Quelles incohérences entre le RC et l’AE ?", "contradictions"),
        ("Que faut-il corriger dans ce dossier ?", "conformité"),
        ("En cas de contradiction, quelle pièce prévaut ?", None),
        ("L’offre de Martin est-elle conforme ?", None),
        ("Quelle est la durée du marché ?", None),
        ("Y a-t-il des erreurs ?", "conformité"),
        ("Y a-t-il des erreurs dans les pièces de la consultation ?", "conformité"),
        ("Quels points dois-je vérifier ou corriger ?", "conformité"),
        ("Faut-il corriger les pièces avant publication ?", "conformité"),
        ("Peux-tu vérifier le dossier ?", "conformité"),
        ("Quelles sont les non-conformités ?", "conformité"),
        ("Are there any mistakes?", "conformité"),
        ("Is the file compliant?", "conformité"),
        ("Y a-t-il une contradiction sur la date limite de remise des offres ?", "contradictions"),
        ("Y a-t-il une contradiction sur les pénalités de retard ?", "contradictions"),
        ("Y a-t-il une erreur sur le délai de paiement ?", "conformité"),
        ("Do the documents contradict each other?", "contradictions"),
        ("Faut-il corriger les anomalies sous 4 heures ?", None),
        ("Y a-t-il des pénalités pour les anomalies bloquantes ?", None),
        ("Y a-t-il des anomalies bloquantes et des anomalies mineures ?", None),
        ("Quels sont les points à vérifier à la réception ?", None),
        ("Comment vérifier les pièces justificatives ?", None),
        ("Comment sont contrôlées les pièces détachées ?", None),
        ("Faut-il contrôler le dossier des ouvrages exécutés ?", None),
        ("Quel est le délai de correction des non-conformités ?", None),
        ("Are there penalties for any problem that blocks the service?", None),
        ("Must the products comply with the standard?", None),
        ("Que se passe-t-il si l'offre présente une incohérence ?", None),
        ("Comment sont traitées les discordances de prix ?", None),
        ("Les discordances entre le BPU et le DQE sont-elles corrigées ?", None),
        ("Que prévoit le CCAP sur les divergences ?", None),
        ("Le titulaire doit-il signaler les incohérences ?", None),
        ("Le constat contradictoire est-il obligatoire ?", None),
    ],
)
def test_what_a_clause_answers_is_not_asked_of_the_review(question: str, name: str | None) -> None:
    request = rule_book().request(question)
    assert (request and request.name) == name
