"""Listing: which answers are shown, in which words, as a table, and how far readers agree."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import sqrt
from statistics import NormalDist

from assistant.answering.answer import Outcome
from assistant.citations.checker import Support
from assistant.evaluation.confidence import LEVEL, Estimate, share
from assistant.ledger.tables import Cell, Format, LedgerTable, TableColumn
from assistant.review.recorded import (
    ANSWER,
    LABELS,
    Item,
    ReviewState,
    ReviewVerdict,
    Target,
    Thumb,
    folded,
)
from assistant.review.register import Reason

# Filter: which answers are listed. Pure.


class ListOrder(StrEnum):
    """What a list is sorted by."""

    LATEST = "latest"
    OLDEST = "oldest"
    SLOWEST = "slowest"
    THEME = "theme"


class Ending(StrEnum):
    """How a turn ended."""

    FINISHED = "finished"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class ReviewFilter:
    """What an answer must be to be listed; None and "" ask for nothing.

    Both days are included. `team` is that of the dossier asked about. Every word of `words` must
    stand in the question or the answer, whatever its accents and case.
    """

    since: date | None = None
    until: date | None = None
    theme: str = ""
    outcome: Outcome | None = None
    support: Support | None = None
    route: str = ""
    thumb: Thumb | None = None
    team: str = ""
    dossier: str = ""
    state: ReviewState | None = None
    ending: Ending | None = None
    words: str = ""

    def select(self, items: Iterable[Item], teams: Mapping[str, str]) -> Iterator[Item]:
        """The items that are listed, in their order; `teams` has the team of each dossier."""
        wanted = folded(self.words).split()
        return (
            item
            for item in items
            if self._admits(item, teams) and all(word in item.line.searchable for word in wanted)
        )

    def _admits(self, item: Item, teams: Mapping[str, str]) -> bool:
        line, dossier = item.line, item.line.dossier or ""
        return (
            (self.since is None or self.since <= line.day)
            and (self.until is None or line.day <= self.until)
            and self.theme in ("", line.theme)
            and self.outcome in (None, line.outcome)
            and (self.support is None or self.support in line.supports)
            and self.route in ("", line.route)
            and (
                self.thumb is None
                or (item.opinion is not None and item.opinion.thumb is self.thumb)
            )
            and self.team in ("", teams.get(dossier, ""))
            and self.dossier in ("", dossier)
            and self.state in (None, item.state)
            and self.ending in (None, line.ended)
        )


def ordered(items: Iterable[Item], order: ListOrder) -> list[Item]:
    """Items that come latest first, in an order."""
    match order:
        case ListOrder.LATEST:
            return list(items)
        case ListOrder.OLDEST:
            return list(items)[::-1]
        case ListOrder.SLOWEST:
            return sorted(items, key=lambda item: -item.line.seconds)
        case ListOrder.THEME:
            return sorted(items, key=lambda item: item.line.theme)


# Labels: what is said of answers in French, in the lists, pages and files of a review.

OUTCOMES = {
    Outcome.ANSWERED: "répondue",
    Outcome.PARTIAL: "partielle ou incertaine",
    Outcome.ABSTAINED: "sans réponse",
}
SUPPORTS = {
    Support.VERBATIM: "mot à mot",
    Support.SUPPORTED: "vérifié",
    Support.COMPUTED: "calculé",
    Support.PREPARED: "réponse préparée",
}
STATES = {
    ReviewState.UNREAD: "non relue",
    ReviewState.READ: "relue",
    ReviewState.TWICE: "relue deux fois",
}
THUMBS = {Thumb.UP: "utile", Thumb.DOWN: "à revoir"}
ENDINGS = {Ending.FINISHED: "terminée", Ending.INTERRUPTED: "interrompue"}
ORDERS = {
    ListOrder.LATEST: "les plus récentes d'abord",
    ListOrder.OLDEST: "les plus anciennes d'abord",
    ListOrder.SLOWEST: "les plus lentes d'abord",
    ListOrder.THEME: "par thème",
}
REASONS = {
    Reason.COMPLAINED: "signalée par l'acheteur",
    Reason.CHANGED: "droit changé depuis",
    Reason.DOUBTFUL: "réponse incertaine",
    Reason.RANDOM: "tirée au sort",
}
_ROUTES = {
    "rule": "règles",
    "dossier": "dossier",
    "calculation": "calcul",
    "invoices": "factures",
    "purchases": "achats",
    "out_of_scope": "hors périmètre",
}


def route_label(route: str) -> str:
    """The route of a question in words; one without words of its own is given as it is."""
    return _ROUTES.get(route, route)


# Export: a list of answers as a table. Pure.

_COLUMNS = (
    TableColumn("Enregistrement"),
    TableColumn("Posée le", Format.DATE),
    TableColumn("Utilisateur"),
    TableColumn("Dossier"),
    TableColumn("Thème"),
    TableColumn("Voie"),
    TableColumn("Question"),
    TableColumn("Droit au", Format.DATE),
    TableColumn("Issue"),
    TableColumn("Soutien"),
    TableColumn("Réponse"),
    TableColumn("Sources"),
    TableColumn("Phrases écartées", Format.COUNT),
    TableColumn("Avis"),
    TableColumn("Mot de l'acheteur"),
    TableColumn("Relecture"),
    TableColumn("Verdicts"),
    TableColumn("Index"),
    TableColumn("Modèle"),
)


def answers_table(items: Iterable[Item], reader: str) -> LedgerTable:
    """One row an answer, with the verdicts that a reader may see."""
    return LedgerTable("Réponses", _COLUMNS, tuple(_row(item, reader) for item in items))


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


# Agreement: how often two readers of the same answers judge alike, and beyond chance. Pure.

Pair = tuple[ReviewVerdict, ReviewVerdict]
"""The verdicts of the first and of the second reader of one thing."""

_Z = NormalDist().inv_cdf((1 + LEVEL) / 2)


@dataclass(frozen=True, slots=True)
class Agreement:
    """The share of equal verdicts, and Cohen's kappa; None where there is nothing to compare."""

    rate: Estimate | None
    kappa: Estimate | None


