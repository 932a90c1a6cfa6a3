"""An answer opened: what was said, what it rests on, and the marks of its readers. Pure HTML."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.answers import Sentence
from assistant.page.form import button, hidden
from assistant.page.markup import NOTHING, Html, element, joined, prose
from assistant.page.referent.exhibit_view import exhibit_html
from assistant.page.referent.facts_view import facts_html
from assistant.page.referent.frame import ROOT, SAID
from assistant.page.referent.list_view import answer_address
from assistant.page.referent.marks_form import mark_field, sheet_html
from assistant.page.words import at, counted, written
from assistant.review.exhibits import Exhibit
from assistant.review.labels import SUPPORTS
from assistant.review.line import Item
from assistant.review.marks import ANSWER, Target
from assistant.review.recorded import Recorded


@dataclass(frozen=True, slots=True)
class AnswerView:
    """An answer as one reader, named by their pseudonym, sees it."""

    item: Item
    shown: Recorded
    exhibits: Sequence[Exhibit]
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
            joined([element("h3", user), sheet_html(seen[user])]) for user in others if user in seen
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
                button(f"Reposer {said} ({written(SAID, day)})"),
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
                    f"Rejeu du {at(each.at)}, droit au {written(SAID, each.result.as_of)}",
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
