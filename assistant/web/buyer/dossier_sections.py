"""Sections of a dossier's page: its fiche and its conformity, each text beside its piece. Pure."""

from collections.abc import Sequence

from assistant.question.language import Language
from assistant.reports.markup import (
    NOTHING,
    Html,
    Words,
    count,
    element,
    format_date,
    join_html,
    load_words,
    set_no_break_spaces,
    table,
)
from assistant.tenders.conformity.review import FiledReview
from assistant.tenders.conformity.rules import ConformityFinding, FindingSeverity
from assistant.tenders.fiche import Fiche, FicheEntry, FicheLine, FicheState
from assistant.tenders.service import FileFormat
from assistant.tenders.statements import Priority
from assistant.web.buyer.dossier_forms import dossier_link
from assistant.web.buyer.dossier_pages import folded
from assistant.web.buyer.evidence_panel import document_link, hidden_label
from ingestion.chunking.passages import Passage

# The fiche of a dossier on its page: a row a subject, each text beside its piece. Pure.

_HEADS = ("fiche_subject", "fiche_stated")
_CHIPS = {FicheState.ABSENT: "fiche_absent", FicheState.DIFFERS: "fiche_check"}
_FILES = {FileFormat.DOCX: "fiche_docx", FileFormat.CSV: "fiche_csv"}


def fiche_section(fiche: Fiche, dossier_id: str, language: Language) -> Html:
    """The section: how the pieces rank, the files to take away, and the table of the lines."""
    said = load_words(language)
    rows = (_row(line, said, language) for line in fiche.lines)
    return folded(
        "fiche",
        said["fiche_title"],
        _counted(fiche.lines, said),
        element("p", said["fiche_lead"], " ", _ranking(fiche.priority, said), class_="hint"),
        element("p", *_downloads(dossier_id, said, language), class_="downloads"),
        table([said[key] for key in _HEADS], rows, said["fiche_title"], names_rows=True),
    )


def _counted(lines: Sequence[FicheLine], said: Words) -> str:
    """How many lines ask for something; the subjects when none does."""
    states = [line.state for line in lines]
    told = [
        count(said, key, states.count(state)) for state, key in _CHIPS.items() if state in states
    ]
    return " · ".join(told[::-1]) or count(said, "fiche_subjects", len(lines))


def _ranking(priority: Priority, said: Words) -> str:
    if not priority.pieces:
        return said["fiche_usual_order"]
    pieces = ", ".join(priority.pieces)
    return said["fiche_priority"].format(locator=priority.locator, pieces=pieces)


def _downloads(dossier_id: str, said: Words, language: Language) -> list[Html]:
    return [
        element("a", said[key], href=dossier_link(dossier_id, language, f"/fiche.{file_format}"))
        for file_format, key in _FILES.items()
    ]


def _row(line: FicheLine, said: Words, language: Language) -> tuple[Html, Html]:
    """A line; a text that several places repeat is shown once, with the way to each of them."""
    quotes = (_quote(text, entries, language) for text, entries in line.texts.items())
    return element("span", line.label, lang="fr"), join_html([_remark(line, said), *quotes])


def _remark(line: FicheLine, said: Words) -> Html:
    """The state where it is not plain, and what was computed."""
    chip = _CHIPS.get(line.state)
    told = [element("span", said[chip], class_="state")] if chip else []
    told += [element("span", set_no_break_spaces(line.remark), lang="fr")] if line.remark else []
    return element("p", *told, class_=f"remark {line.state.name.lower()}") if told else NOTHING


def _quote(text: str, entries: Sequence[FicheEntry], language: Language) -> Html:
    links = [
        element("a", entry.passage.locator, href=_place(entry, language), target="_blank")
        for entry in entries
    ]
    if any(entry.is_hidden for entry in entries):
        links.append(hidden_label(load_words(language)))
    quote = element("blockquote", set_no_break_spaces(text), lang="fr")
    return element("figure", quote, element("figcaption", *links))


def _place(entry: FicheEntry, language: Language) -> str:
    """The address of the entry in its document, its words marked."""
    first = entry.passage.start
    return document_link(entry.passage, [(entry.start - first, entry.end - first)], language)


# The conformity section of a dossier's page: a card a finding, with both passages. Pure.

_IN_SIGHT = 4
_CLASSES = {
    FindingSeverity.GRAVE: "grave",
    FindingSeverity.CORRECT: "correct",
    FindingSeverity.CHECK: "check",
}

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
        FindingSeverity.GRAVE: "grave",
        FindingSeverity.CORRECT: "à corriger",
        FindingSeverity.CHECK: "à vérifier",
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
        FindingSeverity.GRAVE: "serious",
        FindingSeverity.CORRECT: "to correct",
        FindingSeverity.CHECK: "to check",
    },
}


def review_section(review: FiledReview, language: Language) -> Html:
    """The section: what was found, most severe first, then what could not be checked."""
    said = _SAID[language]
    left = [each for each in review.findings if each.severity is FindingSeverity.UNCHECKED]
    found = [each for each in review.findings if each.severity is not FindingSeverity.UNCHECKED]
    counted = said["one" if len(found) == 1 else "many" if found else "none"]
    day = format_date(load_words(language), review.law_day)
    return folded(
        "review",
        said["title"],
        counted.format(n=len(found)),
        element("p", said["law"].format(day=day), class_="hint"),
        *(_card(each, language) for each in found),
        _unchecked(left, language),
    )


def _card(finding: ConformityFinding, language: Language) -> Html:
    said = _SAID[language]
    places = (_quote_view(each, each.text, (), language) for each in finding.places)
    grounds = (
        _quote_view(each.passage, each.quote, ((each.start, each.end),), language)
        for each in finding.grounds
    )
    compared = finding.comparison
    return element(
        "article",
        element("span", said[finding.severity], class_=f"severity {_CLASSES[finding.severity]}"),
        element("h3", finding.label, lang="fr"),
        element("p", set_no_break_spaces(finding.sentence), lang="fr"),
        element("p", set_no_break_spaces(compared), class_="comparison", lang="fr")
        if compared
        else NOTHING,
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


def _quote_view(
    passage: Passage, text: str, spans: Sequence[tuple[int, int]], language: Language
) -> Html:
    """Words of a text, and the way to them in their document."""
    link = document_link(passage, spans, language)
    opened = [element("a", passage.locator, href=link, target="_blank")]
    if passage.hides(passage.start, passage.end):
        opened.append(hidden_label(load_words(language)))
    return element(
        "figure",
        element("blockquote", set_no_break_spaces(text), lang="fr"),
        element("figcaption", *opened),
    )


def _unchecked(findings: Sequence[ConformityFinding], language: Language) -> Html:
    if not findings:
        return NOTHING
    title = element("summary", _SAID[language]["unchecked"].format(n=len(findings)))
    items = (
        element(
            "li",
            element("strong", each.label),
            " – ",
            set_no_break_spaces(each.sentence),
            lang="fr",
        )
        for each in findings
    )
    return element("details", title, element("ul", *items), class_="unchecked")
