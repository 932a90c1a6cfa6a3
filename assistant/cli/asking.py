"""What commands that ask or compute something read from the command line."""

import argparse
from datetime import date


def iso_date(text: str) -> date:
    """A day written YYYY-MM-DD; raises ArgumentTypeError, which argparse reports."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"« {text} » n'est pas un jour AAAA-MM-JJ") from error


def add_day(parser: argparse.ArgumentParser, help_text: str) -> None:
    """Add the day that something is computed for, today unless said."""
    parser.add_argument(
        "--date",
        "--as-of",
        dest="as_of",
        type=iso_date,
        default=date.today(),
        metavar="AAAA-MM-JJ",
        help=f"{help_text} (défaut : aujourd'hui)",
    )


def question_text(text: str) -> str:
    """A question that can be read; raises ArgumentTypeError, which argparse reports.

    A terminal that does not write UTF-8 gives half surrogate pairs, which no library accepts.
    """
    if not text.strip():
        raise argparse.ArgumentTypeError("la question est vide")
    if not text.isprintable() and any("\ud800" <= character <= "\udfff" for character in text):
        raise argparse.ArgumentTypeError("la question n'est pas écrite en UTF-8")
    return text
