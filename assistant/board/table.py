"""Figures as one table for a spreadsheet. Pure."""

from collections.abc import Iterator
from decimal import Decimal

from assistant.activity.figures import Figures
from assistant.board.blocks import TARGETS
from assistant.confidence import Estimate
from assistant.ledger.table import Cell, Column, Format, Table
from assistant.review.labels import OUTCOMES, SUPPORTS, THUMBS
from assistant.review.marks import LABELS

_COLUMNS = (
    Column("Partie"),
    Column("Élément"),
    Column("Valeur", Format.NUMBER),
    Column("Borne basse à 95 %", Format.NUMBER),
    Column("Borne haute à 95 %", Format.NUMBER),
    Column("Sur", Format.COUNT),
)

_Row = tuple[Cell, ...]


def figures_table(found: Figures) -> Table:
    """One row a figure; shares are from 0 to 1."""
    return Table("Chiffres", _COLUMNS, tuple(_rows(found)))


def _rows(found: Figures) -> Iterator[_Row]:
    yield _count("Période", "Premier jour", found.period.first.isoformat())
    yield _count("Période", "Dernier jour", found.period.last.isoformat())
    yield _count("Volume", "Questions", found.asked)
    yield _count("Volume", "Utilisateurs", found.askers)
    yield from (_count("Volume", f"{day:%d/%m/%Y}", asked) for day, asked in found.volume)
    yield from (_count("Issue", OUTCOMES[each], n) for each, n in found.outcomes.items())
    yield _count("Issue", "hors périmètre", found.out_of_scope)
    yield _count("Issue", "interrompue", found.interrupted)
    yield from (_count("Soutien", SUPPORTS[each], n) for each, n in found.supports.items())
    yield _count("Soutien", "phrases écartées", found.removed)
    yield from _judgements(found)
    for name, value in zip(("médiane", "95 %"), found.seconds or (), strict=False):
        yield _count("Délai en secondes", name, _decimal(value))
    for theme in found.themes:
        yield _count("Thème", theme.name, theme.asked)
        yield _count("Thème, sans réponse", theme.name, theme.unanswered)
    yield from (_count("Avis", THUMBS[each], n) for each, n in found.thumbs.items())


def _judgements(found: Figures) -> Iterator[_Row]:
    for target, name in TARGETS.items():
        judged, agreed = found.judgements[target], found.agreements[target]
        best, second = list(judged.verdicts)[:2]
        part = f"Jugement des {name}"
        yield from (_count(part, LABELS[each], n) for each, n in judged.verdicts.items())
        yield _estimate(part, f"part « {LABELS[best]} »", judged.good)
        yield _estimate(part, f"part « {LABELS[best]} » ou « {LABELS[second]} »", judged.passable)
        yield _estimate(part, f"part « {LABELS[best]} », tirage au sort", judged.drawn)
        yield _estimate(part, "part « dangereux »", judged.dangerous)
        yield _estimate(part, "verdicts égaux de deux lecteurs", agreed.rate)
        yield _estimate(part, "kappa de Cohen", agreed.kappa)


def _count(part: str, name: str, value: Cell) -> _Row:
    return part, name, value, None, None, None


def _estimate(part: str, name: str, each: Estimate | None) -> _Row:
    if each is None:
        return part, name, None, None, None, None
    return part, name, *map(_decimal, (each.value, each.low, each.high)), each.whole


def _decimal(value: float) -> Decimal:
    return Decimal(f"{value:.4f}")
