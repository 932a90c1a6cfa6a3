"""Modality: may, must, cannot; yes and no; conditions, restrictions and limits. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.question.quantities import Atom, AtomKind, apart

# Modalities: may, must, cannot, need not. Pure.

_CAN = (
    r"(?:peut|peuvent|pouvez|pourra|pourront|pourrez|pouvait|pouvaient|puisse|puissent"
    r"|pourrait|pourraient)"
)
_OUGHT = r"(?:doit|doivent|devez|devrez|devra|devront|devait|devaient|doive)"
_IS = r"(?:est|sont|êtes|serez|était|étaient|sera|seront|soit|soient|être)"
_NOT = r"(?: pas| plus| jamais| point| aucunement| en aucun cas)?"
_TO = r"(?: d[e']| à| par)?"

_PATTERNS: tuple[tuple[str, str], ...] = (
    ("need_not", rf"\bn'?e? ?{_IS} (?:pas|plus|jamais|nullement) (?:tenue?s?|obligée?s?){_TO}"),
    ("need_not", rf"\bn'?e? ?{_IS} (?:pas|plus) (?:obligatoires?|exigée?s?|requise?s?)"),
    (
        "need_not",
        r"\bn'?e? ?(?:a|ont|avez) (?:pas|plus)(?: l'obligation d[e']| à(?= \w+(?:er|ir|re)\b))",
    ),
    ("freely", r"\bsans y être (?:tenue?s?|obligée?s?)"),
    ("freely", rf"\b(?:mais )?(?:sans que ce soit|n'y {_IS} pas) (?:tenue?s?|obligée?s?)"),
    ("need_not", r"\bsans être (?:tenue?s?|obligée?s?)(?: d[e']| à)?"),
    ("need_not", rf"\b{_IS} (?:facultati(?:f|ve)s?|dispensée?s? d[e'u]s?)"),
    ("need_not", r"\b(?:étant )?facultati(?:f|ve)s?\b"),
    ("need_not", rf"\b{_CAN} ne pas\b"),
    ("need_not", r"\b(?:need not|(?:is|are) not (?:required|obliged)(?: to)?|optional)\b"),
    ("need_not", r"\b(?:does|do) not have to\b"),
    ("cannot", rf"\bne (?:{_CAN}|pouvant|saurait|sauraient|{_OUGHT}){_NOT}"),
    (
        "cannot",
        rf"\bn'?e? ?{_IS} (?:pas|plus) (?:autorisée?s?|permise?s?|admise?s?|possibles?){_TO}",
    ),
    ("cannot", rf"(?:\bil )?\b{_IS} (?:interdite?s?|prohibée?s?|impossibles?){_TO}"),
    ("cannot", r"\binterdi(?:t|te|ts|tes|re|sent|sant)\b(?: d[e'])?"),
    ("cannot", r"\bn'?e? ?(?:a|ont|avez) (?:pas|plus) le droit d[e']"),
    ("cannot", r"\b(?:(?:may|must|shall|can) (?:not|never)|cannot)\b"),
    ("cannot", r"\b(?:is|are) (?:prohibited|forbidden|not allowed)(?: to| from)?\b"),
    ("may", r"\b(?:a|ont|avez) droit (?:à|aux?)(?= |$)"),
    ("may", rf"\b(?:{_CAN}|pouvoir(?! adj)|pouvant)\b"),
    (
        "may",
        rf"\b(?:il )?{_IS} (?:autorisée?s?|permise?s?|(?<!être )admise?s?|possibles?|libres?)"
        r"(?: d[e']| à)?",
    ),
    ("may", r"\b(?:a|ont|avez) (?:la faculté|la possibilité|le droit) d[e']|\bil est loisible\b"),
    ("may", r"\b(?:may|can|(?:is|are) (?:allowed|permitted)(?: to)?)\b"),
    ("allows", r"\b(?:autoris|permet|allow|permit)\w*"),
    ("must", rf"\b{_OUGHT}\b"),
    (
        "must",
        rf"\b{_IS} (?:tenue?s?|obligée?s?)(?: d[e']| à)?|\b(?:a|ont|avez) l'obligation d[e']",
    ),
    (
        "must",
        r"\b(?:il faut|il (?:appartient|incombe|revient)(?= (?:à|au))|must|shall|(?:has|have) to"
        r"|(?:is|are) (?:required|obliged) to)\b",
    ),
    ("mandatory", rf"\b(?:{_IS} )?(?:obligatoires?|mandatory|compulsory)\b"),
)
_COMPILED = tuple((key, re.compile(pattern)) for key, pattern in _PATTERNS)
_ONLY = re.compile(r"[^.;:\x00]*?\b(?P<que>qu(?:e\b|'))")
_ONLY_IF = re.compile(r"[^.;:,]*?\b(?P<que>que)(?= (?:si|s'ils?|lorsqu))")
_NOT_ABLE = re.compile(rf"ne {_CAN}")
_OTHER_QUE = re.compile(
    r"\b(?:sans|condition|lors|tant|ainsi|afin|pour|alors|parce|tels?|telles?|réserve|fait"
    r"|celles?|celui|ceux|(?:exig|prévo|demand|prouv|démontr|estim|considèr|constat)\w*) qu\S*$"
)
_LIMITED = re.compile(r" ?(?!ils?\b|elles?\b|on\b|'(?:il|elle|on))")
_DETERMINED = re.compile(r" ?(?:les?|la|l'|une?|des|son|sa|ses|leurs?|ce|cette|ces|chaque)(?!\w)")
_NEAR = 3
_NOT_ONLY = re.compile(r"\b(?:pas|plus|jamais|aucune?|ni|rien)\b")


def find_modalities(text: str) -> tuple[Atom, ...]:
    """Every modality of a text already made `plain`, in order, the longest where two overlap.

    "ne peut … que" is a permission, "may", and a condition, "only", where the "que" stands.
    """
    return apart(
        mark
        for key, pattern in _COMPILED
        for match in pattern.finditer(text)
        for mark in _with_limit(text, Atom(AtomKind.MODALITY, key, match.start(), match.end()))
    )


def find_limit(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return the characters of the "que" that a "ne" written at [start, end) calls, or None."""
    only_if = _ONLY_IF.match(text, end)
    if only_if and not _NOT_ONLY.search(text, start, only_if.end()):
        return only_if.span("que")
    limit = _ONLY.match(text, end)
    if limit is None or _NOT_ONLY.search(text, start, limit.end()):
        return None
    words_between = len(text[end : limit.start("que")].split())
    if _OTHER_QUE.search(text, end, limit.end()) or not _LIMITED.match(text, limit.end()):
        return None
    if words_between > _NEAR and _DETERMINED.match(text, limit.end()):
        return None
    return limit.start("que"), limit.end("que")


