"""Numbers that identify companies and accounts, however they are spaced. Pure."""

from hashlib import sha256

SIREN_DIGITS = 9
_SIRET_DIGITS = 14


def digits(text: str) -> str:
    """The digits of a number that has no letters, "" for any other text."""
    bare = "".join(text.split()).replace("\N{NO-BREAK SPACE}", "")
    return bare if bare.isdecimal() and bare.isascii() else ""


def siren_of(siret: str) -> str:
    """The company of an establishment, "" when the number is no SIRET."""
    number = digits(siret)
    return number[:SIREN_DIGITS] if len(number) == _SIRET_DIGITS else ""


def has_luhn_key(number: str) -> bool:
    """Whether the last digit is the key of the others, as in every SIREN."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 * (doubled > 9)
    return total % 10 == 0


def account_digest(account: str) -> str:
    """What tells an account from another without naming it: hexadecimal sha256 of the number."""
    return sha256("".join(account.split()).upper().encode()).hexdigest()
