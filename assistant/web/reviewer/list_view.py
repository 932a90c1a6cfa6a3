"""The register and the evaluation set as pages: filters, and what they let through. Pure HTML."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import quote

from assistant.answering.answer import Outcome
from assistant.reports.markup import (
    ACTION,
    NOTHING,
    Html,
    button,
    counted,
    element,
    hidden,
    join_html,
    set_no_break_spaces,
    table,
)
from assistant.review.gold import GoldQuestion
from assistant.review.listing import (
    ENDINGS,
    ORDERS,
    OUTCOMES,
    STATES,
    SUPPORTS,
    THUMBS,
    route_label,
)
from assistant.review.recorded import Item, Thumb
from assistant.web.reviewer import frame
from assistant.web.reviewer.frame import ROOT, ListQuery, alert, badge

# The register as a page: a form of filters, and the answers that they let through. Pure HTML.

PER_PAGE = 50
LONGEST = 180
"""Characters of a question in a list."""


def list_html(
    asked: ListQuery, everything: Sequence[Item], listed: Sequence[Item], teams: Mapping[str, str]
) -> tuple[Html, ...]:
    """The content; `listed` are those of `everything` that the filter lets through, in order."""
    first = (asked.page - 1) * PER_PAGE
    shown = listed[first : first + PER_PAGE]
    return (
        filters(asked, everything, teams),
        element(
            "p",
            element("strong", counted(len(listed), "réponse", "réponses")),
            f" sur {counted(len(everything), 'réponse enregistrée', 'réponses enregistrées')}. ",
            element("a", "Exporter cette liste en CSV", href=asked.address("answers.csv")),
            class_="count",
        ),
        answers_table(shown) if shown else element("p", "Aucune réponse ne correspond."),
        pages(asked, len(listed)),
    )


def filters(asked: ListQuery, items: Sequence[Item], teams: Mapping[str, str]) -> Html:
    """The form; it is sent as the address of the list."""
    lines = [item.line for item in items]
    themes = _named(line.theme for line in lines)
    routes = [(route, route_label(route)) for route, _ in _named(line.route for line in lines)]
    groups, files = _named(teams.values()), _named(teams)
    narrow = (
        frame.choice("support", "Soutien", SUPPORTS.items(), asked.support or "", "tous"),
        frame.choice("route", "Voie", routes, asked.route, "toutes"),
        frame.choice("ending", "Fin", ENDINGS.items(), asked.ending or "", "toutes"),
        frame.choice("team", "Équipe", groups, asked.team, "toutes"),
        frame.choice("dossier", "Dossier", files, asked.dossier, "tous"),
        frame.choice("order", "Ordre", ORDERS.items(), asked.order),
    )
    is_narrow = {"support", "route", "ending", "team", "dossier", "order"} & asked.chosen.keys()
    return element(
        "form",
        frame.line("words", "Mots de la question ou de la réponse", asked.words, maxlength=200),
        frame.day("since", "Du", asked.since),
        frame.day("until", "Au", asked.until),
        frame.choice("theme", "Thème", themes, asked.theme, "tous"),
        frame.choice("outcome", "Issue", OUTCOMES.items(), asked.outcome or "", "toutes"),
        frame.choice("thumb", "Avis", THUMBS.items(), asked.thumb or "", "tous"),
        frame.choice("state", "Relecture", STATES.items(), asked.state or "", "toutes"),
        element(
            "details",
            element("summary", "Autres filtres"),
            element("div", *narrow, class_="fields"),
            open=bool(is_narrow),
        ),
        element(
            "p",
            button("Filtrer", class_="main"),
            " ",
            element("a", "Tout afficher", href=f"{ROOT}/") if asked.chosen else NOTHING,
            class_="send",
        ),
        method="get",
        action=f"{ROOT}/",
        class_="fields filters",
        role="search",
        aria_label="Filtrer les réponses",
    )


def answers_table(items: Iterable[Item]) -> Html:
    """One row an answer, the question leading to it."""
    heads = ("Posée le", "Question", "Thème", "Issue", "Avis", "Relecture")
    return table(heads, map(_row, items), "Réponses enregistrées")


def answer_link(item: Item) -> Html:
    """The question, which leads to the answer."""
    text = item.line.question
    short = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return element("a", set_no_break_spaces(short), href=answer_address(item.line.record_id))


def answer_address(record_id: str, below: str = "") -> str:
    """The address of an answer, or of what is `below` it."""
    return f"{ROOT}/answers/{quote(record_id, safe='')}{below}"


def outcome_badge(item: Item) -> Html:
    """How the question ended."""
    if item.line.ended != "finished":
        return badge("interrompue", "quiet")
    kinds = {Outcome.PARTIAL: "warned", Outcome.ABSTAINED: "quiet"}
    return badge(OUTCOMES[item.line.outcome], kinds.get(item.line.outcome, ""))


def _row(item: Item) -> tuple[str, ...]:
    line, opinion = item.line, item.opinion
    dossier = element("small", f"dossier {line.dossier}") if line.dossier else NOTHING
    is_down = opinion is not None and opinion.thumb is Thumb.DOWN
    said = badge(THUMBS[opinion.thumb], "alerted" if is_down else "") if opinion else NOTHING
    return (
        join_html(
            [element("time", f"{line.at:%d/%m/%Y}"), " ", element("small", f"{line.at:%H:%M}")]
        ),
        Html(answer_link(item) + dossier),
        line.theme,
        outcome_badge(item),
        said,
        STATES[item.state],
    )


def pages(asked: ListQuery, count: int) -> Html:
    """The ways to the page before and the one after."""
    last = max(-(-count // PER_PAGE), 1)
    if last == 1:
        return NOTHING
    before = element("a", "Page précédente", href=asked.address(page=asked.page - 1), rel="prev")
    after = element("a", "Page suivante", href=asked.address(page=asked.page + 1), rel="next")
    return element(
        "nav",
        before if asked.page > 1 else NOTHING,
        element("span", f"Page {asked.page} sur {last}"),
        after if asked.page < last else NOTHING,
        class_="pages",
        aria_label="Pages de la liste",
    )


def _named(values: Iterable[str]) -> list[tuple[str, str]]:
    """Each value once, called by itself."""
    return [(value, value) for value in sorted(set(filter(None, values)))]


# The evaluation set as a page: its questions, and the form of one. Pure HTML.

_HEADS = ("Question", "Attendu", "Droit au", ACTION)


def gold_html(questions: Sequence[GoldQuestion]) -> Iterator[Html]:
    """The questions, each with the ways to correct it and to take it out."""
    yield element(
        "p",
        "Questions relues dont la réponse attendue est connue. Tout nouvel index doit y répondre "
        "au moins aussi bien que celui en service avant d'être publié.",
        class_="hint",
    )
    exported = element("a", "Exporter (JSONL)", href=f"{ROOT}/gold.jsonl")
    added = element("a", "Ajouter une question", href=f"{ROOT}/gold/new")
    number = element("strong", counted(len(questions), "question", "questions"))
    yield element("p", number, ". ", added, " · ", exported, class_="count")
    if questions:
        yield table(_HEADS, map(_row_gold_view, questions), "Questions d'évaluation")


def form_html(question: GoldQuestion, record_id: str, problem: str = "") -> Html:
    """The form of a question; `record_id` is the answer it was asked in, if any."""
    facts = (
        "Un fait par ligne, tel que la réponse doit le dire ; la barre | sépare deux façons de le "
        "dire : 60 ?000|soixante mille, où ? suit un signe facultatif. Une barre oblique inverse "
        "se met devant ( ) [ ] { } * + ? ^ $"
    )
    form = element(
        "form",
        hidden("record_id", record_id),
        frame.line("id", "Identifiant", question.id, maxlength=64, required=True),
        frame.day("as_of", "Droit au", question.as_of),
        _wide(frame.area("question", "Question", question.question, 3, required=True)),
        _wide(
            frame.area("articles", "Articles attendus, un par ligne", _lines(question.articles), 3)
        ),
        _wide(frame.area("facts", "Faits attendus", _lines(question.facts), 4)),
        element("p", facts, class_="hint wide"),
        element(
            "p",
            element(
                "input",
                type="checkbox",
                name="refusal",
                value="1",
                id="refusal",
                checked=question.refusal_expected,
            ),
            " ",
            element("label", "Un refus est attendu : les textes n'y répondent pas", for_="refusal"),
            class_="wide",
        ),
        element("p", button("Enregistrer", class_="main"), class_="send"),
        method="post",
        action=f"{ROOT}/gold",
        class_="fields",
    )
    return element("div", alert(problem), form)


def _row_gold_view(question: GoldQuestion) -> tuple[str, ...]:
    expected = [badge(each) for each in (*question.articles, *question.facts)]
    if question.refusal_expected:
        expected.append(badge("refus", "quiet"))
    address = f"{ROOT}/gold/{quote(question.id, safe='')}"
    remove = element(
        "form",
        button("Retirer", class_="danger", aria_label=f"Retirer {question.id}"),
        method="post",
        action=f"{address}/remove",
    )
    return (
        join_html([element("a", question.question, href=address), element("small", question.id)]),
        join_html(expected),
        f"{question.as_of:%d/%m/%Y}" if question.as_of else "",
        remove,
    )


def _wide(field: Html) -> Html:
    return element("div", field, class_="wide")


def _lines(values: Sequence[str]) -> str:
    return "\n".join(values)