def _with_limit(text: str, mark: Atom) -> Iterator[Atom]:
    is_denial = mark.key == "cannot" and _NOT_ABLE.match(text, mark.start, mark.end)
    limit = find_limit(text, mark.start, mark.end) if is_denial else None
    if limit:
        yield Atom(mark.kind, "may", mark.start, mark.end)
        yield Atom(AtomKind.CONDITION, "only", *limit)
    else:
        yield mark


# Polarity: "Oui" and "Non" at the start of an answer, negations inside it. Pure.

_OPENING = re.compile(r"\W*(?P<word>oui|non|yes|no)\b\s*[,.;:!–—-]\s*")
_DENIED = re.compile(
    r"(?<!qui )(?<!dont )(?<!s'il )(?<!lorsqu'il )(?<!où )(?:\bne |\bn')(?!importe)"
    r"|\b(?:may|can|must|shall) ?not\b|\b(?:est|sont) (?:interdit|facultati)"
    r"|\b(?:is|are) not\b|\baucune?\b"
)
_AFFIRMED = re.compile(
    r"(?<!ne )\b(?:peut|peuvent|pouvez|doit|doivent|devez|may|must|shall)\b(?! ?not\b)"
)
_NE = re.compile(r"\b(?:ne\b|n'(?!importe))")
_SECOND = re.compile(
    r"(?:\w+'?(?: |'|-)){0,7}?(?P<word>pas|plus|jamais|point|aucune?s?|rien|ni|nulle?ment)\b"
)
_POLARITY_NOT = re.compile(r"\b(?:not|never)\b|(?<=\w)n't\b|\bnon(?=[ -]\w)")
_NONE = re.compile(r"\baucune?s?\b")
_CLAUSE_END = re.compile(r"[.;:()]")
_EXPLETIVE = re.compile(r"(?:avant qu|à moins qu|de peur qu|sans qu)\S* (?:\S+ ){0,3}$")
_KEYS = {"plus": "no_longer", "jamais": "never"}


def opening(text: str) -> tuple[str | None, int]:
    """Return ("yes" or "no" or None, where the rest starts) of a text made `plain`."""
    match = _OPENING.match(text)
    if not match:
        return None, 0
    return ("yes" if match["word"] in {"oui", "yes"} else "no"), match.end()


