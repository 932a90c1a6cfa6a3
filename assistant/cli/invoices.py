"""`sourcier invoices`: its actions, one file each."""

import argparse

from assistant.cli import ledger_import, ledger_invoices
from ingestion.ledger.rows import FileKind

EPILOG = """\
exemples :
  sourcier invoices import exports/ --preview
  sourcier invoices import chorus.csv --map "Montant TTC=gross"
  sourcier invoices ask "Combien de factures reçues en 2026 ne sont pas payées ?"
  sourcier invoices late --acheteur collectivite --out retards.xlsx
  sourcier invoices anomalies
"""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "invoices",
        help="importe des factures, et répond par le calcul",
        description="Les factures reçues, importées puis interrogées par le calcul : chaque "
        "chiffre mène à ses lignes.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    ledger_import.register(actions, FileKind.INVOICES)
    ledger_invoices.register(actions)
