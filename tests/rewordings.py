"""Rewordings: small changes after which a sentence still says what its passage says."""

import re
from collections.abc import Iterator

from tests.spelling import spell

_PAIRS: tuple[tuple[str, str, str], ...] = (
    ("reference", r"\b([LRD])(\d{4}-\d+)", r"\1. \2"),
    ("reference", r" \(art\. [^()]*\)", ""),
    ("reference", r" \(art\. ([LRD])(\d{4}-\d+)\)", r" (article \1. \2 du code)"),
    ("amount", r"€ HT\b", "euros hors taxes"),
    ("amount", r"(\d) (\d{3}) € HT\b", r"\1.\2 euros HT"),
    ("amount", r"(\d{2,3}) 000 €", r"\1 k€"),
    ("rate", r"(\d) ?%", r"\1 pour cent"),
    ("modality", r"(?<!ne )\bdoit (?=[bcdfgjklmnpqrstvxz])(?!pas)", "est tenu de "),
    ("modality", r"(?<!ne )\bdoit (?=[aeiouéèh])", "est tenu d'"),
    ("modality", r"\bne peut pas (?=\w+er\b)", "ne peut "),
    ("modality", r"\bn'est pas tenu d(?=[e'])", "n'est pas obligé d"),
    ("modality", r"(?<!ne )\bpeut (?=[bcdfgjklmnpqrstvxz]\w+er\b)", "a la faculté de "),
    ("condition", r"(?<= )si (?=l'|le |la |les |un |une |son |sa )", "lorsque "),
    ("condition", r"(?<= )si (?=l'|le |la |les |un |une |son |sa )", "quand "),
    ("condition", r"(?<= )s'il (?=\w)", "lorsqu'il "),
    ("condition", r"(?<= )lorsque (?=\w)", "si "),
    ("condition", r"(?<= )quand (?=l|un|son|sa)", "lorsque "),
    ("comparison", r"\bau moins (\w+ (?:jours|mois|ans))", r"\1 au moins"),
    ("comparison", r"\bne peut pas dépasser (?=\d)", "ne peut être supérieur à "),
    ("comparison", r"\bdépasse (?=\d)", "est supérieur à "),
    ("comparison", r"\best estimée? à moins de (?=\d)", "est inférieur à "),
    ("wording", r"\bprocédure adaptée \(MAPA\)", "MAPA"),
    ("wording", r"\bprocédure adaptée \(MAPA\)", "procédure adaptée"),
    ("wording", r"\bDCE\b", "dossier de consultation"),
    ("wording", r"\bdocuments de la consultation\b", "DCE"),
    ("wording", r"\bprévenir\b", "informer"),
    ("wording", r"\benvoyer\b", "transmettre"),
    ("wording", r"\bindiquer\b", "mentionner"),
    ("wording", r"\bfournitures ou services\b", "fournitures et services"),
    ("order", r"^(Avant|Depuis|Après|En|Pour) ([^,]*), (\w)([^.(;:,]*)(?= \(|\.$)", ""),
    ("typography", r"'", "’"),
    ("typography", r"(\d) (\d{3})", "\\1\u00a0\\2"),
)  # fmt: skip
_COMPILED = tuple((kind, re.compile(pattern), by) for kind, pattern, by in _PAIRS)
_SPELLABLE = re.compile(r"(?<![\w.,-])(\d{1,3}(?:[ \u00a0]\d{3})*)(?= (?:€|%|jours|mois|ans))")


def rewordings(sentence: str) -> Iterator[tuple[str, str]]:
    """Yield (kind, reworded sentence), in a fixed order."""
    for kind, pattern, by in _COMPILED:
        replacement = _moved if kind == "order" else by
        reworded = pattern.sub(replacement, sentence, count=1)
        if reworded != sentence:
            yield kind, reworded
    if _SPELLABLE.search(sentence):
        yield "spelled", _SPELLABLE.sub(_spelled, sentence)
    if re.match(r"L'acheteur (?:peut|doit)\b", sentence):
        yield "answer", f"Oui, l{sentence[1:]}"
    if re.match(r"L'acheteur (?:ne peut pas|n'est pas tenu)\b", sentence):
        yield "answer", f"Non, l{sentence[1:]}"


def _moved(match: re.Match[str]) -> str:
    """Move the adverbial that opens a sentence to its end."""
    adverbial = match.group(1).lower() + " " + match.group(2)
    return f"{match.group(3).upper()}{match.group(4)} {adverbial}"


def _spelled(match: re.Match[str]) -> str:
    return spell(int(re.sub(r"\D", "", match.group(1))))
