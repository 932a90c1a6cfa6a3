"""The conformity section of a dossier's page: a card a finding, with both passages. Pure."""

from collections.abc import Sequence

from assistant.conformity.filed import FiledReview
from assistant.conformity.finding import Finding, Severity
from assistant.language import Language
from assistant.page.dossier_view import folded
from assistant.page.evidence_panel import document_link, hidden_label
from assistant.page.markup import NOTHING, Html, element, unbroken
from assistant.page.words import words, written
from ingestion.passages import Passage

_IN_SIGHT = 4
_CLASSES = {Severity.GRAVE: "grave", Severity.CORRECT: "correct", Severity.CHECK: "check"}

_SAID = {
    Language.FRENCH: {
        "title": "Relecture de conformité",
        "law": "Le dossier est comparé au droit du {day} et à lui-même. Rien n'est un verdict : "
        "ouvrez chaque passage avant de corriger.",
        "none": "Rien n'a été relevé.",
        "one": "1 point à vérifier",
        "many": "{n} points à vérifier",
        "dossier": "Dans le dossier",
        "text": "Dans les textes",
        "others": "et {n} autres",
        "unchecked": "Non contrôlé ({n})",
        Severity.GRAVE: "grave",
        Severity.CORRECT: "à corriger",
        Severity.CHECK: "à vérifier",
    },
    Language.ENGLISH: {
        "title": "Conformity review",
        "law": "The dossier is compared with the law of {day} and with itself. Nothing here is a "
        "verdict: open each passage before you correct anything.",
        "none": "Nothing was found.",
        "one": "1 point to check",
        "many": "{n} points to check",
        "dossier": "In the dossier",
        "text": "In the texts",
        "others": "and {n} others",
        "unchecked": "Not checked ({n})",
        Severity.GRAVE: "serious",
        Severity.CORRECT: "to correct",
        Severity.CHECK: "to check",
    },
}


def review_section(review: FiledReview, language: Language) -> Html:
    """The section: what was found, most severe first, then what could not be checked."""
    said = _SAID[language]
    left = [each for each in review.findings if each.severity is Severity.UNCHECKED]
    found = [each for each in review.findings if each.severity is not Severity.UNCHECKED]
    counted = said["one" if len(found) == 1 else "many" if found else "none"]
    day = written(words(language), review.law_day)
    return folded(
        "review",
        said["title"],
        counted.format(n=len(found)),
        element("p", said["law"].format(day=day), class_="hint"),
        *(_card(each, language) for each in found),
        _unchecked(left, language),
    )


def _card(finding: Finding, language: Language) -> Html:
    said = _SAID[language]
    places = (_quote(each, each.text, (), language) for each in finding.places)
    grounds = (
        _quote(each.passage, each.quote, ((each.start, each.end),), language)
        for each in finding.grounds
    )
    compared = finding.comparison
    return element(
        "article",
        element("span", said[finding.severity], class_=f"severity {_CLASSES[finding.severity]}"),
        element("h3", finding.label, lang="fr"),
        element("p", unbroken(finding.sentence), lang="fr"),
        element("p", unbroken(compared), class_="comparison", lang="fr") if compared else NOTHING,
        _quotes("dossier", tuple(places), language),
        _quotes("text", tuple(grounds), language),
        class_="finding",
    )


def _quotes(key: str, quotes: Sequence[Html], language: Language) -> Html:
    """Quotes under their title, the first ones in sight."""
    if not quotes:
        return NOTHING
    said, more = _SAID[language], quotes[_IN_SIGHT:]
    folded = element("summary", said["others"].format(n=len(more)))
    return element(
        "div",
        element("h4", said[key]),
        *quotes[:_IN_SIGHT],
        element("details", folded, *more) if more else NOTHING,
        class_="quotes",
    )


def _quote(
    passage: Passage, text: str, spans: Sequence[tuple[int, int]], language: Language
) -> Html:
    """Words of a text, and the way to them in their document."""
    link = document_link(passage, spans, language)
    opened = [element("a", passage.locator, href=link, target="_blank")]
    if passage.hides(passage.start, passage.end):
        opened.append(hidden_label(words(language)))
    return element(
        "figure", element("blockquote", unbroken(text), lang="fr"), element("figcaption", *opened)
    )


def _unchecked(findings: Sequence[Finding], language: Language) -> Html:
    if not findings:
        return NOTHING
    title = element("summary", _SAID[language]["unchecked"].format(n=len(findings)))
    items = (
        element("li", element("strong", each.label), " – ", unbroken(each.sentence), lang="fr")
        for each in findings
    )
    return element("details", title, element("ul", *items), class_="unchecked")
