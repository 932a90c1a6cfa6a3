"""Listing: which answers are shown, in which order and in which words. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from assistant.answering.answer import Ending, Outcome
from assistant.citations.checker import Support
from assistant.review.recorded import Item, ReviewState, Thumb, folded
from assistant.review.register import Reason

# Filter: which answers are listed.


class ListOrder(StrEnum):
    """What a list is sorted by."""

    LATEST = "latest"
    OLDEST = "oldest"
    SLOWEST = "slowest"
    THEME = "theme"


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
            and self.ending in (None, line.ending)
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
    Support.PREPARED: "dans nos mots",
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
    "case_law": "décisions de justice",
    "out_of_scope": "hors périmètre",
}


def outcome_label(item: Item) -> str:
    """How a question ended, in words: one that was interrupted has no outcome."""
    is_over = item.line.ending is Ending.FINISHED
    return OUTCOMES[item.line.outcome] if is_over else ENDINGS[Ending.INTERRUPTED]


def route_label(route: str) -> str:
    """The route of a question in words; one without words of its own is given as it is."""
    return _ROUTES.get(route, route)
