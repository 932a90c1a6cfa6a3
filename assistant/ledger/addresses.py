"""Where the page shows the ledger: the addresses of invoices and of purchases. Pure."""

from datetime import date
from urllib.parse import urlencode

from assistant.ledger.query.plan import Population
from assistant.ledger.query.plan_fields import Fields

ROOTS = {Population.INVOICES: "/factures", Population.PURCHASES: "/achats"}
PAGES = {Population.INVOICES: "Factures", Population.PURCHASES: "Achats"}


def piece_address(over: Population, identifier: str) -> str:
    """That of one invoice or contract."""
    return f"{ROOTS[over]}/piece/{identifier}"


def figure_address(over: Population, fields: Fields, today: date) -> str:
    """That of what the plan of these fields comes to on a day."""
    return f"{ROOTS[over]}/calcul?{_asked(fields, today)}"


def drawing_address(over: Population, fields: Fields, today: date) -> str:
    """That of the drawing of it."""
    return f"{ROOTS[over]}/calcul/graphique.svg?{_asked(fields, today)}"


def _asked(fields: Fields, today: date) -> str:
    return urlencode([*fields, ("jour", today.isoformat())])
