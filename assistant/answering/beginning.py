"""Beginning: of what day, scope and dossier a turn is, before anything is searched."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.answering.state import TurnState
from assistant.question.day import Day, DaySource, day_asked
from assistant.question.language import Language
from assistant.question.scope import buys_works, dossiers_meant, general_texts_meant, names_offer
from assistant.retrieval.evidence import Scope
from assistant.retrieval.snapshots import SnapshotHolder
from assistant.tenders.conformity.review import contract_day, day_of
from assistant.tenders.general_clauses import AppliedText, applied_texts
from ingestion.index.snapshot import IndexSnapshot
from ingestion.tenders.dossiers import Dossier


@dataclass(frozen=True, slots=True)
class DossierFacts:
    """What the pieces of a dossier tell: the day of its notice, and its CCAG."""

    sent: date | None = None
    applied: tuple[AppliedText, ...] = ()


class Beginning:
    """Begins each turn; what the pieces of a dossier tell is kept for the next one."""

    def __init__(self, holder: SnapshotHolder, clock: Callable[[], date]) -> None:
        """`clock` tells the day that it is."""
        self._holder = holder
        self._clock = clock
        self._told: dict[tuple[Dossier, str], DossierFacts] = {}

    def begin(
        self,
        asked: Sequence[str],
        as_of: date | None,
        dossier: str | None,
        teams: frozenset[str] | None,
        user: str,
    ) -> TurnState:
        """A turn about the first of these questions, the others being those it depends on."""
        day = day_asked([] if dossier else asked, as_of, self._clock())
        rules = self._holder.current()
        turn = TurnState(
            asked[0], day, Scope(day.as_of), Language.FRENCH, rules, asked[0], user=user
        )
        general = general_texts_meant(asked)
        if dossier is None:
            turn.proposed = dossiers_meant(asked[0], self._holder.dossiers(teams).all())
        else:
            self._enter(turn, dossier, teams)
            general = tuple(each.text for each in turn.applied if each.is_known)
        offers = any(map(names_offer, asked))
        works = not general and buys_works(" ".join(asked))
        turn.scope = Scope(turn.day.as_of, dossier, offers, general=general, works=works)
        return turn

    def _enter(self, turn: TurnState, dossier: str, teams: frozenset[str] | None) -> None:
        """Make it a turn about a dossier, by default on the day on which its notice was sent."""
        turn.dossier = self._holder.dossier(dossier, teams)
        turn.described = self._holder.dossiers(teams).get(dossier)
        turn.to_index = self._holder.awaits_index(dossier, teams)
        told = self._told_by(turn.described, turn.dossier)
        turn.applied = told.applied
        if turn.day.source is DaySource.TODAY and told.sent:
            turn.day = Day(told.sent, DaySource.DOSSIER, told.sent)

    def _told_by(self, dossier: Dossier, pieces: IndexSnapshot) -> DossierFacts:
        """What the pieces of a dossier tell a question; they are read for it once an index."""
        known = dossier, pieces.manifest.name
        if known not in self._told:
            documents = [*pieces.store.documents()]
            day = contract_day(documents, dossier)
            sent = day_of(documents, dossier)
            self._told[known] = DossierFacts(sent, applied_texts(documents, day))
        return self._told[known]
