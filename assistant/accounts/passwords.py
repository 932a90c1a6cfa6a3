"""Passwords: what may be one, and their hashes. Door of argon2."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 200
"""Characters; a phrase is easier to keep in mind than a riddle of signs."""

FEWEST_DIFFERENT = 5


class Passwords:
    """Makes hashes and compares with them; both cost time and memory on purpose."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """By default as costly as argon2-cffi advises."""
        self._hasher = hasher or PasswordHasher()
        self._nobody = self._hasher.hash("nobody has this password")

    def hashed(self, password: str) -> str:
        """What is kept of a password."""
        return self._hasher.hash(password)

    def match(self, kept: str | None, password: str) -> bool:
        """Whether a password is the one that was kept; as slow when none was."""
        try:
            self._hasher.verify(kept or self._nobody, password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None


def weakness(password: str, login: str) -> str:
    """Why this cannot be the password of an account, in French; "" when it can. Pure."""
    if len(password) < SHORTEST:
        return f"Le mot de passe doit compter au moins {SHORTEST} caractères."
    if len(password) > LONGEST:
        return f"Le mot de passe ne peut dépasser {LONGEST} caractères."
    if login.casefold() in password.casefold():
        return "Le mot de passe ne peut contenir le nom du compte."
    if len(set(password)) < FEWEST_DIFFERENT:
        return "Le mot de passe répète trop les mêmes caractères."
    return ""
