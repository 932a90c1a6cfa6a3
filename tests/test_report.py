from dataclasses import replace
from html.parser import HTMLParser

from assistant.answers import Answer, Outcome, Sentence
from assistant.checking import Support
from assistant.report import report
from tests.graded import ABSTAINED, answer_of, graded_of, question_of


class _Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_wrong_answers_come_first() -> None:
    right = graded_of(replace(question_of((("trente",),)), id="right"), answer_of("Trente jours."))
    wrong = graded_of(replace(question_of((("trente",),)), id="wrong"), ABSTAINED)
    html = report([right, wrong])
    classes = [attrs["class"] for tag, attrs in _Page(html).tags if tag == "article"]
    assert classes == ["wrong", "right"]
    assert html.index("wrong Quel délai") < html.index("right Quel délai")
    assert "0.50 (1/2)" in html


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    hostile = '<script>alert(1)</script> {rows} %s {0} & "quotes" <img src=http://x.test/a.png>'
    sentence = Sentence(hostile, (1,), Support.VERBATIM)
    question = replace(question_of(articles=(hostile,)), id=hostile, text=hostile)
    html = report([graded_of(question, Answer(Outcome.ANSWERED, (sentence,)))])
    page = _Page(html)
    assert {tag for tag, _ in page.tags} <= {
        *("html", "meta", "title", "style", "h1", "h3", "table", "tr", "th", "td"),
        *("article", "div", "small"),
    }
    assert not [attrs for _, attrs in page.tags if "src" in attrs or "href" in attrs]
    assert "{rows} %s {0}" in html


def test_it_says_what_was_cited_and_expected() -> None:
    graded = graded_of(question_of(articles=("R2192-10",)), answer_of("…", "art. R2192-11"))
    html = report([graded])
    assert "cité : art. R2192-11 ; attendu : R2192-10" in html
    assert "cité : rien ; attendu : un refus" in report(
        [graded_of(question_of(refusal=True), ABSTAINED)]
    )
