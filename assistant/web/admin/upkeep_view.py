"""The files of the next index and the upkeep of the data folder, as pages. Pure."""

from collections.abc import Sequence
from datetime import datetime

from assistant.publishing.backup import Saved
from assistant.publishing.upkeep import IndexSource, Kept, Schedule, SnapshotPlace, Standing, Usage
from assistant.reports.markup import (
    ACTION,
    NOTHING,
    Html,
    Words,
    at,
    button,
    counted,
    element,
    hidden,
    join_html,
    table,
)
from assistant.web.admin.frame import HOME, post, section, sized
from assistant.web.buyer.dossier_forms import BOUNDS, FIELD, report_html, upload_form
from ingestion.tenders.intake import Receipt

# The files that the next index is made of, and what is sent to them, as a page. Pure.

CODE = "LEGITEXT000037701019"
"""The Code de la commande publique."""

ACCEPT = ".pdf,.docx,.odt,.md,.txt,.html,.jsonl,.xml,.zip,.gz"


def sources_html(found: Sequence[IndexSource], receipts: Sequence[Receipt], said: Words) -> Html:
    """What there is, the report on what was just sent, and the form for more."""
    return join_html(
        [
            report_html(receipts, said) if receipts else NOTHING,
            _sending(said),
            _listed(found),
        ]
    )


def _listed(found: Sequence[IndexSource]) -> Html:
    waiting = sum(each.standing is not Standing.SERVED for each in found)
    told = f"{counted(len(found), 'fichier', 'fichiers')}, dont {waiting} à indexer ou à retirer."
    if not found:
        none = "Aucun fichier : la première construction prend le corpus fourni."
        return section("Fichiers ajoutés", element("p", none), name="sources")
    heads = ("Fichier", "État", "Textes à jour au", "Taille", ACTION)
    rows = (_row(each) for each in sorted(found, key=lambda each: each.standing is Standing.SERVED))
    listed = table(heads, rows, "Fichiers ajoutés", names_rows=True)
    return section("Fichiers ajoutés", element("p", told, class_="hint"), listed, name="sources")


def _row(source: IndexSource) -> tuple[str, ...]:
    standing = element("span", source.standing, class_="fate")
    holding = source.holding
    if holding is None:
        return source.name, standing, "", "", ""
    day = f"{holding.state_date:%d/%m/%Y}" if holding.state_date else "non indiqué"
    name = join_html([element("span", source.name, class_="file"), _warnings(holding.warnings)])
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


# The upkeep of the data folder as a page: generations, room, backups, schedule. Pure.


def generations_html(kept: Sequence[Kept]) -> Html:
    """Every index on the disk, and the way to free its room."""
    heads = ("Index", "État", "Construit le", "Passages", "Taille", ACTION)
    rows = (_generation(each) for each in kept)
    listed = (
        table(heads, rows, "Index conservés", names_rows=True)
        if kept
        else element("p", "Aucun index.")
    )
    told = (
        "Les trois index construits avant celui en service sont conservés pour y revenir ; les "
        "plus anciens disparaissent à la mise en service suivante."
    )
    return section("Index conservés", element("p", told, class_="hint"), listed, name="kept")


def _generation(kept: Kept) -> tuple[str, ...]:
    manifest = kept.manifest
    removal = NOTHING
    if kept.place is SnapshotPlace.KEPT:
        removal = post(
            "/generations/discard",
            "Supprimer",
            hidden("generation", kept.name),
            aria_label=f"Supprimer l'index {kept.name}",
        )
    built = at(manifest.created_at) if manifest else "abîmé"
    passages = str(manifest.passages) if manifest else ""
    place = element("span", kept.place, class_="fate")
    return kept.name, place, built, passages, sized(kept.size), removal


def usage_html(usage: Usage) -> Html:
    """What takes room, as bars beside their numbers."""
    most = max((size for _, size in usage.parts), default=1) or 1
    rows = (
        (
            name,
            element("meter", value=size, max=most, aria_label=f"{name} : {sized(size)}"),
            sized(size),
        )
        for name, size in usage.parts
    )
    listed = table(("Partie", "Part", "Taille"), rows, "Place occupée", names_rows=True)
    free = element("p", f"Libre sur ce disque : {sized(usage.free)}.", class_="hint")
    return section("Place occupée", free, listed, name="usage")


def backups_html(backups: Sequence[Saved]) -> Html:
    """The backups at hand, and the way to make one and to carry it elsewhere."""
    told = (
        "Une sauvegarde tient tout ce qui ne peut pas être refait : journal, textes, dossiers, "
        "comptes, factures, réglages, questions de contrôle, index en service. Gardez-en une copie "
        "sur une autre machine, à l'abri : elle contient des données à protéger."
    )
    rows = (
        (
            element("a", each.name, href=f"{HOME}/backups/{each.name}", download=each.name),
            at(each.made_at),
            sized(each.size),
        )
        for each in backups
    )
    heads = ("Fichier", "Faite le", "Taille")
    listed = table(heads, rows, "Sauvegardes", names_rows=True) if backups else NOTHING
    restoring = element(
        "p",
        "Pour restaurer, dans un dossier vide : ",
        element("code", "sourcier restore FICHIER --data DOSSIER"),
        class_="hint",
    )
    making = post("/backups", "Sauvegarder maintenant", kind="main")
    return section("Sauvegardes", element("p", told), making, listed, restoring, name="backups")


def schedule_html(schedule: Schedule | None, now: datetime, units: str) -> Html:
    """When the next update is due, and how a timer is set."""
    if schedule is None:
        told = element(
            "p",
            "Aucune mise à jour n'est programmée. Dans settings.toml : ",
            element("code", 'update_at = "02:30"'),
            " et ",
            element("code", 'update_from = "/srv/textes"'),
            ", puis installez les unités que donne ",
            element("code", "sourcier index update --units"),
            ".",
        )
        return section("Programmation", told, name="schedule")
    line = (
        f"Prochaine mise à jour : {at(schedule.after(now))}, depuis {schedule.folder}. Elle "
        "construit un candidat, qui attend votre décision."
    )
    how = element(
        "details",
        element("summary", "Unités systemd à installer"),
        element("pre", units, tabindex=0),
    )
    return section("Programmation", join_html([element("p", line), how]), name="schedule")
