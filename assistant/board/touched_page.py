"""The answers that changes of law touch as a page: to look at, then looked at. Pure."""

from collections.abc import Sequence

from assistant.activity.touched import Change, Touched
from assistant.board.page import answer_link
from assistant.findings import day
from assistant.language import Language
from assistant.page.law_view import compared_html
from assistant.page.markup import NOTHING, Html, element, joined, unbroken
from assistant.page.referent.frame import ROOT
from assistant.page.version_line import days
from assistant.page.words import words
from ingestion.wording import compare

SAID = words(Language.FRENCH)


def touched_html(found: Sequence[Touched]) -> Html:
    """The answers to look at, then those looked at, each with what has changed."""
    if not found:
        return element("p", "Aucune réponse passée ne cite un article qui a changé depuis.")
    new = [each for each in found if each.look is None]
    seen = [each for each in found if each.look is not None]
    hint = element(
        "p",
        "Chacune cite un article dont le texte ou les dates ne sont plus les mêmes dans l'index en "
        "service. Elle revient ici si l'article change encore.",
        class_="hint",
    )
    return joined([hint, _listed("À regarder", new), _listed("Regardées", seen)])


def _listed(title: str, found: Sequence[Touched]) -> Html:
    if not found:
        return NOTHING
    told: set[Change] = set()
    items = [element("li", _touched(each, told)) for each in found]
    head = element("h2", f"{title} ({len(found)})")
    return element("section", head, element("ol", *items, class_="touched law"))


def _touched(each: Touched, told: set[Change]) -> Html:
    """An answer; what `told` already has is folded, and what it says is put there."""
    line = each.item.line
    asked = element("p", f"Posée le {day(line.day)}, droit au {day(line.as_of)}.", class_="hint")
    changes = [_change(change, is_open=change not in told) for change in each.changes]
    told.update(each.changes)
    return joined([element("h3", answer_link(line)), asked, *changes, _look(each)])


def _look(each: Touched) -> Html:
    if each.look is not None:
        when = f"Regardée le {day(each.look.at.date())} par {each.look.user}."
        return element("p", when, class_="quiet")
    return element(
        "form",
        element("button", "J'ai regardé cette réponse", type="submit"),
        method="post",
        action=f"{ROOT}/touched/{each.item.line.record_id}",
    )


def _change(change: Change, *, is_open: bool) -> Html:
    """What became of an article: its words if they changed, else its days."""
    name = element("strong", f"{change.title}, {change.reference}")
    if change.after is None:
        return element("p", name, " : retiré de l'index.")
    before, after = days(change.before, SAID), days(change.after, SAID)
    told = f" : {before} ; maintenant {after}" if before != after else f" : {after}"
    head = element("p", name, unbroken(told))
    if change.before.text == change.after.text:
        return joined([head, element("p", "Le texte est le même.", class_="hint")])
    segments = compare(change.before.text, change.after.text)
    summary = element("summary", "Avant et maintenant, mot à mot")
    compared = compared_html(segments, SAID)
    return joined([head, element("details", summary, compared, open=is_open)])
