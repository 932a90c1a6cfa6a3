"""The report of an evaluation."""

from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser

from assistant.answering.answer import Answer, Outcome, Removed, Seconds, Sentence
from assistant.citations.checker import Support
from assistant.evaluation.grading import Graded, Measure
from assistant.evaluation.questions import ExpectedPlace
from assistant.evaluation.runs import Evaluation, Fall
from assistant.reports.evaluation import report
from assistant.retrieval.evidence import Evidence
from ingestion.chunking.passages import Passage
from ingestion.documents.document import Kind
from tests.support.graded import (
    ABSTAINED,
    answer_of,
    compared,
    evaluation_of,
    graded_of,
    question_of,
)

THIRTY = (("trente",),)
HOSTILE = '<script>alert(1)</script> {rows} %s </style> & "quotes" <img src=http://x.test/a.png>'


class _Page(HTMLParser):
    """The elements of a page in order, and the text that is read in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._raw = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._raw = tag if tag in {"script", "style"} else ""

    def handle_data(self, data: str) -> None:
        self.text += "" if self._raw else data

    def having(self, attribute: str) -> list[str]:
        return [attrs[attribute] or "" for _, attrs in self.tags if attribute in attrs]


def _page(graded: Sequence[Graded]) -> _Page:
    return _Page(report(evaluation_of(graded)))


def _two() -> list[Graded]:
    right = graded_of(question_of(THIRTY, name="right"), answer_of("Trente jours."))
    return [right, graded_of(question_of(THIRTY, name="wrong"), ABSTAINED)]


def test_wrong_answers_come_first_and_open() -> None:
    page = _page(_two())
    found = [(tag, attrs["data-outcome"]) for tag, attrs in page.tags if "data-outcome" in attrs]
    assert found == [("article", "Refus à tort"), ("details", "Correcte")]
    assert "1 réponse correcte sur 2" in page.text


def _hostile() -> Evaluation:
    sentence = Sentence(HOSTILE, (1,), Support.VERBATIM)
    passage = Passage("p", "d", HOSTILE, HOSTILE, Kind.RULES, HOSTILE, (), (), HOSTILE, 0, 9)
    question = replace(
        question_of(((r"<i>\d",),), articles=(HOSTILE,), places=(ExpectedPlace(HOSTILE, 3),)),
        id=HOSTILE,
        text=HOSTILE,
        theme=HOSTILE,
        kind=HOSTILE,
        difficulty=HOSTILE,
        file=HOSTILE,
    )
    removed = (Removed(HOSTILE, HOSTILE),)
    answer = Answer(Outcome.ANSWERED, (sentence,), removed=removed, notice=HOSTILE)
    graded = graded_of(question, answer)
    shown = replace(graded, result=replace(graded.result, evidence=(Evidence(1, passage, 1, ""),)))
    all_graded = [shown, *_two()]
    return evaluation_of(all_graded, comparison=compared({HOSTILE: ABSTAINED}, all_graded))


def test_what_is_told_is_never_read_as_html() -> None:
    html = report(_hostile())
    page = _Page(html)
    assert "img" not in {tag for tag, _ in page.tags}
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert [tag for tag, _ in page.tags].count("style") == 1
    assert "{rows} %s" in page.text


def test_the_page_loads_nothing_and_goes_nowhere() -> None:
    page = _Page(report(_hostile()))
    assert not page.having("src")
    assert not page.having("action")
    assert all(address.startswith("#") for address in page.having("href"))
    assert all(address.startswith("#") for address in page.having("xlink:href"))
    [policy] = [value for value in page.having("content") if "default-src" in value]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-")


def test_every_link_of_the_page_has_its_place() -> None:
    after = [graded_of(question_of(THIRTY, name="é #1"), answer_of("Trente jours."))]
    evaluation = evaluation_of(after, comparison=compared({"é #1": ABSTAINED}, after))
    page = _Page(report(evaluation))
    names = page.having("id")
    assert len(names) == len(set(names))
    assert {address[1:] for address in page.having("href")} <= set(names)
    assert "#q-%C3%A9%20%231" in page.having("href")


def test_a_wrong_answer_says_what_is_expected_and_what_is_missing() -> None:
    question = question_of(
        (("trente", "30"), ("jours",)),
        forbidden=("quinze",),
        articles=("R2192-10", "L2192-1"),
        places=(ExpectedPlace("CCAP", 7),),
    )
    text = _page([graded_of(question, answer_of("Quinze jours.", "art. L2192-1"))]).text
    for told in (
        "Fait absent",
        "Affirmation interdite",
        "✗ R2192-10",
        "✓ L2192-1",
        "✗ CCAP, p. 7",
        "✗ « trente » ou « 30 » trente|30",
        "✓ « jours » jours",
        "InterditQuinze",
        "Citéart. L2192-1",
    ):
        assert told in text
    refused = _page([graded_of(question, ABSTAINED)]).text
    assert "✗ « jours » jours" in refused
    assert "Citérien" in refused
    refusal = _page([graded_of(question_of(refusal=True), answer_of("Trente."))]).text
    assert "Refus manqué" in refusal
    assert "✗ un refus" in refusal
    assert "✓ un refus" in _page([graded_of(question_of(refusal=True), ABSTAINED)]).text


def test_what_an_answer_says_first_is_shown_as_it_is_graded() -> None:
    answer = replace(answer_of("Trente jours."), preface="Soixante jours, sauf accord.")
    question = question_of((("soixante",),))
    assert "Soixante jours, sauf accord." in report(evaluation_of([graded_of(question, answer)]))


def test_evidence_is_shown_by_its_place_and_first_words() -> None:
    text = _Page(report(_hostile())).text
    assert "Passages montrés (1)" in text
    long = "mot " * 100
    passage = Passage("p", "d", "t", "s", Kind.RULES, "art. R1-1", (), (), long, 0, 9)
    graded = _two()[1]
    shown = replace(graded, result=replace(graded.result, evidence=(Evidence(1, passage, 1, ""),)))
    text = _page([shown]).text
    assert "art. R1-1 mot mot" in text
    assert long.strip() not in text
    assert "mot…" in text


def test_the_conditions_of_the_run_are_told() -> None:
    text = _page(_two()).text
    for told in (
        "24 novembre 2026, 22:08 (UTC+0000)",
        "sourcier 0.1.0, commit abc",
        "script@1",
        "words@1",
        "génération 20261124-200000-000, 5 passages",
        "au 23/08/2026",
        "evidence_limit = 6",
        "Zen, 2 cœurs",
        "2 posées sur 2",
        "write.md" + "1" * 64,
        "questions.jsonl" + "2" * 64,
        "4" * 64,
    ):
        assert told in text


def test_a_run_cut_short_says_so() -> None:
    assert "incomplète" not in _page(_two()).text
    text = _Page(report(evaluation_of(_two(), planned=9))).text
    assert "Évaluation incomplète" in text.replace("\u00a0", " ")
    assert "2 posées sur 9" in text


def test_a_comparison_tells_falls_and_which_questions_changed() -> None:
    after = _two()
    comparison = compared({"right": ABSTAINED, "wrong": answer_of("Trente.")}, after)
    falls = (Fall(Measure.EXACT, 1.0, 0.5),)
    page = _Page(report(evaluation_of(after, comparison=comparison, falls=falls)))
    text = page.text.replace("\u00a0", " ")
    assert "Citations exactes : 50 %, contre 100 % à l'essai précédent." in text
    assert "Devenue fausse (1)wrong Quel délai ?" in text
    assert "Devenue correcte (1)right Quel délai ?" in text
    assert "avant.jsonl (modèle m, index g)" in text
    assert "Refus à tort|Devenue fausse" in page.having("data-outcome")
    assert "Par rapport à" not in _page(after).text


def test_questions_are_measured_by_whatever_sets_them_apart() -> None:
    names = [*"abc"]
    graded = [
        graded_of(replace(question_of(THIRTY, name=name), theme=name, kind="fait"), ABSTAINED)
        for name in names
    ]
    page = _page(graded)
    assert "themes" in page.having("id")
    assert "types" not in page.having("id")
    assert "fichiers" not in page.having("id")
    files = [
        replace(each, question=replace(each.question, file="f" + each.question.id))
        for each in graded
    ]
    by_file = _page(files)
    assert "fichiers" in by_file.having("id")
    assert "fa0 %" in by_file.text


def test_the_filter_waits_for_its_script_and_offers_what_there_is() -> None:
    page = _page(_two())
    [form] = [attrs for tag, attrs in page.tags if tag == "form"]
    assert "hidden" in form
    assert "Résultattous" + "Refus à tort" + "Correcte" in page.text


def test_nothing_measured_is_still_a_page() -> None:
    text = _Page(report(evaluation_of([], planned=3))).text
    assert "0 réponse correcte sur 0" in text
    slow = [graded_of(question_of(), ABSTAINED, Seconds(0.0, None, 0.0))] * 2
    assert "0,00 s" in report(evaluation_of(slow))


def test_what_the_figures_do_not_say_by_themselves_is_told() -> None:
    sheet = answer_of("Trente jours.", "art. R1, fiche « Payer »", "art. R1")
    doubtful = replace(answer_of("Peut-être.", "art. R3"), outcome=Outcome.PARTIAL)
    graded = [
        graded_of(question_of(THIRTY, articles=("R2192-10",), name="a"), sheet),
        graded_of(question_of(refusal=True, name="b"), doubtful),
    ]
    text = _page(graded).text.replace("\u00a0", " ")
    assert "1 citation sur 3 est celle d'une fiche sur l'article" in text
    assert "1 question à refuser est correcte sans être un refus" in text
    assert "1 réponse correcte ne cite pas tous les articles attendus" in text
    assert "fiche sur l'article" not in _page(_two()).text
