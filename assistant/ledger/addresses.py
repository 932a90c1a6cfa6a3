"""Where the page shows the ledger: the addresses of invoices and of purchases. Pure."""

from datetime import date
from urllib.parse import urlencode

from assistant.ledger.fields import Population

ROOTS = {Population.INVOICES: "/factures", Population.PURCHASES: "/achats"}


def piece_address(over: Population, identifier: str) -> str:
    """That of one invoice or contract."""
    return f"{ROOTS[over]}/piece/{identifier}"


def question_address(over: Population, question: str, today: date) -> str:
    """That of what a question in words comes to on a day."""
    return f"{ROOTS[over]}/calcul?{_asked(question, today)}"


def drawing_address(over: Population, question: str, today: date) -> str:
    """That of the drawing of it."""
    return f"{ROOTS[over]}/calcul/graphique.svg?{_asked(question, today)}"


def _asked(question: str, today: date) -> str:
    return urlencode({"question": question, "jour": today.isoformat()})