def denies(text: str) -> bool:
    """Say whether the main clause of a text made `plain` denies: "ne peut", "n'est pas tenu"."""
    denied = next(
        (m for m in _DENIED.finditer(text) if find_limit(text, m.start(), m.end() - 1) is None),
        None,
    )
    affirmed = _AFFIRMED.search(text)
    return denied is not None and (affirmed is None or denied.start() < affirmed.start())


def find_negations(text: str) -> tuple[Atom, ...]:
    """Every negation of a text made `plain`, modalities and comparisons already hidden.

    The "pas" of a "ne … pas" is an atom with an empty key.

    "ne … que" is a limit, kind CONDITION, key "only", where the "que" stands.
    """
    found: list[Atom] = []
    for match in _NE.finditer(text):
        second = _SECOND.match(text, match.end() + (text[match.end() : match.end() + 1] == " "))
        limit = find_limit(text, match.start(), match.end())
        if limit:
            found.append(Atom(AtomKind.NEGATION, "", match.start(), match.end()))
            found.append(Atom(AtomKind.CONDITION, "only", *limit))
        elif second:
            key = _KEYS.get(second["word"], "not")
            found.append(Atom(AtomKind.NEGATION, key, match.start(), match.end()))
            found.append(Atom(AtomKind.NEGATION, "", second.start("word"), second.end("word")))
        elif not _EXPLETIVE.search(text[: match.start()]):
            found.append(Atom(AtomKind.NEGATION, "not", match.start(), match.end()))
    found.extend(
        Atom(AtomKind.NEGATION, "not", match.start(), match.end())
        for match in _POLARITY_NOT.finditer(text)
    )
    return tuple(sorted(found, key=lambda atom: atom.start))


def find_lone_nones(text: str) -> tuple[Atom, ...]:
    """Every "aucun" left: a denial of its own, key "none", but silent beside a "ne" or a "sans".

    A hidden character in its clause stands for that "ne".
    """
    found = []
    for match in _NONE.finditer(text):
        clause = _CLAUSE_END.split(text[: match.start()])[-1]
        clause += _CLAUSE_END.split(text[match.end() :])[0]
        key = "" if "\x00" in clause else "none"
        found.append(Atom(AtomKind.NEGATION, key, match.start(), match.end()))
    return tuple(found)


# Conditions and restrictions: if, except, without, only, notably, or. Pure.

