"""Tokens: what a browser holds, and the hash that is kept here instead."""

import secrets
from hashlib import sha256


def fresh_token() -> str:
    """A random text of 256 bits that stands in an address or a cookie as it is."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is kept of a token. Pure."""
    return sha256(token.encode(errors="replace")).hexdigest()
