"""A small index in which the two articles on variants contradict each other, in our words."""

import json
import os
from datetime import date
from pathlib import Path

import pytest

from assistant.answering.answer import Event, Finished, Found, Outcome, TurnResult
from assistant.answering.extraction import statements
from assistant.answering.pipeline import Assistant
from assistant.citations.checker import Support, check_sentence
from assistant.journal.journal import Journal
from assistant.law.contradictions import Conflict, conflicts, contradictions
from assistant.question.language import Language
from assistant.retrieval.candidates import evidence_of
from assistant.retrieval.evidence import Evidence, Scope
from assistant.retrieval.snapshots import SnapshotHolder
from ingestion.durable import lock_for_writing
from ingestion.index.build import build
from ingestion.index.publication import publish
from ingestion.index.snapshot import IndexSnapshot
from ingestion.library.library import Library
from ingestion.readers.documents import Kind
from tests.fakes import ScriptedModel
from tests.small_index import Article, answering_embedder, build_small_index

SHARED = Path(os.environ.get("SOURCIER_SHARED") or Path(__file__).parents[2] / "shared")
DAY = date(2026, 6, 1)
LAW = (
    "Le soumissionnaire joint toujours une notice à son offre. En procédure formalisée, proposer "
    "des variantes est autorisée sauf refus écrit dans l'avis."
)
DECREE = (
    "L'avis règle le sort des offres de remplacement :\n"
    "1° Pour un pouvoir adjudicateur, les variantes sont interdites sauf accord dans l'avis ;\n"
    "2° Pour une entité adjudicatrice, elles sont admises."
)
ASKED = "En procédure formalisée, peut-on proposer des variantes sauf refus écrit ?"


def _articles(decree: str = DECREE, end: str | None = None) -> tuple[Article, ...]:
    return (
        ("L2151-2", ("Partie législative",), LAW, "2026-05-28", None),
        ("R2151-8", ("Partie réglementaire",), decree, None, end),
        ("L2192-1", ("Partie législative",), "Les factures sont électroniques.", None, None),
    )


def _home(folder: Path, articles: tuple[Article, ...]) -> Path:
    (folder / "texts").mkdir()
    build_small_index(folder / "home", folder / "texts", answering_embedder(), articles)
    return folder / "home"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _home(tmp_path_factory.mktemp("opposed"), _articles())


@pytest.fixture(scope="module")
def generation(home: Path) -> IndexSnapshot:
    return SnapshotHolder(home, answering_embedder()).current()


def _evidence(generation: IndexSnapshot, *references: str) -> tuple[Evidence, ...]:
    store, lookup = generation.store, generation.lexical.lookup
    passages = store.passages([lookup(reference)[0] for reference in references])
    return tuple(Evidence(n, passage, 1.0, "0" * 64) for n, passage in enumerate(passages, 1))


def _events(
    home: Path, folder: Path, question: str, day: date = DAY, limit: int = 1
) -> list[Event]:
    embedder = answering_embedder()
    journal = Journal(folder / "journal.jsonl")
    assistant = Assistant(SnapshotHolder(home, embedder), embedder, ScriptedModel(), journal, limit)
    return list(assistant.ask(question, as_of=day))


def _result(events: list[Event]) -> TurnResult:
    assert isinstance(events[-1], Finished)
    return events[-1].result


def test_either_article_brings_the_contradiction(generation: IndexSnapshot) -> None:
    for reference in ("L2151-2", "R2151-8"):
        [conflict] = conflicts(_evidence(generation, reference), generation, Scope(DAY))
        assert [each.locator for each in conflict.passages] == ["art. L2151-2", "art. R2151-8"]
    assert conflicts(_evidence(generation, "L2192-1"), generation, Scope(DAY)) == ()


def test_before_both_are_in_force_there_is_none(generation: IndexSnapshot) -> None:
    cited = _evidence(generation, "R2151-8")
    assert conflicts(cited, generation, Scope(date(2026, 5, 27))) == ()
    assert len(conflicts(cited, generation, Scope(date(2026, 5, 28)))) == 1


@pytest.mark.parametrize(
    "articles",
    [
        _articles(DECREE.replace("interdites", "autorisées")),
        _articles(end="2026-05-31"),
        _articles()[:1],
    ],
    ids=["the decree was put right", "the decree has ended", "the decree is not indexed"],
)
def test_an_entry_falls_silent(tmp_path: Path, articles: tuple[Article, ...]) -> None:
    generation = SnapshotHolder(_home(tmp_path, articles), answering_embedder()).current()
    assert conflicts(_evidence(generation, "L2151-2"), generation, Scope(DAY)) == ()


