"""The files that the next index is made of, and what is sent to them, as a page. Pure."""

from collections.abc import Sequence

from assistant.administration.sources import Source, Standing
from assistant.page.admin.frame import HOME, post, section, sized
from assistant.page.dossier_sending import BOUNDS, report_html, upload_form
from assistant.page.dossier_upload import FIELD
from assistant.page.form import button, hidden
from assistant.page.markup import NOTHING, Html, element, joined
from assistant.page.table import ACTION, table
from assistant.page.words import Words, counted
from ingestion.intake import Receipt

CODE = "LEGITEXT000037701019"
"""The Code de la commande publique."""

ACCEPT = ".pdf,.docx,.odt,.md,.txt,.html,.jsonl,.xml,.zip,.gz"


def sources_html(found: Sequence[Source], receipts: Sequence[Receipt], said: Words) -> Html:
    """What there is, the report on what was just sent, and the form for more."""
    return joined(
        [
            report_html(receipts, said) if receipts else NOTHING,
            _sending(said),
            _listed(found),
        ]
    )


def _listed(found: Sequence[Source]) -> Html:
    waiting = sum(each.standing is not Standing.SERVED for each in found)
    told = f"{counted(len(found), 'fichier', 'fichiers')}, dont {waiting} à indexer ou à retirer."
    if not found:
        none = "Aucun fichier : la première construction prend le corpus fourni."
        return section("Fichiers ajoutés", element("p", none), name="sources")
    heads = ("Fichier", "État", "Textes à jour au", "Taille", ACTION)
    rows = (_row(each) for each in sorted(found, key=lambda each: each.standing is Standing.SERVED))
    listed = table(heads, rows, "Fichiers ajoutés", names_rows=True)
    return section("Fichiers ajoutés", element("p", told, class_="hint"), listed, name="sources")


def _row(source: Source) -> tuple[str, ...]:
    standing = element("span", source.standing, class_="fate")
    holding = source.holding
    if holding is None:
        return source.name, standing, "", "", ""
    day = f"{holding.state_date:%d/%m/%Y}" if holding.state_date else "non indiqué"
    name = joined([element("span", source.name, class_="file"), _warnings(holding.warnings)])
    removal = post(
        "/sources/remove",
        "Retirer",
        hidden("source", source.name),
        aria_label=f"Retirer {source.name}",
    )
    return name, standing, day, sized(holding.size), removal


def _warnings(warnings: Sequence[str]) -> Html:
    if not warnings:
        return NOTHING
    summary = element("summary", counted(len(warnings), "avertissement", "avertissements"))
    return element("details", summary, element("ul", *(element("li", each) for each in warnings)))


def _sending(said: Words) -> Html:
    """The form."""
    chosen = element("input", type="file", name=FIELD, accept=ACCEPT, multiple=True, required=True)
    told = element(
        "span", "Fichiers, ZIP ou archives LEGI (.tar.gz) : choisissez-les ou déposez-les ici"
    )
    texts = element(
        "input", type="text", name="texts", value=CODE, maxlength=500, pattern=r"[A-Z0-9 ]*"
    )
    limits = (
        f"Au plus {BOUNDS['files']} fichiers et {BOUNDS['size']} Go à la fois. Une archive de tout "
        "le droit, plus lourde, s'ajoute par la commande « sourcier index add »."
    )
    form = upload_form(
        said,
        f"{HOME}/sources",
        element("label", told, chosen, class_="drop"),
        element(
            "label",
            element("span", "Textes à prendre dans les archives (vide : tous)"),
            texts,
            class_="texts",
        ),
        element("p", limits, class_="hint"),
        button(said["upload_send"], class_="main"),
        reading="Lecture des fichiers…",
    )
    return section("Ajouter des textes", form, name="adding")
