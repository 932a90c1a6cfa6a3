"""The upkeep of the data folder as a page: generations, room, backups, schedule. Pure."""

from collections.abc import Sequence
from datetime import datetime

from assistant.administration.backup import Saved
from assistant.administration.schedule import Schedule
from assistant.administration.storage import Kept, Place, Usage
from assistant.page.admin.frame import HOME, post, section, sized
from assistant.page.form import hidden
from assistant.page.markup import NOTHING, Html, element, joined
from assistant.page.table import ACTION, table
from assistant.page.words import at


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
    if kept.place is Place.KEPT:
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
    return section("Programmation", joined([element("p", line), how]), name="schedule")
