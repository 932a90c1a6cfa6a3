"""Accounting: a turn answered by computation on the ledger, event by event.

A question that is not understood whole is not answered: what can be computed is said instead.
"""

from collections.abc import Iterator
from datetime import date

from assistant.calculators.amounts import euros
from assistant.calculators.calculation import Line
from assistant.day import Day, DaySource
from assistant.evidence import Scope
from assistant.gathering import Gathering
from assistant.ledger.fields import Population
from assistant.ledger.late import Basis
from assistant.ledger.late_view import CAUTIONS
from assistant.ledger.reckoning import Reckoning
from assistant.ledger.reply import Unreckoned
from assistant.turn import Event

_PAGES = {Population.INVOICES: "Factures", Population.PURCHASES: "Achats"}


class Accounting:
    """Answers one turn from the ledger, as it is on `today`."""

    def __init__(self, turn: Gathering, today: date) -> None:
        """The law is that of the same day, whatever period the question names."""
        self._turn = turn
        is_given = turn.day.source is DaySource.GIVEN
        turn.day = Day(today, DaySource.GIVEN if is_given else DaySource.TODAY, today)
        turn.scope = Scope(today)

    def say(self, found: Reckoning | Unreckoned) -> Iterator[Event]:
        """The figures, each with rows that it is made of, and the law that they rest on."""
        turn = self._turn
        turn.route = found.over
        if isinstance(found, Unreckoned):
            yield turn.found
            turn.notice = "\n\n".join(_declined(found))
            return
        turn.sheet, turn.evidence = found.document, found.evidence
        turn.evidence_seconds = turn.elapsed
        yield turn.found
        for told in found.told:
            yield turn.account(told.text, told.evidence)
        if found.basis:
            yield from self._ground(found.basis)
        turn.notice = "\n\n".join(_notices(found))

    def _ground(self, basis: Basis) -> Iterator[Event]:
        """Say by which law lateness is computed."""
        terms = basis.terms
        yield from self._turn.show([each.passage for each in terms.grounds])
        text = (
            f"Délai de paiement compté : {terms.days} jours ; intérêts moratoires au taux de la "
            f"Banque centrale européenne majoré de {terms.points} points ; indemnité "
            f"forfaitaire de {euros(terms.indemnity)} par facture."
        )
        yield self._turn.calculate(Line(text, terms.grounds))


def _declined(found: Unreckoned) -> Iterator[str]:
    """Why there is no figure, and what can be asked."""
    yield f"Aucun chiffre n'est donné : {found.why}"
    if found.can:
        first, *examples = found.can
        yield first
        yield "\n".join(f"- {each}" for each in examples)


def _notices(found: Reckoning) -> Iterator[str]:
    """What the figures leave out, and where all their rows are."""
    yield from found.notes
    if found.basis:
        yield (
            f"Compté pour un acheteur de type « {found.basis.terms.buyer.label} » : un autre a "
            "peut-être un autre délai, à choisir sur la page Factures."
        )
        yield from CAUTIONS
    rows = {row for each in found.told for row in each.rows}
    if len(rows) > len(found.evidence):
        yield (
            f"Lignes montrées ici : {len(found.evidence)} sur {len(rows)}. La page "
            f"{_PAGES[found.over]} les montre toutes, avec le graphique, et permet de corriger le "
            "calcul."
        )
