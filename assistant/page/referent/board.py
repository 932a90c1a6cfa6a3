"""The board: what the pages of figures ask of the rest of the program."""

from typing import Protocol

from assistant.activity.period import Period
from assistant.identity import Identity
from assistant.page.markup import Html


class Board(Protocol):
    """Figures of the answers that a reader may see, and answers that changes of law touch.

    Failures whose message is a French sentence for the reader are `AssistantError` or
    `IngestionError`.
    """

    def dashboard(self, reader: Identity, period: Period) -> Html:
        """The figures of a period."""

    def report(self, reader: Identity, period: Period) -> bytes:
        """The same as a PDF for management; that it was taken is in the journal."""

    def table(self, reader: Identity, period: Period) -> bytes:
        """The same as CSV; that it was taken is in the journal."""

    def touched(self, reader: Identity) -> Html:
        """The answers that cite what has changed since."""

    def look(self, reader: Identity, record_id: str) -> None:
        """Keep that a reader looked at one of them; raises UnknownRecord."""