def test_a_sheet_that_says_as_much_is_no_text_in_force(tmp_path: Path) -> None:
    home = _home(tmp_path, _articles()[:1])
    sheet = tmp_path / "variantes.md"
    sheet.write_text(f"# Variantes\n\n## Refus ? (art. R2151-8)\n\n{DECREE}\n", encoding="utf-8")
    with lock_for_writing(home):
        assert Library(home).add(sheet, sheet.name, Kind.RULES, None).reading.problem is None
        publish(home, build(home, answering_embedder(), lambda step, done, total: None).name)
    generation = SnapshotHolder(home, answering_embedder()).current()
    assert generation.lexical.lookup("R2151-8")
    assert conflicts(_evidence(generation, "L2151-2"), generation, Scope(DAY)) == ()


def _both(conflict: Conflict, generation: IndexSnapshot) -> list[Evidence]:
    return [
        evidence_of(generation, passage, number)
        for number, passage in enumerate(conflict.passages, 1)
    ]


def test_what_is_quoted_are_the_sentences_that_contradict(generation: IndexSnapshot) -> None:
    cited = _evidence(generation, "R2151-8")
    [conflict] = conflicts(cited, generation, Scope(DAY))
    evidence = _both(conflict, generation)
    law, decree = statements(evidence, conflict, DAY)
    assert law.text == LAW.partition(". ")[2]
    assert law.evidence == (evidence[0],)
    assert "interdites" in decree.text


def test_the_other_text_is_cited_and_shown_as_evidence(home: Path, tmp_path: Path) -> None:
    events = _events(home, tmp_path, ASKED)
    result = _result(events)
    assert result.answer.outcome is Outcome.ANSWERED
    first, second = [event for event in events if isinstance(event, Found)]
    assert [item.passage.locator for item in first.evidence] == ["art. L2151-2"]
    assert second.evidence == result.evidence
    assert [item.passage.locator for item in result.evidence] == ["art. L2151-2", "art. R2151-8"]
    [quoted] = [each for each in result.answer.sentences if each.citations == (2,)]
    assert quoted.support is Support.VERBATIM
    assert "interdites" in quoted.text
    notice = result.answer.notice
    assert "[1] [2] se contredisent sur les variantes" in notice
    assert "La loi l'emporte sur le décret" in notice


def test_what_is_added_is_what_is_recorded(home: Path, tmp_path: Path) -> None:
    result = _result(_events(home, tmp_path, ASKED))
    journal = Journal(tmp_path / "journal.jsonl")
    body = journal.body(next(journal.entries()))
    assert body is not None
    locators = [each["passage"]["locator"] for each in body["evidence"]]
    assert locators == ["art. L2151-2", "art. R2151-8"]
    store = SnapshotHolder(home, answering_embedder()).current().store
    for citation in result.answer.citations:
        text = store.document(citation.document).text
        assert text[citation.start : citation.end] == citation.quote
    assert len(result.evidence[1].document_sha256) == 64


def test_evidence_already_shown_is_not_shown_twice(home: Path, tmp_path: Path) -> None:
    events = _events(home, tmp_path, ASKED, limit=6)
    assert len([event for event in events if isinstance(event, Found)]) == 1
    result = _result(events)
    ids = [item.passage.id for item in result.evidence]
    assert len(ids) == len(set(ids))
    texts = [sentence.text for sentence in result.answer.sentences]
    assert len(texts) == len(set(texts))
    assert "se contredisent" in result.answer.notice


def test_without_a_contradiction_that_day_nothing_is_added(home: Path, tmp_path: Path) -> None:
    result = _result(_events(home, tmp_path, "Les variantes ?", date(2026, 5, 1)))
    assert "contredisent" not in result.answer.notice


def test_an_english_reader_is_told_in_english(home: Path, tmp_path: Path) -> None:
    embedder = answering_embedder()
    journal = Journal(tmp_path / "journal.jsonl")
    model = ScriptedModel({"variants": ASKED})
    assistant = Assistant(SnapshotHolder(home, embedder), embedder, model, journal, 6)
    asking = assistant.ask("Are variants allowed?", as_of=DAY, language=Language.ENGLISH)
    assert "law prevails over the decree" in _result(list(asking)).answer.notice


def test_every_entry_speaks_of_the_real_texts_of_august_2026(tmp_path: Path) -> None:
    code = SHARED / "data" / "law" / "ccp_articles.jsonl"
    if not code.exists():
        pytest.skip("no ../shared: the real articles are absent")
    rows = [json.loads(line) for line in code.read_text(encoding="utf-8").splitlines()]
    named = {article for known in contradictions() for article in known.articles}
    articles = tuple(
        (row["num"], tuple(row["chemin"]), row["texte"], row["valide_du"], row["valide_au"])
        for row in rows
        if row["num"] in named
    )
    generation = SnapshotHolder(_home(tmp_path, articles), answering_embedder()).current()
    scope = Scope(date(2026, 8, 23))
    for known in contradictions():
        cited = _evidence(generation, known.articles[0])
        [conflict] = conflicts(cited, generation, scope)
        drafts = statements(_both(conflict, generation), conflict, scope.as_of)
        for draft, says in zip(drafts, known.says, strict=True):
            assert says.search(draft.text)
            assert (
                check_sentence(draft.text, [draft.evidence[0].passage.text]).support
                is Support.VERBATIM
            )
