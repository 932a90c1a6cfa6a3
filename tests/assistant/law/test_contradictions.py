"""A small index in which the two articles on variants contradict each other, in our words."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant.answering.answer import Event, Found, Outcome
from assistant.answering.extraction import statements
from assistant.citations.checker import Support, check_sentence
from assistant.journal.journal import journal_of
from assistant.law.contradictions import Conflict, conflicts, contradictions, disagreements
from assistant.law.figures import FigureStatement, statements_of
from assistant.question.language import Language
from assistant.retrieval.evidence import Evidence, Scope
from assistant.retrieval.hierarchy import Rank, rank_of
from assistant.retrieval.snapshots import SnapshotHolder
from assistant.retrieval.standing import evidence_of
from assistant.retrieval.tuning import SubjectBounds
from ingestion.chunking.passages import passages_of
from ingestion.documents.document import Kind
from ingestion.index.snapshot import IndexSnapshot
from ingestion.readers.reading import read_file
from tests.support.fakes import ScriptedModel, WordEmbedder
from tests.support.index_home import add, build_and_publish
from tests.support.journals import bodies
from tests.support.passage_texts import article_of
from tests.support.shared_texts import CODE, shared_rows
from tests.support.small_index import (
    Article,
    answering_embedder,
    assistant_over,
    build_small_index,
    result_of,
)

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
    assistant = assistant_over(home, journal_of(folder), limit=limit)
    return list(assistant.ask(question, as_of=day))


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
    add(home, sheet)
    build_and_publish(home, answering_embedder())
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
    result = result_of(events)
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
    result = result_of(_events(home, tmp_path, ASKED))
    [body] = bodies(journal_of(tmp_path))
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
    result = result_of(events)
    ids = [item.passage.id for item in result.evidence]
    assert len(ids) == len(set(ids))
    texts = [sentence.text for sentence in result.answer.sentences]
    assert len(texts) == len(set(texts))
    assert "se contredisent" in result.answer.notice


def test_without_a_contradiction_that_day_nothing_is_added(home: Path, tmp_path: Path) -> None:
    result = result_of(_events(home, tmp_path, "Les variantes ?", date(2026, 5, 1)))
    assert "contredisent" not in result.answer.notice


def test_an_english_reader_is_told_in_english(home: Path, tmp_path: Path) -> None:
    model = ScriptedModel({"variants": ASKED})
    assistant = assistant_over(home, journal_of(tmp_path), model=model)
    asking = assistant.ask("Are variants allowed?", as_of=DAY, language=Language.ENGLISH)
    assert "law prevails over the decree" in result_of(asking).answer.notice


def test_every_entry_speaks_of_the_real_texts_of_august_2026(tmp_path: Path) -> None:
    named = {article for known in contradictions() for article in known.articles}
    articles = tuple(
        (row["num"], tuple(row["chemin"]), row["texte"], row["valide_du"], row["valide_au"])
        for row in shared_rows(CODE)
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


# Figures that texts state against each other, compared by a small embedder of words


RIVALS_ON = date(2026, 11, 28)
BOUNDS = SubjectBounds(near=0.6, other_article=0.95, unnamed=0.02, agreement=0.1)
THIRTY = "Un pouvoir adjudicateur paie ses fournisseurs dans un délai maximal de trente jours."
TWENTY = "Un pouvoir adjudicateur paie ses fournisseurs sous un délai maximal de 20 jours."


def stated(folder: Path, name: str, text: str) -> list[FigureStatement]:
    """What a sheet of this name states."""
    path = folder / f"{name}.md"
    path.write_text(f"---\ntitle: {name}\netat_au: 2026-08-23\n---\n## Payer\n\n{text}\n")
    documents = read_file(path, path.name, Kind.RULES).documents
    return list(statements_of(each for one in documents for each in passages_of(one)))


def opposed(
    fresh: Sequence[FigureStatement], others: Sequence[FigureStatement]
) -> list[tuple[str, str]]:
    found = disagreements(
        fresh, others, RIVALS_ON, WordEmbedder(dimension=512).embed_passages, BOUNDS
    )
    return [(each.first.text, each.second.text) for each in found]


def test_another_figure_on_the_same_subject_is_found_and_both_sides_are_told(
    tmp_path: Path,
) -> None:
    one, other = stated(tmp_path, "Guide", TWENTY), stated(tmp_path, "Fiche", THIRTY)
    assert opposed(one, other) == [(TWENTY, THIRTY)]
    assert [float(each.value) for each in one[0].figures] == [20]
    found = disagreements(one, other, RIVALS_ON, WordEmbedder(dimension=512).embed_passages, BOUNDS)
    assert [each.second.passage.title for each in found] == ["Fiche"]


@pytest.mark.parametrize(("one", "other"), [("143 000", "140 000"), ("5 538 000", "5 404 000")])
def test_the_threshold_of_other_years_is_another_figure(
    tmp_path: Path, one: str, other: str
) -> None:
    texts = [f"La procédure formalisée est due dès {each} € HT." for each in (one, other)]
    sides = [stated(tmp_path, *each) for each in zip(("Guide", "Fiche"), texts, strict=True)]
    assert opposed(sides[0], sides[1]) == [tuple(texts)]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(THIRTY.replace("trente jours", "20 jours"), id="the same figure"),
        pytest.param(THIRTY.replace("trente jours", "2 %"), id="another kind of figure"),
        pytest.param(
            THIRTY.replace("pouvoir adjudicateur", "pouvoir adjudicateur, marché de défense"),
            id="another regime",
        ),
        pytest.param(f"Avant le 1er janvier 2020, {THIRTY}", id="another day"),
        pytest.param(f"Par exemple, {THIRTY}", id="an example"),
        pytest.param("La remise des offres prend au moins trente jours.", id="another subject"),
    ],
)
def test_what_is_no_contradiction(tmp_path: Path, other: str) -> None:
    assert opposed(stated(tmp_path, "Guide", TWENTY), stated(tmp_path, "Fiche", other)) == []


def test_a_ccag_states_nothing_that_another_text_contradicts() -> None:
    clause = replace(article_of("14.1", TWENTY), references=("CCAG-FCS 14.1",))
    assert rank_of(clause) is Rank.GENERAL_CLAUSE
    assert not list(statements_of([clause]))
    assert list(statements_of([replace(clause, references=("R14-1",))]))


def test_rules_for_different_cases_are_none(tmp_path: Path) -> None:
    works = stated(tmp_path, "Guide", TWENTY.replace("fournisseurs", "titulaires de travaux"))
    supplies = stated(tmp_path, "Fiche", THIRTY.replace("fournisseurs", "titulaires de services"))
    both = stated(tmp_path, "Note", THIRTY.replace("fournisseurs", "titulaires"))
    assert opposed(works, supplies) == []
    assert len(opposed(works, both)) == 1


def test_a_text_that_agrees_is_believed(tmp_path: Path) -> None:
    fresh = stated(tmp_path, "Guide", TWENTY)
    others = stated(tmp_path, "Fiche", THIRTY) + stated(tmp_path, "Note", TWENTY)
    assert opposed(fresh, others) == []


def test_articles_of_one_code_are_told_apart_by_its_sections() -> None:
    texts = {"R2192-10": THIRTY, "R2192-11": THIRTY.replace("trente", "vingt")}
    one, other = (replace(article_of(*each), title="Code") for each in texts.items())
    elsewhere = replace(other, headings=("Ailleurs",))
    first, *others = (list(statements_of([each])) for each in (one, other, elsewhere))
    assert [len(opposed(first, each)) for each in others] == [1, 0]


def test_an_exception_of_the_article_that_a_sheet_is_about_is_none(tmp_path: Path) -> None:
    article = f"{THIRTY} Ce délai est de 20 jours en cas d'urgence."
    sheet = stated(tmp_path, "Guide", TWENTY.replace(".", " (art. R2192-10)."))
    others = list(statements_of([article_of("R2192-10", article)]))
    assert opposed(sheet, others) == []
