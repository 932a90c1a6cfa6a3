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
from tests.support.question_lists import read_lists
from tests.support.small_index import answering_embedder, assistant_over, result_of

RC = "# Article 1 – Offres\n\nLa date limite de remise des offres est le 20 novembre 2026 à 12 h.\n"
AE = "# Article 1 – Offres\n\nLa date limite de remise des offres est le 23 novembre 2026 à 12 h.\n"
REQUESTED, BY_CLAUSES = read_lists("review_questions.txt")
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


@pytest.mark.parametrize(("question", "names"), REQUESTED)
def test_what_is_asked_of_the_review_is_known_by_its_name(
    question: str, names: tuple[str, ...]
) -> None:
    request = rule_book().request(question)
    assert request is not None
    assert (request.name,) == names


@pytest.mark.parametrize("question", [question for question, _ in BY_CLAUSES])
def test_what_a_clause_answers_is_not_asked_of_the_review(question: str) -> None:
    assert rule_book().request(question) is None
