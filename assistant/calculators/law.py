"""The law of a day: constants as the indexed texts in force state them."""

from datetime import date
from typing import Protocol

from assistant.calculators.calculation import Ground, Stated
from assistant.calculators.constants import WITHOUT_FIGURE, Constant, constants
from assistant.candidates import in_force
from assistant.errors import Ungrounded
from assistant.evidence import Scope
from ingestion.generation import Generation


class Law(Protocol):
    """What a calculator may ask of the law."""

    @property
    def day(self) -> date:
        """The day whose law it is."""

    def stated(self, name: str) -> Stated:
        """A constant by its name; raises Ungrounded when no text in force states it."""


class IndexedLaw:
    """The law of a day as one generation holds it."""

    def __init__(self, generation: Generation, day: date) -> None:
        """Nothing is read before the first constant."""
        self._generation = generation
        self._scope = Scope(day)

    @property
    def day(self) -> date:
        """The day whose law it is."""
        return self._scope.as_of

    def holds(self, article: str) -> bool:
        """Whether a text in force that day is, or explains, an article."""
        return bool(in_force(self._generation, article, self._scope))

    def stated(self, name: str) -> Stated:
        """A constant by its name, 0 for a rule without figure; articles before sheets.

        Raises Ungrounded when no text in force that day states it.
        """
        constant = constants()[name]
        for passage in in_force(self._generation, constant.article, self._scope):
            if place := constant.found_in(passage.text, self.day):
                ground = Ground(constant.article, passage, place.start, place.end)
                return Stated(constant.on(self.day) or WITHOUT_FIGURE, ground)
        raise Ungrounded(self._refusal(constant))

    def _refusal(self, constant: Constant) -> str:
        day, article = f"{self.day:%d/%m/%Y}", constant.article
        named = article if article.startswith("Annexe") else f"art. {article}"
        return (
            f"Calcul refusé : aucun texte indexé en vigueur le {day} ne dit « {constant.label} » "
            f"({named}). Ajoutez la version de cet article en vigueur ce jour-là, "
            "ou lisez-la avec « sourcier law »."
        )
