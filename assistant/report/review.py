"""Review: every question with what was expected, what was answered and what was shown. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from assistant.answers import Answer, marked
from assistant.baseline import Change
from assistant.evidence import Evidence
from assistant.findings import capital, day, duration, listed, number
from assistant.grading import FaultKind, Graded, fact_pattern
from assistant.page.markup import Html, element, prose, unbroken
from assistant.questions import Question
from assistant.report.breakdown import type_of
from assistant.report.comparison import anchor
from assistant.report.figures import Section, section
from assistant.themes import theme_of

RIGHT = "Correcte"
UNCITED = "Article ou page non cités"
FIRST_WORDS = 160
"""Characters of a passage that are shown."""

Changes = Mapping[str, Change]


def review(graded: Sequence[Graded], changes: Changes) -> Section:
    """The wrong answers, open, then the others, folded; `changes` are by id of question."""
    wrong = [item for item in graded if not item.correct]
    right = [item for item in graded if item.correct]
    return section(
        "questions",
        "Les réponses, une à une",
        _filter(graded, changes),
        element("h3", f"Fausses ({len(wrong)})"),
        *(_article(item, changes) for item in wrong),
        element("h3", f"Correctes ({len(right)})"),
        *(_folded(item, changes) for item in right),
    )


def _filter(graded: Sequence[Graded], changes: Changes) -> Html:
    """Two lists to choose from; hidden until the page's script works them."""
    themes = sorted({theme_of(item.question) for item in graded})
    found = {outcome for item in graded for outcome in _outcomes(item, changes)}
    known = [*FaultKind, RIGHT, UNCITED, *map(capital, Change)]
    outcomes = [outcome for outcome in known if outcome in found]
    return element(
        "form",
        _choice("theme", "Thème", themes),
        _choice("outcome", "Résultat", outcomes),
        element("output", number(len(graded), "question", "questions")),
        id="filter",
        hidden=True,
    )


def _choice(name: str, label: str, values: Sequence[str]) -> Html:
    options = [element("option", "tous", value=""), *(element("option", each) for each in values)]
    return element("label", label, element("select", *options, name=name))


def _outcomes(item: Graded, changes: Changes) -> list[str]:
    found = [*dict.fromkeys(fault.kind.value for fault in item.faults)] or [RIGHT]
    if item.uncited or item.unplaced:
        found.append(UNCITED)
    change = changes.get(item.question.id)
    return [*found, capital(change)] if change else found


def _article(item: Graded, changes: Changes) -> Html:
    return element("article", _heading(item), *_body(item), **_sorted(item, changes))


def _folded(item: Graded, changes: Changes) -> Html:
    summary = element("summary", *_title(item.question), *_remark(item))
    return element("details", summary, *_body(item), class_="answer-of", **_sorted(item, changes))


def _sorted(item: Graded, changes: Changes) -> dict[str, str]:
    return {
        "id": anchor(item.question.id),
        "data_theme": theme_of(item.question),
        "data_outcome": "|".join(_outcomes(item, changes)),
    }


def _heading(item: Graded) -> Html:
    badges = [element("span", kind, class_="badge") for kind in _outcomes(item, {})]
    return element("header", element("h4", *_title(item.question)), element("p", *badges))


def _title(question: Question) -> tuple[Html, str]:
    return element("code", question.id), f" {unbroken(question.text)}"


def _remark(item: Graded) -> Iterator[Html]:
    if item.uncited or item.unplaced:
        yield element("span", UNCITED, class_="badge quiet")


def _body(item: Graded) -> Iterator[Html]:
    result = item.result
    yield element("dl", *_facts(item))
    yield _answer(result.answer)
    if result.evidence:
        yield element(
            "details",
            element("summary", f"Passages montrés ({len(result.evidence)})"),
            element("ol", *map(_passage, result.evidence), class_="evidence"),
            open=not item.correct,
        )
    yield element(
        "p",
        f"{theme_of(item.question)} · {type_of(item)} · droit au {day(result.as_of)} · "
        f"{duration(result.seconds.total)} · enregistrement {result.record_id}",
        class_="note",
    )


def _facts(item: Graded) -> Iterator[Html]:
    """What was expected, found or not, what is too much, and what was cited."""
    yield from _pair("Attendu", element("ul", *_expected(item), class_="expected"))
    for fault in item.faults:
        if fault.kind is FaultKind.FORBIDDEN:
            yield from _pair("Interdit", element("code", fault.detail))
    cited = [citation.locator for citation in item.result.answer.citations]
    yield from _pair("Cité", listed(cited) or "rien")


def _expected(item: Graded) -> Iterator[Html]:
    question, refused = item.question, item.refused
    missing = {fault.detail for fault in item.faults if fault.kind is FaultKind.MISSING_FACT}
    if question.refusal_expected:
        yield _item("un refus", met=refused or item.correct)
    for article in question.articles:
        yield _item(article, met=article not in item.uncited)
    for place in question.places:
        named = f"{place.piece}, p. {place.page}" if place.page else place.piece
        yield _item(named, met=place not in item.unplaced)
    for fact in map(fact_pattern, question.facts):
        yield _item(element("code", fact), met=fact not in missing and not refused)


def _item(told: str, *, met: bool) -> Html:
    mark = element(
        "span", "✓" if met else "✗", role="img", aria_label="trouvé" if met else "absent"
    )
    return element("li", mark, " ", told, class_="met" if met else "unmet")


def _pair(term: str, *told: str) -> Iterator[Html]:
    yield element("dt", term)
    yield element("dd", *told)


def _answer(answer: Answer) -> Html:
    """The sentences as they were shown, and what the program itself said."""
    said = [
        element("div", prose(marked(sentence)), class_=sentence.support.value)
        for sentence in answer.sentences
    ]
    if answer.notice:
        said.append(element("div", prose(answer.notice), class_="said"))
    removed = [element("li", f"{each.text} — {each.reason}") for each in answer.removed]
    if removed:
        told = f"Phrases retirées ({len(removed)})"
        said.append(element("details", element("summary", told), element("ul", *removed)))
    return element("div", *said, class_="answer")


def _passage(evidence: Evidence) -> Html:
    passage = evidence.passage
    words = " ".join(passage.text.split())
    shown = words if len(words) <= FIRST_WORDS else f"{words[:FIRST_WORDS].rstrip()}…"
    return element("li", element("b", passage.locator), f" {unbroken(shown)}")
