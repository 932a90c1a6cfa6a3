"""What views are seen with: what is looked at, under the law and the rates in use."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assistant.calculators.law import IndexedLaw, Law
from assistant.calculators.rates import read_rates
from assistant.calculators.situation import Buyer
from assistant.ledger.fields import Population
from assistant.ledger.limits import LawOf, Limits
from assistant.ledger.plan import Measure, Plan
from assistant.ledger.views import Sight
from ingestion.errors import UnknownGeneration
from ingestion.generation import Generation
from ingestion.ledger.database import Ledger


@dataclass(frozen=True, slots=True)
class Look:
    """What a view is asked for: which one of which rows, on what day, for whom, of what plan."""

    over: Population
    view: str
    today: date
    buyer: Buyer = Buyer.LOCAL
    plan: Plan | None = None


class Sights:
    """The sights of a data folder."""

    def __init__(self, home: Path, generation: Callable[[], Generation]) -> None:
        """`generation` gives the rules in use; it raises UnknownGeneration where there are none."""
        self._home = home
        self._generation = generation

    def of(self, ledger: Ledger, look: Look) -> Sight:
        """What a look at this ledger is seen with."""
        plan = look.plan or Plan(Measure.COUNT, look.over)
        rates, law = read_rates(self._home), self._law(look.buyer)
        return Sight(ledger, look.today, look.buyer, *law, rates, plan)

    def limits(self, buyer: Buyer) -> Limits | None:
        """The thresholds of a buyer; None where no index is published."""
        _, limits = self._law(buyer)
        return limits

    @property
    def rules(self) -> str:
        """The name of the generation in use, "" where there is none."""
        try:
            return self._generation().manifest.name
        except UnknownGeneration:
            return ""

    def _law(self, buyer: Buyer) -> tuple[LawOf | None, Limits | None]:
        """The law by day and the thresholds that it states; None where no index is published."""
        try:
            generation = self._generation()
        except UnknownGeneration:
            return None, None

        def law_of(day: date) -> Law:
            return IndexedLaw(generation, day)

        return law_of, Limits(law_of, buyer)
