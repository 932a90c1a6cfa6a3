"""Whether a sentence stands on the passages it cites: quotes, figures, modality, nature, scope."""

from assistant.checking.checker import Support, Verdict, check
from assistant.checking.quotes import find_quote

__all__ = ["Support", "Verdict", "check", "find_quote"]
