"""A small true law: it states what the files of constants know of a day."""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

from assistant.calculators.calculation import Ground, Stated
from assistant.calculators.constants import WITHOUT_FIGURE, constants
from assistant.errors import Ungrounded
from tests.passage_texts import article_of


class FakeLaw:
    """States every constant with its label for a text, but for what it is told otherwise.

    `changed` has other values by name; what is `silent` no text states.
    """

    def __init__(
        self,
        day: date = date(2026, 11, 24),
        changed: Mapping[str, Decimal] | None = None,
        silent: Collection[str] = (),
    ) -> None:
        self._day = day
        self._changed = changed or {}
        self._silent = silent

    @property
    def day(self) -> date:
        return self._day

    def stated(self, name: str) -> Stated:
        constant = constants()[name]
        value = self._changed.get(name, constant.on(self._day))
        if name in self._silent or (value is None and constant.values):
            raise Ungrounded(f"Aucun texte ne dit « {constant.label} » (art. {constant.article}).")
        ground = Ground(
            constant.article, article_of(constant.article, constant.label), 0, len(constant.label)
        )
        return Stated(WITHOUT_FIGURE if value is None else value, ground)