_WHEN = r"(?:si|s'|lorsqu(?:e|'|\b)|quand|dans le cas où|en cas de)"
_CONDITIONS_PATTERNS: tuple[tuple[str, str], ...] = (
    ("", r"\bsi bien qu(?:e|')|\bainsi qu(?:e|')|\ble cas échéant\b|\bet/ou\b"),
    ("", r"\b(?:selon|d'après|aux termes d|conformément à|en application d|en vertu d)\w*"),
    ("", r"\b(?:(?:prévoi|dispos|précis|indiqu)\w* qu[e']|according to|pursuant to)"),
    ("", r"\b(?:au moment|lors) d[eu]s?(?!\w)"),
    ("", r"\bsoit(?= [^.]*\bsoit )"),
    ("", r"\b(?:tous|toutes) les(?= \x00)"),
    ("", r"(?<=lien )avec\b|\bune? même\b(?= \w)|\bau profit d[eu']s?|\b(?:au|en) cours d[eu']s?"),
    (
        "except",
        rf"\b(?:sauf|hormis|excepté|à moins|à l'exception)(?: d[e'u]s?| qu[e'])?(?: {_WHEN})?",
    ),
    ("except", r"\bhors\b(?! taxe)|\bautres? qu[e']|\bunless\b|\bexcept(?: if| when| for)?\b"),
    ("even", rf"\b(?:alors )?même(?= (?:{_WHEN}|sans|avec))(?: {_WHEN}| qu[e'])?"),
    ("if", r"\blorsqu(?:e\b|')|\b(?:si|quand|if|when|where|provided that|in case of)(?!\w)"),
    ("if", r"\bs'(?=ils?\b)"),
    (
        "if",
        r"\b(?:à (?:la )?condition|dès lors|pour autant|dans la mesure)(?: qu[e']| d[e']| où)",
    ),
    ("if", r"\b(?:dans (?:le|les|l'un des) cas où|en cas d[e'u]|au cas où)"),
    ("subject", r"\b(?:sous (?:la )?réserve|subject to)(?: d[e'u]s?| qu[e'])?"),
    ("as_soon", r"\b(?:dès qu[e']|aussitôt qu[e']|as soon as)"),
    ("if", r"\b(?:tant qu[e']|as long as)"),
    ("failing", r"\b(?:à défaut|faute)(?: d[e'u]s?| de quoi)?(?!\w)"),
    ("without that", r"\b(?:sans qu[e'])"),
    ("without", r"\b(?:sans|without)(?: aucune?)?(?!\w)"),
    ("with", r"\b(?:avec|with)(?!\w)"),
    ("only", r"\b(?:seuls?|seules?|seulement|uniquement|exclusivement|only|solely)\b"),
    (
        "among",
        r"\b(?:notamment|en particulier|par exemple|entre autres|tels? qu[e']|telles? qu[e'])",
    ),
    ("among", r"\b(?:such as|in particular|for example|notably)\b"),
    ("including", r"\b(?:y compris|including)\b(?! (?:vat|tax))"),
    ("instead", r"\b(?:plutôt qu[e']|au lieu d[e'u]|instead of)"),
    ("that_case", r"\b(?:dans ce cas|en ce cas|in (?:that|this) case)\b"),
    ("although", r"\b(?:bien qu[e']|quoiqu[e']|malgré|nonobstant|although|despite)"),
    (
        "or",
        r"\b(?<!petite )(?<!petites )(?:ou bien|ou|or)\b"
        r"|\bsoit(?= (?:avec|sans|de|dans|par|à|le|la|l'|un|une|que|d'|au|pour)(?!\w))",
    ),
    ("that", r"(?:(?<=exiger )|(?<=exige )|(?<=exigent ))qu(?:e\b|')"),
    ("by", r"\b(?:par(?! ailleurs| exemple)|(?<!increased )(?<!reduced )by)(?!\w)"),
    ("some", r"\b(?:certaine?s?|quelques|some)\b"),
    ("most", r"\b(?:majoritairement|la plupart|mostly)\b"),
    ("but", r"\b(?:mais|but)\b"),
)
_CONDITIONS_COMPILED = tuple((key, re.compile(pattern)) for key, pattern in _CONDITIONS_PATTERNS)


def find_conditions(text: str) -> tuple[Atom, ...]:
    """Every condition of a text made `plain`, in order; idioms that are none have an empty key."""
    return apart(
        Atom(AtomKind.CONDITION, key, match.start(), match.end())
        for key, pattern in _CONDITIONS_COMPILED
        for match in pattern.finditer(text)
    )


# Limits: "ne peut pas durer plus de 4 ans" and "dure au plus 4 ans" are one bound. Pure.

_REVERSED = {"gt": "le", "lt": "ge"}
_FURTHEST = 6
_BREAKING = {
    AtomKind.MODALITY,
    AtomKind.NEGATION,
    AtomKind.CONDITION,
    AtomKind.COMPARISON,
    AtomKind.REFERENCE,
}


def as_limits(atoms: Sequence[Atom]) -> tuple[Atom, ...]:
    """Turn a prohibition and the bound it leads to into the bound that it means.

    The bounds coordinated with it ("… et 8 ans pour …") are turned with it.
    """
    found: list[Atom] = list(atoms)
    for index, atom in enumerate(atoms):
        if atom.key != "cannot":
            continue
        bounded = _bounded(atoms, index)
        if bounded is None:
            continue
        bound = atoms[bounded].key.split()[0]
        for place in range(bounded, len(atoms)):
            if atoms[place].kind is AtomKind.QUANTITY and atoms[place].key.split()[0] == bound:
                turned = atoms[place].key.replace(bound, _REVERSED[bound], 1)
                found[place] = replace(atoms[place], key=turned)
            elif _breaks(atoms[place]) and atoms[place].key != "or":
                break
        found[index] = replace(atom, key="")
    return tuple(atom for atom in found if atom.key)


def _bounded(atoms: Sequence[Atom], start: int) -> int | None:
    """Return the first quantity after a prohibition, when it has a strict bound close enough."""
    for index in range(start + 1, min(len(atoms), start + 1 + _FURTHEST)):
        atom = atoms[index]
        if atom.kind is AtomKind.QUANTITY:
            return index if atom.key.split()[0] in _REVERSED else None
        if _breaks(atom):
            return None
    return None


def _breaks(atom: Atom) -> bool:
    return atom.kind in _BREAKING and atom.key not in {"max", "min"}
