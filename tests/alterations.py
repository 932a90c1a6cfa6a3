"""Alterations: small changes after which a sentence is no longer what its passage says."""

import re
from collections.abc import Callable, Iterator, Sequence

Change = Callable[[re.Match[str]], str]

_PAIRS: tuple[tuple[str, str, str], ...] = (
    ("nature", r"\btravaux\b", "fournitures"),
    ("nature", r"\bfournitures(?! ou (?:de |des )?services)\b", "travaux"),
    ("nature", r"\b([Ll])'acheteur\b", r"\1e titulaire"),
    ("nature", r"\b([Ll])e titulaire\b", r"\1'acheteur"),
    ("nature", r"\bpouvoir adjudicateur\b", "entité adjudicatrice"),
    ("nature", r"\bentité adjudicatrice\b", "pouvoir adjudicateur"),
    ("nature", r"\bcandidatures\b", "offres"),
    ("nature", r"\bprocédure adaptée(?: \(MAPA\))?", "procédure formalisée"),
    ("nature", r"\bprocédures? formalisées?\b", "procédure adaptée"),
    ("nature", r"\bsous-traitant\b", "titulaire"),
    ("with", r"\bsans\b", "avec"),
    ("with", r"\bavec\b", "sans"),
    ("unit", r"(\d) ?%", r"\1 ans"),
    ("unit", r"\bjours\b", "mois"),
    ("unit", r"\bmois\b", "ans"),
    ("unit", r"\bans\b", "mois"),
    ("unit", r"€ HT\b", "€ TTC"),
    ("unit", r"\bjours ouvrables\b", "jours ouvrés"),
    ("unit", r"€(?: HT)?", "%"),
    ("comparison", r"\bmoins de (?=\d)", "plus de "),
    ("comparison", r"\bplus de (?=\d)", "moins de "),
    ("comparison", r"\bau moins\b", "au plus"),
    ("comparison", r"\bau plus tard\b", "au plus tôt"),
    ("comparison", r"\binférieur(e?s?)\b", r"supérieur\1"),
    ("comparison", r"\bsupérieur(e?s?)\b", r"inférieur\1"),
    ("comparison", r"\bmaximum\b", "minimum"),
    ("comparison", r"\bminimum\b", "maximum"),
    ("comparison", r"\bminimal(e?s?)\b", r"maximal\1"),
    ("comparison", r"\bmaximal(e?s?)\b", r"minimal\1"),
    ("comparison", r"\bavant\b", "après"),
    ("comparison", r"\baprès\b", "avant"),
    ("comparison", r"\bne dépasse(nt)? pas\b", r"dépasse\1"),
    ("comparison", r"\bne peut pas dépasser\b", "doit dépasser"),
    ("comparison", r"\bjusqu'(?:à|au)\b", "à partir de"),
    ("comparison", r"\bà compter d(?:e la|u)\b", "avant le"),
    ("modality", r"(?<!ne )\bpeut\b(?! pas)", "doit"),
    ("modality", r"(?<!ne )\bpeuvent\b", "doivent"),
    ("modality", r"(?<!ne )\bdoit\b(?! pas)", "peut"),
    ("modality", r"(?<!ne )\bdoivent\b", "peuvent"),
    ("modality", r"(?<!ne )\bdoit\b(?! pas)", "ne doit pas"),
    ("modality", r"(?<!ne )\bpeut\b(?! pas| être)", "ne peut pas"),
    ("modality", r"\bn'est pas tenue? d(?=[e'])", "est tenu d"),
    ("modality", r"\bne peut pas\b", "n'est pas tenu de"),
    ("modality", r"\best interdite?\b", "est facultatif"),
    ("modality", r"\best obligatoire\b", "est facultative"),
    ("negation", r"\bne peut pas\b", "peut"),
    ("negation", r"\bn'est pas\b", "est"),
    ("negation", r"\bne (\w+) pas\b", r"\1"),
    ("negation", r"\bne (peut \w+(?: \w+){0,9}?) que\b", r"\1"),
    ("negation", r"\best (?=\w+é)", "n'est pas "),
    ("conjunction", r"(?<=\w) et si (?=\w)", " ou si "),
    ("conjunction", r"(?<=\w) et que (?=\w)", " ou que "),
    ("conjunction", r"(?<=[a-z]) ou (?=l'|la |le |s)(?!services)", " et "),
    ("condition", r", sauf [^.;:(]*(?= \(art|\.$)", ""),
    ("condition", r" sauf [^.;:(,]*(?= \(art|\.$|,)", ""),
    ("condition", r",? (?:si|lorsque|lorsqu'|quand) [^.;:(]*(?= \(art|\.$)", ""),
    ("condition", r",? à condition [^.;:(]*(?= \(art|\.$)", ""),
    ("condition", r", sous réserve [^.;:(,]*", ""),
    ("condition", r"^(?:Avant|Depuis|Après|En|Dans|Pour|Sans|Même) [^,]*, (?=\w)", ""),
    ("condition", r"\b(?:seulement|uniquement) ", ""),
    ("condition", r"\bSeul[es]* l", "L"),
    ("condition", r"\bsauf si\b", "même si"),
    ("condition", r" qui (?:n'|ne )?[^.;:(,]*(?=[.,])", ""),
    ("reference", r"\b([LRD]\.? ?\d{4})-(\d+)", r"\1-9\2"),
    ("date", r"\b1er avril 2026\b", "1er avril 2027"),
    ("date", r"\b(janvier|mai|août) 2026\b", r"\1 2025"),
    ("date", r"\bDepuis le\b", "Avant le"),
)  # fmt: skip
_COMPILED = tuple((kind, re.compile(pattern), by) for kind, pattern, by in _PAIRS)
_NUMBER = re.compile(r"(?<![\w.,-])\d{1,3}(?:[ \u00a0]\d{3})*(?:,\d+)?(?= ?(?:€|%|jours|mois|ans))")
_SPLIT = re.compile(r", | (?:si|lorsque|sauf|pour|dans) ")


