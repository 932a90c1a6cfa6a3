"""What is known of an answer beside its words: when, of which law, by which parts. Pure HTML."""

from collections.abc import Iterator

from assistant.page.markup import Html, element, joined
from assistant.page.referent.frame import SAID
from assistant.page.referent.list_view import outcome_badge
from assistant.page.words import at, law_of
from assistant.review.labels import THUMBS, route_label
from assistant.review.line import Item
from assistant.review.recorded import Recorded
from assistant.turn import Seconds


def facts_html(item: Item, shown: Recorded) -> Html:
    """The facts, each under its name."""
    named = (
        joined([element("dt", name), element("dd", value)]) for name, value in _facts(item, shown)
    )
    return element("dl", *named, class_="facts")


def _facts(item: Item, shown: Recorded) -> Iterator[tuple[str, str]]:
    result, opinion = shown.result, item.opinion
    yield "Posée le", at(shown.at)
    if shown.user:
        yield "Par", shown.user
    if result.standalone.casefold() != result.question.casefold():
        yield "Comprise comme", result.standalone
    yield "Textes", law_of(SAID, result.as_of, result.day_source)
    if result.dossier:
        yield "Dossier", result.dossier
    yield "Issue", outcome_badge(item)
    yield "Voie", f"{route_label(result.route)}, thème : {item.line.theme}"
    if opinion:
        said = f", « {opinion.comment} »" if opinion.comment else ""
        yield "Avis de l'acheteur", f"{THUMBS[opinion.thumb]}{said}"
    yield "Modèle", result.model
    yield "Index", " et ".join(filter(None, (result.generation, result.dossier_generation)))
    yield "Durée", _durations(result.seconds)
    yield "Enregistrement", result.record_id


def _durations(seconds: Seconds) -> str:
    steps = (
        ("sources", seconds.evidence),
        ("première phrase", seconds.first_token),
        ("en tout", seconds.total),
    )
    known = (
        f"{name} {value:.2f} s".replace(".", ",") for name, value in steps if value is not None
    )
    return " ; ".join(known)
