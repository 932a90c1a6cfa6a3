"""An answer opened: what was said, what it rests on, and the marks of its readers. Pure HTML."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.answering.answer import Seconds, Sentence
from assistant.reports.markup import (
    NOTHING,
    Html,
    at,
    button,
    counted,
    element,
    format_date,
    hidden,
    join_html,
    law_of,
    prose,
    set_no_break_spaces,
)
from assistant.review.listing import SUPPORTS, THUMBS, route_label
from assistant.review.recorded import ANSWER, Item, Recorded, Sheet, Target
from assistant.review.replay import ReviewExhibit, Seal
from assistant.web.buyer.evidence_panel import concealment, dates, rank, reserves, whole
from assistant.web.reviewer.frame import ROOT, SAID, mark_field, sheet_html
from assistant.web.reviewer.list_view import answer_address, outcome_badge
from assistant.web.viewer import (
    View,
    cited_spans,
    excerpt,
    hidden_spans,
    is_pdf,
    pages_of,
    pictures,
    shortened,
    text_view,
)

# What was shown with an answer, each passage in its document as it was then. Pure HTML.

QUOTED = 90
"""Characters of a quote that name a citation."""

_SEALS = {
    Seal.INTACT: "Document archivé, identique à celui qui a été montré",
    Seal.ABSENT: "Réponse antérieure à l'archive : seul le passage a été gardé",
    Seal.ALTERED: "Le document archivé manque ou a été modifié : ne pas s'y fier",
}


def exhibit_html(shown: ReviewExhibit, record_id: str, sheet: Sheet) -> Html:
    """A passage with its citations marked, what proves it, and the fields of its marks."""
    evidence = shown.evidence
    passage, spans = evidence.passage, cited_spans(evidence, [each for _, each in shown.citations])
    line, struck = dates(passage, SAID), hidden_spans(passage, passage.start)
    return element(
        "article",
        element("span", str(evidence.number), class_="number", aria_hidden="true"),
        element(
            "h3", set_no_break_spaces(passage.title), id=f"source-{evidence.number}", tabindex=-1
        ),
        element("p", passage.locator, " ", rank(passage, "fr")),
        element("p", line, class_="dates") if line else NOTHING,
        concealment(passage, SAID),
        excerpt(passage.text, spans, struck) if spans else NOTHING,
        whole(passage.text, spans, SAID, struck)
        if shortened(passage.text, spans) or not spans
        else NOTHING,
        reserves(passage, "fr"),
        seal(shown),
        _links(shown, record_id),
        *(
            mark_field((Target.CITATION, number), _legend(number, each.quote), sheet)
            for number, each in shown.citations
        ),
        class_=f"passage{' cited' if spans else ''}",
    )


def seal(shown: ReviewExhibit) -> Html:
    """Whether the document is the one that was shown, with what proves it."""
    digest = f", texte sha256 {shown.evidence.document_sha256}"
    return element("p", _SEALS[shown.seal], digest, ".", class_=f"seal {shown.seal}")


def view_of(shown: ReviewExhibit) -> View:
    """The passage and its citations, as recorded."""
    passage = shown.evidence.passage
    return View(
        (passage.start, passage.end), tuple((each.start, each.end) for _, each in shown.citations)
    )


def document_html(shown: ReviewExhibit, record_id: str, *, has_original: bool) -> Iterator[Html]:
    """The document around the passage; only the passage where the document was not kept."""
    document, passage = shown.document, shown.evidence.passage
    back = element("a", "Retour à la réponse", href=answer_address(record_id))
    yield element("p", f"{passage.source}, {passage.locator}. ", back)
    yield seal(shown)
    if has_original:
        told = f"Fichier d'origine archivé, identique : sha256 {passage.document_id}."
        yield element("p", told, class_="seal")
    if document is None:
        spans = cited_spans(shown.evidence, [each for _, each in shown.citations])
        yield whole(passage.text, spans, SAID, hidden_spans(passage, passage.start))
    elif has_original and is_pdf(document):
        address = evidence_address(shown, record_id)
        yield element("div", pictures(document, view_of(shown), SAID, address), class_="document")
    else:
        yield element("div", text_view(document, view_of(shown)), class_="document")


def evidence_address(shown: ReviewExhibit, record_id: str) -> str:
    """Where the document of a passage is opened."""
    return answer_address(record_id, f"/evidence/{shown.evidence.number}")


def _links(shown: ReviewExhibit, record_id: str) -> Html:
    if shown.document is None:
        return NOTHING
    address, title = evidence_address(shown, record_id), shown.evidence.passage.title
    opened = element(
        "a",
        "Ouvrir le document tel qu'il était",
        href=address,
        aria_label=f"Ouvrir le document tel qu'il était : {title}, source {shown.evidence.number}",
    )
    drawn = (_picture(shown, address, number) for number in _pages(shown))
    return element("div", element("p", opened, class_="links"), *drawn)


def _pages(shown: ReviewExhibit) -> list[int]:
    """The pages of a PDF on which the passage stands."""
    document = shown.document
    return pages_of(document, view_of(shown)) if document and is_pdf(document) else []


def _picture(shown: ReviewExhibit, address: str, number: int) -> Html:
    alt = SAID["page_image"].format(page=number, title=shown.evidence.passage.title)
    image = element(
        "img",
        src=f"{address}/page/{number}.png",
        alt=alt,
        width=1240,
        loading="lazy",
    )
    return element(
        "details", element("summary", f"Page {number} en image"), element("figure", image)
    )


def _legend(number: int, quoted: str) -> str:
    words = " ".join(quoted.split())
    short = words if len(words) <= QUOTED else f"{words[:QUOTED]}…"
    return f"Citation {number}, « {short} » : soutient-elle ce qui est dit ?"


# What is known of an answer beside its words: when, of which law, by which parts. Pure HTML.


def facts_html(item: Item, shown: Recorded) -> Html:
    """The facts, each under its name."""
    named = (
        join_html([element("dt", name), element("dd", value)])
        for name, value in _facts(item, shown)
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


# An answer opened: what was said, what it rests on, and the marks of its readers. Pure HTML.


@dataclass(frozen=True, slots=True)
class AnswerView:
    """An answer as one reader, named by their pseudonym, sees it."""

    item: Item
    shown: Recorded
    exhibits: Sequence[ReviewExhibit]
    replays: Sequence[Recorded]
    reader: str

    def content(self, today: date) -> tuple[Html, ...]:
        """Everything below the question."""
        return (
            facts_html(self.item, self.shown),
            self._form(),
            self._others(),
            self._again(today),
            self._promotion(),
        )

    def _form(self) -> Html:
        record_id, sheet = self.shown.result.record_id, self.item.sheet_of(self.reader)
        sources = (exhibit_html(each, record_id, sheet) for each in self.exhibits)
        heading = counted(len(self.exhibits), "source montrée", "sources montrées")
        return element(
            "form",
            element("div", *self._said(), self._removed(), self._verdict()),
            element("div", element("h2", heading), *sources),
            method="post",
            action=answer_address(record_id, "/marks"),
            class_="opened",
        )

    def _said(self) -> Iterator[Html]:
        answer = self.shown.result.answer
        yield element("h2", "Réponse")
        if answer.preface:
            yield element("div", prose(answer.preface), class_="answer")
        for number, sentence in enumerate(answer.sentences, 1):
            yield element("div", self._sentence(sentence), class_="answer")
            legend = f"Phrase {number} : est-elle juste ?"
            sheet = self.item.sheet_of(self.reader)
            yield mark_field((Target.SENTENCE, number), legend, sheet)
        if answer.notice:
            yield element("div", prose(answer.notice), class_="answer")
        if self.shown.ended != "finished":
            told = "Cette réponse a été arrêtée ou a échoué avant la fin."
            yield element("p", told, class_="hint")

    def _sentence(self, sentence: Sentence) -> Html:
        marks: list[str] = []
        for n in sentence.citations:
            label = f"Source {n}"
            link = element("a", f"[{n}]", href=f"#source-{n}", class_="mark", aria_label=label)
            marks += ["\u00a0", link]
        support = element("small", SUPPORTS[sentence.support], class_="support")
        return element("div", prose(sentence.text, *marks, " ", support), class_="sentence")

    def _removed(self) -> Html:
        left_out = self.shown.result.answer.removed
        if not left_out:
            return NOTHING
        items = (
            element("li", element("del", each.text), element("p", f"Motif : {each.reason}"))
            for each in left_out
        )
        heading = counted(len(left_out), "phrase écartée", "phrases écartées")
        return element("section", element("h2", heading), element("ul", *items), class_="removed")

    def _verdict(self) -> Html:
        sheet = self.item.sheet_of(self.reader)
        return element(
            "div",
            mark_field(ANSWER, "Votre verdict sur la réponse entière", sheet),
            element("p", button("Enregistrer mes marques", class_="main"), class_="send"),
            class_="whole-mark",
        )

    def _others(self) -> Html:
        """The marks of other readers, which say nothing before this one has judged."""
        others = [user for user in self.item.sheets if user != self.reader]
        if not others:
            return NOTHING
        seen = self.item.seen_by(self.reader)
        hidden = (
            "Cette réponse a déjà été relue. Les marques des autres relecteurs s'affichent une "
            "fois votre propre verdict enregistré, pour que chacun juge seul."
        )
        told = [
            join_html([element("h3", user), sheet_html(seen[user])])
            for user in others
            if user in seen
        ]
        return element(
            "section",
            element("h2", "Autres relectures"),
            *(told or [element("p", hidden, class_="hint")]),
        )

    def _again(self, today: date) -> Html:
        result = self.shown.result
        days = {"same": (result.as_of, "au même droit"), "today": (today, "au droit d'aujourd'hui")}
        if result.as_of == today:
            del days["today"]
        forms = (
            element(
                "form",
                hidden("day", name),
                button(f"Reposer {said} ({format_date(SAID, day)})"),
                method="post",
                action=answer_address(result.record_id, "/replays"),
            )
            for name, (day, said) in days.items()
        )
        told = (
            "La même question est posée aux textes en service maintenant ; ce qui diffère est "
            "montré côte à côte. Le journal la garde comme un rejeu, et non comme une question "
            "d'acheteur."
        )
        return element(
            "section",
            element("h2", "Reposer la question"),
            element("p", told, class_="hint"),
            element("div", *forms, class_="row"),
            self._replays(),
        )

    def _replays(self) -> Html:
        first = self.shown.result.record_id
        items = (
            element(
                "li",
                element(
                    "a",
                    f"Rejeu du {at(each.at)}, droit au {format_date(SAID, each.result.as_of)}",
                    href=answer_address(first, f"/replays/{each.result.record_id}"),
                ),
            )
            for each in self.replays
        )
        return element("ul", *items) if self.replays else NOTHING

    def _promotion(self) -> Html:
        result = self.shown.result
        if result.dossier:
            return NOTHING
        link = element(
            "a",
            "Ajouter cette question au jeu d'évaluation",
            href=f"{ROOT}/gold/new?record_id={result.record_id}",
        )
        return element("section", element("h2", "Jeu d'évaluation"), element("p", link))
