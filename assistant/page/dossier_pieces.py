"""The pieces of a dossier as a table: each with its kind, to be corrected, or confirmed. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.page.dossier_list import dossier_link
from assistant.page.form import action, button, hidden
from assistant.page.markup import NOTHING, Html, element, joined
from assistant.page.table import ACTION, table
from assistant.page.words import Words, count, grouped
from ingestion.library import Holding
from ingestion.piece_kinds import PieceKind


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
        kilobytes = grouped(max(piece.size // 1000, 1))
        size = self.said["kilobytes"].format(n=kilobytes)
        return (
            joined(
                [
                    element("span", entry.source, class_="file"),
                    self._folded("warnings", piece.told),
                    self._folded("remarks", piece.remarks),
                ]
            ),
            self._kind(piece, source),
            str(entry.version),
            joined([size, element("br"), pages]) if pages else size,
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
