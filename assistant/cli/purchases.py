"""`sourcier purchases`: its actions, one file each."""

import argparse

from assistant.cli import ledger_import, ledger_purchases
from ingestion.ledger.rows import FileKind

EPILOG = """\
exemples :
  sourcier purchases import decp-2026.json --preview
  sourcier purchases import decp/
  sourcier purchases ask "Montant des marchés notifiés en 2025 par procédure"
  sourcier purchases thresholds --acheteur collectivite
"""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "purchases",
        help="importe des marchés (DECP), et répond par le calcul",
        description="Les marchés passés, importés des données essentielles puis interrogés par "
        "le calcul : chaque chiffre mène à ses lignes.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    ledger_import.register(actions, FileKind.PURCHASES)
    ledger_purchases.register(actions)