def alterations(sentence: str, neighbours: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield (kind, altered sentence), in a fixed order; neighbours are what can be spliced in."""
    for kind, pattern, by in _COMPILED:
        altered = pattern.sub(by, sentence, count=1)
        if altered != sentence:
            yield kind, altered
    yield from _numbers(sentence)
    yield from _exchanged(sentence)
    yield from _splices(sentence, neighbours)
    yield from _answers(sentence)


def _numbers(sentence: str) -> Iterator[tuple[str, str]]:
    for match in _NUMBER.finditer(sentence):
        head, tail = sentence[: match.start()], sentence[match.end() :]
        yield "number", f"{head}9{match.group()}{tail}"
        yield "number", f"{head}{match.group()[:-1]}{(int(match.group()[-1]) + 1) % 10}{tail}"


def _exchanged(sentence: str) -> Iterator[tuple[str, str]]:
    """Exchange the two numbers of a sentence that has exactly two different ones."""
    found = list(_NUMBER.finditer(sentence))
    if len(found) == 2 and found[0].group() != found[1].group():
        first, second = found
        yield (
            "exchange",
            sentence[: first.start()]
            + second.group()
            + sentence[first.end() : second.start()]
            + first.group()
            + sentence[second.end() :],
        )


def _splices(sentence: str, neighbours: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Join the beginning of a sentence to the end of another one of its passage."""
    cut = _SPLIT.search(sentence)
    for other in neighbours:
        tail = _SPLIT.search(other)
        if cut and tail and cut.start() > 20 and sentence.split()[:2] != other.split()[:2]:
            spliced = sentence[: cut.start()] + other[tail.start() :]
            if spliced not in {sentence, *neighbours}:
                yield "splice", spliced


def _answers(sentence: str) -> Iterator[tuple[str, str]]:
    lowered = sentence[0].lower() + sentence[1:]
    if re.match(
        r"(?:(?!qui|quand|si|peut|doit)[\w'’-]+ ){1,6}(?:ne peut pas|n'est pas tenu)\b", sentence
    ):
        yield "polarity", f"Oui, {lowered}"
    elif re.match(r"L'acheteur (?:peut|doit)\b", sentence):
        yield "polarity", f"Non, {lowered}"