def agreement(pairs: Sequence[Pair]) -> Agreement:
    """How far two readers agree."""
    return Agreement(share(sum(one == other for one, other in pairs), len(pairs)), kappa(pairs))


def kappa(pairs: Sequence[Pair]) -> Estimate | None:
    """Cohen's kappa with its interval; None when both readers only ever gave one verdict.

    (p - c) / (1 - c), with p the share of equal verdicts and c the share that chance would make
    equal: Cohen, "A coefficient of agreement for nominal scales", 1960. The interval is that of
    the large-sample variance of Fleiss, Cohen and Everitt, "Large sample standard errors of kappa
    and weighted kappa", 1969, formula for the kappa that is not zero; it is cut at -1 and 1.
    """
    count = len(pairs)
    if not count:
        return None
    cells = {pair: times / count for pair, times in Counter(pairs).items()}
    first = {one: n / count for one, n in Counter(one for one, _ in pairs).items()}
    second = {other: n / count for other, n in Counter(other for _, other in pairs).items()}
    equal = sum(part for (one, other), part in cells.items() if one == other)
    chance = sum(part * second.get(verdict, 0.0) for verdict, part in first.items())
    if chance >= 1:
        return None
    value = (equal - chance) / (1 - chance)

    def weight(one: ReviewVerdict, other: ReviewVerdict) -> float:
        if one == other:
            margins = first.get(one, 0.0) + second.get(one, 0.0)
            return ((1 - chance) - margins * (1 - equal)) ** 2
        return (1 - equal) ** 2 * (second.get(one, 0.0) + first.get(other, 0.0)) ** 2

    spread = sum(part * weight(*pair) for pair, part in cells.items())
    spread -= (equal * chance - 2 * chance + equal) ** 2
    reach = _Z * sqrt(max(spread, 0.0) / count) / (1 - chance) ** 2
    return Estimate(value, max(value - reach, -1.0), min(value + reach, 1.0), count)


def pairs_of(items: Iterable[Item], target: Target) -> Iterator[Pair]:
    """The verdicts of the first two readers of each answer on everything of a kind in it."""
    for item in items:
        if len(item.readers) < 2:
            continue
        first, second = (item.sheets[user] for user in item.readers[:2])
        for place in first.keys() & second.keys():
            one, other = first[place].verdict, second[place].verdict
            if place[0] is target and one and other:
                yield one, other
