"""The register as a page: a form of filters, and the answers that they let through. Pure HTML."""

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

from assistant.answers import Outcome
from assistant.page.form import button
from assistant.page.markup import NOTHING, Html, element, joined, unbroken
from assistant.page.referent import fields
from assistant.page.referent.asked import Asked
from assistant.page.referent.frame import ROOT, badge
from assistant.page.table import table
from assistant.page.words import counted
from assistant.review.labels import (
    ENDINGS,
    ORDERS,
    OUTCOMES,
    STATES,
    SUPPORTS,
    THUMBS,
    route_label,
)
from assistant.review.line import Item, Thumb

PER_PAGE = 50
LONGEST = 180
"""Characters of a question in a list."""


def list_html(
    asked: Asked, everything: Sequence[Item], listed: Sequence[Item], teams: Mapping[str, str]
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


def filters(asked: Asked, items: Sequence[Item], teams: Mapping[str, str]) -> Html:
    """The form; it is sent as the address of the list."""
    lines = [item.line for item in items]
    themes = _named(line.theme for line in lines)
    routes = [(route, route_label(route)) for route, _ in _named(line.route for line in lines)]
    groups, files = _named(teams.values()), _named(teams)
    narrow = (
        fields.choice("support", "Soutien", SUPPORTS.items(), asked.support or "", "tous"),
        fields.choice("route", "Voie", routes, asked.route, "toutes"),
        fields.choice("ending", "Fin", ENDINGS.items(), asked.ending or "", "toutes"),
        fields.choice("team", "Équipe", groups, asked.team, "toutes"),
        fields.choice("dossier", "Dossier", files, asked.dossier, "tous"),
        fields.choice("order", "Ordre", ORDERS.items(), asked.order),
    )
    is_narrow = {"support", "route", "ending", "team", "dossier", "order"} & asked.chosen.keys()
    return element(
        "form",
        fields.line("words", "Mots de la question ou de la réponse", asked.words, maxlength=200),
        fields.day("since", "Du", asked.since),
        fields.day("until", "Au", asked.until),
        fields.choice("theme", "Thème", themes, asked.theme, "tous"),
        fields.choice("outcome", "Issue", OUTCOMES.items(), asked.outcome or "", "toutes"),
        fields.choice("thumb", "Avis", THUMBS.items(), asked.thumb or "", "tous"),
        fields.choice("state", "Relecture", STATES.items(), asked.state or "", "toutes"),
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
    return element("a", unbroken(short), href=answer_address(item.line.record_id))


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
        joined([element("time", f"{line.at:%d/%m/%Y}"), " ", element("small", f"{line.at:%H:%M}")]),
        Html(answer_link(item) + dossier),
        line.theme,
        outcome_badge(item),
        said,
        STATES[item.state],
    )


def pages(asked: Asked, count: int) -> Html:
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
