"""Export: a list of answers as a table. Pure."""

from collections.abc import Iterable

from assistant.ledger.table import Cell, Column, Format, Table
from assistant.review.labels import OUTCOMES, STATES, SUPPORTS, THUMBS, route_label
from assistant.review.line import Item
from assistant.review.marks import ANSWER, LABELS

_COLUMNS = (
    Column("Enregistrement"),
    Column("Posée le", Format.DATE),
    Column("Utilisateur"),
    Column("Dossier"),
    Column("Thème"),
    Column("Voie"),
    Column("Question"),
    Column("Droit au", Format.DATE),
    Column("Issue"),
    Column("Soutien"),
    Column("Réponse"),
    Column("Sources"),
    Column("Phrases écartées", Format.COUNT),
    Column("Avis"),
    Column("Mot de l'acheteur"),
    Column("Relecture"),
    Column("Verdicts"),
    Column("Index"),
    Column("Modèle"),
)


def answers_table(items: Iterable[Item], reader: str) -> Table:
    """One row an answer, with the verdicts that a reader may see."""
    return Table("Réponses", _COLUMNS, tuple(_row(item, reader) for item in items))


def _row(item: Item, reader: str) -> tuple[Cell, ...]:
    line, opinion = item.line, item.opinion
    return (
        line.record_id,
        line.day,
        line.user,
        line.dossier,
        line.theme,
        route_label(line.route),
        line.question,
        line.as_of,
        OUTCOMES[line.outcome],
        ", ".join(sorted(SUPPORTS[each] for each in line.supports)),
        line.text,
        " ; ".join(f"{title}, {locator}" for title, locator in line.cited),
        line.removed,
        THUMBS[opinion.thumb] if opinion else None,
        opinion.comment if opinion else None,
        STATES[item.state],
        " ; ".join(_verdicts(item, reader)),
        line.generation,
        line.model,
    )


def _verdicts(item: Item, reader: str) -> list[str]:
    """The verdict of each reader on the whole answer."""
    marks = ((user, sheet.get(ANSWER)) for user, sheet in item.seen_by(reader).items())
    return [f"{user} : {LABELS[mark.verdict]}" for user, mark in marks if mark and mark.verdict]
