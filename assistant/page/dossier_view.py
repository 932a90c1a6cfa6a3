"""A dossier as a page: what it is, its pieces, what is known of them, and its removal. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from assistant.page.dossier_form import description_fields, text_field
from assistant.page.dossier_list import alert, dossier_link, name_of, navigation, removal
from assistant.page.dossier_pieces import PiecesTable
from assistant.page.dossier_sending import report_html, sending_html
from assistant.page.form import action, button
from assistant.page.markup import NOTHING, Html, element
from assistant.page.words import Words, written
from ingestion.dossiers import Dossier
from ingestion.intake import Receipt
from ingestion.library import Holding


def folded(name: str, title: str, told: str, *content: Html) -> Html:
    """What is known of a dossier, below its title and what that tells in short; `name` is its id.

    Folded, so that the pieces and the forms stay within reach.
    """
    summary = element("summary", element("h2", title), element("span", told, class_="told"))
    return element("details", summary, *content, id=name, class_=f"known {name}")


@dataclass(frozen=True, slots=True)
class DossierView:
    """A dossier in the words of a language."""

    said: Words
    language: str
    dossier: Dossier

    def page(
        self,
        pieces: Sequence[Holding],
        sections: Sequence[Html] = (),
        receipts: Sequence[Receipt] = (),
        problem: str = "",
    ) -> Html:
        """The whole page; `receipts` report what was just sent, `problem` says what is not done."""
        known = self.dossier.id
        return element(
            "main",
            navigation(self.said, self.language),
            self._head(),
            alert(problem),
            report_html(receipts, self.said) if receipts else NOTHING,
            PiecesTable(self.said, self.language, known).section(pieces),
            sending_html(known, self.said, self.language),
            *sections,
            self._description(),
            self._deletion(),
            class_="document dossiers",
            id="document",
        )

    def _head(self) -> Html:
        about = " · ".join(filter(None, (self.dossier.subject, self.dossier.buyer)))
        asking = f"/?{urlencode({'dossier': self.dossier.id})}"
        return element(
            "header",
            element("h1", name_of(self.dossier, self.said)),
            element("p", about, class_="source") if about else NOTHING,
            element("dl", *self._facts()),
            element("a", self.said["dossier_ask"], href=asking, class_="main"),
        )

    def _facts(self) -> list[Html]:
        said, dossier = self.said, self.dossier
        facts = [("id", dossier.id), ("stage", said[f"stage_{dossier.stage.name}"])]
        days = ((name, getattr(dossier, name)) for name in ("sent", "deadline", "notified"))
        facts += [(name, written(said, day)) for name, day in days if day]
        facts += [("team", dossier.team)] if dossier.team else []
        return [
            element("div", element("dt", said[f"dossier_{name}"]), element("dd", told))
            for name, told in facts
        ]

    def _description(self) -> Html:
        form = action(
            dossier_link(self.dossier.id, self.language),
            description_fields(self.dossier, self.said),
            button(self.said["dossier_save"], class_="main"),
            class_="fields",
        )
        return element("details", element("summary", self.said["dossier_describe"]), form)

    def _deletion(self) -> Html:
        said, known = self.said, self.dossier.id
        if self.dossier.is_demonstration:
            return removal(self.dossier, said, self.language)
        typed = text_field("confirmation", "", 64, said, required=True, placeholder=known)
        form = action(
            dossier_link(known, self.language, "/delete"),
            typed,
            button(said["dossier_delete"], class_="danger"),
            class_="fields",
        )
        warning = element("p", said["dossier_delete_warning"])
        summary = element("summary", said["dossier_delete"])
        return element("details", summary, warning, form, class_="deletion")
