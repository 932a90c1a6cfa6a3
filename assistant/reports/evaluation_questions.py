"""Questions of an evaluation: by theme, against an earlier run, one by one. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import quote

from assistant.answering.answer import Answer, marked
from assistant.evaluation.confidence import Estimate, percentiles
from assistant.evaluation.grading import (
    FaultKind,
    Graded,
    Measure,
    TurnStep,
    estimates,
    fact_pattern,
    grouped,
    seconds,
)
from assistant.evaluation.questions import Question, theme_of
from assistant.evaluation.runs import GUARDED, AnswerChange, Digest, Pair, RunComparison
from assistant.reports.charts import Shift, shifts
from assistant.reports.findings import (
    NONE,
    Section,
    capital,
    day,
    duration,
    estimated,
    figures,
    listed,
    note,
    number,
    percent,
    scope,
    section,
    side_by_side,
    table,
    verdict,
)
from assistant.reports.markup import Html, element, join_html, prose, set_no_break_spaces
from assistant.retrieval.evidence import Evidence

# Breakdown: the measures by theme, by type and wherever else the questions differ. Pure.

UNSAID = "Non précisé"


def type_of(item: Graded) -> str:
    """The type of a question, or its category, as its set says."""
    return capital((item.question.kind or item.question.category or UNSAID).replace("_", " "))


def breakdown(graded: Sequence[Graded]) -> Iterator[Section]:
    """One section a way of sorting the questions, where it sorts them at all."""
    ways: tuple[tuple[str, str, Callable[[Graded], str]], ...] = (
        ("themes", "Par thème", lambda item: theme_of(item.question)),
        ("types", "Par type de question", type_of),
        ("difficultes", "Par difficulté", lambda item: capital(item.question.difficulty or UNSAID)),
        ("fichiers", "Par fichier de questions", lambda item: item.question.file),
    )
    for name, title, label in ways:
        groups = grouped(graded, label)
        if len(groups) > 1:
            yield section(name, title, *_groups(title, groups))


def _groups(title: str, groups: Sequence[tuple[str, Sequence[Graded]]]) -> Iterator[Html]:
    measured = [(label, items, estimates(items)) for label, items in groups]
    correct = Measure.CORRECT
    yield estimated(
        f"{capital(correct)}, {title.lower()}",
        [(label, each[correct]) for label, _, each in measured],
    )
    kinds = [kind for kind in Measure if any(each[kind] for *_, each in measured)]
    yield table(
        f"Toutes les mesures, {title.lower()}",
        ("", "Questions", *map(capital, kinds)),
        [
            (label, str(len(items)), *(_said(each[kind]) for kind in kinds))
            for label, items, each in measured
        ],
    )
    yield table(
        f"Délais, {title.lower()} : p50 / p95, en secondes",
        ("", *map(capital, TurnStep)),
        [(label, *_delays(items)) for label, items, _ in measured],
    )


def _said(estimate: Estimate | None) -> str:
    return percent(estimate.value) if estimate else NONE


def _delays(items: Sequence[Graded]) -> Iterator[str]:
    for values in seconds(items).values():
        known = percentiles(values)
        yield " / ".join(map(figures, known)) if known else NONE


# Comparison: what has changed since an earlier run. Pure.


def comparison_section(comparison: RunComparison, baseline: Digest) -> Section:
    """The earlier run beside this one: questions that changed, measures, and what chance does."""
    counts = [(capital(change), str(len(comparison.of(change)))) for change in AnswerChange]
    return section(
        "comparaison",
        "Par rapport à l'essai précédent",
        element("p", set_no_break_spaces(verdict(comparison)), class_="verdict"),
        note(f"{_origin(comparison, baseline)} {scope(comparison)}"),
        _measures(comparison),
        table("Ce que deviennent les réponses", ("", "Questions"), counts),
        *_changed(comparison),
    )


def _origin(comparison: RunComparison, baseline: Digest) -> str:
    earlier = [pair.before.result for pair in comparison.pairs]
    models, indexes = (
        listed(values)
        for values in ([each.model for each in earlier], [each.generation for each in earlier])
    )
    return f"Essai précédent : {baseline.name} (modèle {models}, index {indexes})."


def _measures(comparison: RunComparison) -> Html:
    rows = [
        Shift(capital(each), before.value, after.value, _both(before.value, after.value))
        for each in GUARDED
        if (before := comparison.before[each]) and (after := comparison.after[each])
    ]
    caption = "Mesures des questions communes, avant et après"
    numbers = table(
        caption,
        ("", "Avant", "Après", "Écart, en points"),
        [
            (row.label, percent(row.before), percent(row.after), _points(row.after - row.before))
            for row in rows
        ],
    )
    return side_by_side(shifts(caption, rows), numbers) if rows else numbers


def _both(before: float, after: float) -> str:
    return f"{percent(before)} → {percent(after)}"


def _points(difference: float) -> str:
    return f"{100 * difference:+.1f}".replace(".", ",").replace("-", "−") if difference else NONE


def _changed(comparison: RunComparison) -> Iterator[Html]:
    for change in (AnswerChange.WORSE, AnswerChange.BETTER, AnswerChange.REWORDED):
        if pairs := comparison.of(change):
            title = f"{capital(change)} ({len(pairs)})"
            yield element(
                "details",
                element("summary", title),
                element("ul", *map(_link, pairs)),
                open=change is AnswerChange.WORSE,
            )


def _link(pair: Pair) -> Html:
    question = pair.after.question
    link = element("a", question.id, href=f"#{anchor(question.id)}")
    return element("li", join_html([link, f" {question.text}"]))


def anchor(question_id: str) -> str:
    """The place of a question in the page."""
    return f"q-{quote(question_id, safe='')}"


# Review: every question with what was expected, what was answered and what was shown. Pure.

RIGHT = "Correcte"
UNCITED = "Article ou page non cités"
FIRST_WORDS = 160
"""Characters of a passage that are shown."""

Changes = Mapping[str, AnswerChange]


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
    known = [*FaultKind, RIGHT, UNCITED, *map(capital, AnswerChange)]
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
    return element("code", question.id), f" {set_no_break_spaces(question.text)}"


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
    return element("li", element("b", passage.locator), f" {set_no_break_spaces(shown)}")
