"""A dossier as a page: what it is, its pieces, what is known of them, and its removal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import urlencode

from fastapi import HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.question.language import Language
from assistant.reports.markup import (
    ACTION,
    NOTHING,
    Html,
    Words,
    action,
    button,
    count,
    element,
    format_date,
    group_thousands,
    hidden,
    join_html,
    load_words,
    table,
)
from assistant.web.buyer.dossier_forms import (
    alert,
    description_fields,
    dossier_link,
    list_html,
    name_of,
    navigation,
    removal,
    report_html,
    sending_html,
    text_field,
)
from assistant.web.buyer.service import BuyerService
from assistant.web.routes import standing_alone
from ingestion.errors import IngestionError, UnknownDossier
from ingestion.library.library import Holding
from ingestion.tenders.dossiers import Dossier
from ingestion.tenders.intake import Receipt
from ingestion.tenders.pieces import PieceKind

# The pieces of a dossier as a table: each with its kind, to be corrected, or confirmed. Pure.


@dataclass(frozen=True, slots=True)
class PiecesTable:
    """The pieces of a dossier in the words of a language."""

    said: Words
    language: str
    dossier_id: str

    def section(self, pieces: Sequence[Holding]) -> Html:
        """The table with its title, or that there is nothing yet."""
        title = element("h2", f"{self.said['dossier_pieces']} ({len(pieces)})", id="pieces")
        if not pieces:
            return element("section", title, element("p", self.said["pieces_none"]))
        names = [self.said[f"piece_{name}"] for name in ("name", "kind", "version", "size")]
        heads = [*names, ACTION]
        listed = table(heads, map(self._row, pieces), self.said["dossier_pieces"], class_="pieces")
        return element("section", title, listed)

    def _row(self, piece: Holding) -> tuple[str, ...]:
        entry = piece.entry
        source = hidden("source", entry.source)
        pages = count(self.said, "pages", piece.pages) if piece.pages else ""
        kilobytes = group_thousands(max(piece.size // 1000, 1))
        size = self.said["kilobytes"].format(n=kilobytes)
        return (
            join_html(
                [
                    element("span", entry.source, class_="file"),
                    self._folded("warnings", piece.told),
                    self._folded("remarks", piece.remarks),
                ]
            ),
            self._kind(piece, source),
            str(entry.version),
            join_html([size, element("br"), pages]) if pages else size,
            self._removal(entry.source, source),
        )

    def _folded(self, name: str, told: Sequence[str]) -> Html:
        """What was seen when the file was read, folded; `name` is that of its count."""
        if not told:
            return NOTHING
        items = (element("li", each) for each in told)
        summary = element("summary", count(self.said, name, len(told)))
        return element("details", summary, element("ul", *items, lang="fr"))

    def _kind(self, piece: Holding, source: Html) -> Html:
        said, entry = self.said, piece.entry
        unknown = element("option", "", value="", selected=True)
        options = (
            element("option", kind_name(kind, said), value=kind, selected=kind is entry.piece)
            for kind in PieceKind
        )
        return action(
            dossier_link(self.dossier_id, self.language, "/pieces/kind"),
            source,
            element(
                "select",
                NOTHING if entry.piece else unknown,
                *options,
                name="piece",
                required=True,
                aria_label=f"{said['piece_kind']} : {entry.source}",
            ),
            button(said["piece_confirm" if entry.doubt else "piece_correct"]),
            self._doubt(entry.doubt),
        )

    def _doubt(self, doubt: str) -> Html:
        if not doubt:
            return NOTHING
        return element("p", f"{self.said['piece_doubt']} : {doubt}", class_="doubt", lang="fr")

    def _removal(self, name: str, source: Html) -> Html:
        label = f"{self.said['piece_remove']} : {name}"
        return action(
            dossier_link(self.dossier_id, self.language, "/pieces/remove"),
            source,
            button(self.said["piece_remove"], aria_label=label),
        )


def kind_name(kind: PieceKind, said: Words) -> str:
    """A kind of piece; the short names of French practice stay what they are."""
    return said.get(f"kind_{kind.name}", kind.value)


# A dossier as a page: what it is, its pieces, what is known of them, and its removal. Pure.


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
        facts += [(name, format_date(said, day)) for name, day in days if day]
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


# The pages of the dossiers as answers: all of them, one, or why there is nothing to see.

SEEN, UNKNOWN, REFUSED, BROKEN = 200, 404, 409, 503


@dataclass(frozen=True, slots=True)
class DossierPages:
    """What a reader sees in a language; what they may not see does not exist for them."""

    desk: BuyerService
    lang: Language

    def all(self, problem: str = "") -> HTMLResponse:
        """The dossiers of the reader; `problem` is why one was not created."""
        said, filing = load_words(self.lang), self.desk.filing
        try:
            pieces = {dossier: filing.count(dossier.id) for dossier in filing.all()}
        except IngestionError as failure:
            self.failed(failure)
        content = list_html(pieces, said, self.lang.value, problem)
        status = REFUSED if problem else SEEN
        return standing_alone(content, said, self.lang, status, title=said["dossiers_title"])

    def one(
        self,
        dossier_id: str,
        receipts: Sequence[Receipt] = (),
        problem: str = "",
        status: int = SEEN,
    ) -> HTMLResponse:
        """A dossier, with the report on what was just sent and why what was asked was not done."""
        said, filing = load_words(self.lang), self.desk.filing
        try:
            view = DossierView(said, self.lang.value, filing.get(dossier_id))
            pieces, waiting = filing.pieces(dossier_id), filing.awaits_index(dossier_id)
        except IngestionError as failure:
            self.failed(failure)
        waits = said["dossier_to_index"] if waiting else ""
        told = " ".join(filter(None, (problem, waits)))
        content = view.page(pieces, self._sections(dossier_id), receipts, told)
        name = view.dossier.reference or dossier_id
        return standing_alone(content, said, self.lang, status, title=name, script="upload.js")

    def done(self, dossier_id: str, act: Callable[[], object], path: str = "") -> Response:
        """Do what was asked, then go to a path, else to the dossier; or say why it was not done."""
        try:
            act()
        except IngestionError as refusal:
            return self.one(dossier_id, problem=str(refusal), status=REFUSED)
        return RedirectResponse(path or dossier_link(dossier_id, self.lang), 303)

    def failed(self, failure: IngestionError) -> NoReturn:
        """Raise what becomes a page that says only why there is nothing to see."""
        status = UNKNOWN if isinstance(failure, UnknownDossier) else BROKEN
        raise HTTPException(status, str(failure)) from failure

    def _sections(self, dossier_id: str) -> Sequence[Html]:
        """What is known of the pieces; a dossier can be filled before there are rules."""
        try:
            return self.desk.sections(dossier_id, self.lang)
        except IngestionError as failure:
            return (alert(str(failure)),)
