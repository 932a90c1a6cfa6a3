"""Formulas: the arithmetic that a question gives, read from its words and computed exactly. Pure.

"P = P0 × (0,15 + 0,85 × I/I0)", "note = 40 × prix le plus bas / prix de l'offre": names stand for
values, and are letters or a few words.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from fractions import Fraction

from assistant.calculators.amounts import numeral
from assistant.errors import WrongFigures

FIGURES = (
    r"(?<![\d.,])(?![1-9]\d{0,2}\.\d{3}(?!\d))"
    r"(?P<figures>\d{1,3}(?: \d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?)(?![\d]|[.,]\d)"
)
"""A number as French hands write it; "1.234" may be of thousands or of decimals, and is none."""

UNIT = r"(?: ?(?P<scale>k|m)(?: ?(?:€|eur(?:os?)?\b)|\b)| ?(?:€|eur(?:os?)?\b)| ?(?P<percent>%))?"
_SCALES = {"k": 1_000, "m": 1_000_000}
_NUMBER = re.compile(FIGURES + UNIT + r"(?: ?(?:ht|ttc)\b)?")

# What ends a formula: a word that is part of the sentence around it.
_ENDS = (
    "avec|ou|et|si|sachant|soit|est|sont|vaut|valent|donne|donnent|pour|dont|alors|puis|combien"
    r"|qu\w+|calcul\w+|on|je|nous|vous|il|elle|ils|avons|ai|a|ont|fait|au|aux|prevu\w*|selon|mon"
    r"|notre|votre|dans|en|ce|cette"
)
_INDEXED = r"(?:\((?:[a-z]|\d|[a-z] ?[-+] ?\d{1,2})\))?"
_NO_END = rf"(?!(?:{_ENDS}|x|fois|divise|multiplie)\b)"
_SYMBOL = rf"{_NO_END}(?:[a-z_]{{1,6}}\d{{1,3}}[a-z]{{0,2}}|[a-z_]{{1,2}})(?![a-z0-9'_]){_INDEXED}"
_PHRASE = (
    rf"{_NO_END}[a-z]{{3,}}(?![a-z0-9'_]){_INDEXED}"
    rf"(?:(?: | de l'| d'| l'|-){_NO_END}[a-z]+(?![a-z0-9'_]){_INDEXED})*"
)
_NAME = re.compile(rf"(?:l'|d'|(?:le|la|les|du|mon|notre|votre|son) )?(?:{_SYMBOL}|{_PHRASE})")
_WITH_ARTICLE = re.compile(r"^(?:l'|d'|(?:le|la|les|du|mon|notre|votre|son) )")
_TIMES = re.compile(r"[×*·]|x(?![a-z0-9])|x(?=[a-z]{1,2}\b|[a-z]{1,6}\d)|fois\b|multiplie par\b")
_MULTIPLIES = re.compile(
    r"[×*·/÷]|(?<![a-z])x(?![a-z]{2})|\b(?:fois|multiplie|divise)\b|\w ?[(\[][^)\]]*\d"
)
_SIGNS = ((_TIMES, "*"), (re.compile(r"[/÷]|divise par\b"), "/"), (re.compile(r"\+"), "+"),
          (re.compile(r"[-−–]"), "-"))  # fmt: skip
_BEGINS = re.compile(
    r"[=:(]|\b(?:formules?|(?:avec|selon|par|suivant)(?: la formule)?)"
    r" (?:de (?:notation|revision|calcul) )?(?:du prix )?(?:est |de )?"
)
_LEFT = re.compile(r"(?P<left>[a-z][\w/ ']*) ?$")
_BELOW_THE_LINE = str.maketrans("₀₁₂₃₄₅₆₇₈₉ₙₘₜₒ", "0123456789nmto")
_LONGEST = 80
"""Marks, numbers and names of a formula that is read: contracts have far fewer."""


class MarkKind(Enum):
    """What a part of a formula is."""

    NUMBER = auto()
    NAME = auto()
    SIGN = auto()


@dataclass(frozen=True, slots=True)
class FormulaMark:
    """A number, a name, or a sign of arithmetic, as it is written."""

    kind: MarkKind
    text: str
    value: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Formula:
    """The marks of a formula, the words before its "=", and its half-open characters."""

    left: str
    marks: tuple[FormulaMark, ...]
    start: int = 0
    end: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """What stands for a value, each once, in order."""
        named = (each.text for each in self.marks if each.kind is MarkKind.NAME)
        return tuple(dict.fromkeys(named))

    def value(self, values: Mapping[str, Fraction]) -> Fraction:
        """The result for the values of all its names; raises WrongFigures where it has none."""
        given, terms = {}, []
        for place, each in enumerate(self.marks):
            if each.kind is MarkKind.SIGN:
                terms.append(each.text)
                continue
            given[f"n{place}"] = values[each.text] if each.value is None else each.value
            terms.append(f"n{place}")
        return _computed(ast.parse(" ".join(terms), mode="eval").body, given)

    def written(self, values: Mapping[str, Fraction] | None = None) -> str:
        """The formula as people write it, with figures for the names whose values are given."""
        said = " ".join(self._told(each, values or {}) for each in self.marks)
        return said.replace("( ", "(").replace(" )", ")")

    def _told(self, mark: FormulaMark, values: Mapping[str, Fraction]) -> str:
        if mark.kind is MarkKind.SIGN:
            return {"*": "×", "-": "−"}.get(mark.text, mark.text)
        value = values.get(mark.text) if mark.value is None else mark.value
        return told_name(mark.text) if value is None else told(value)


def told_name(name: str) -> str:
    """A name as it is shown: letters as in formulas, "I0", "BT01", and words as they are."""
    if coded := re.match(r"[a-z]+\d+", name):
        return coded[0].upper() + name[coded.end() :]
    return name if len(name.partition("(")[0]) > 3 else name[:1].upper() + name[1:]


def told(value: Fraction) -> str:
    """A number as French texts write it, with six decimals at most."""
    return numeral(rounded(value, 6))


def rounded(value: Fraction, decimals: int) -> Decimal:
    """A number with so many decimals at most, halves up."""
    scaled = value * 10**decimals
    whole = (abs(scaled) + Fraction(1, 2)).__floor__()
    return Decimal(whole if scaled >= 0 else -whole).scaleb(-decimals)


def read_number(text: str) -> Fraction | None:
    """The number that begins a text, "42 k€" being 42 000 and "15 %" 0,15; None where none does."""
    found = _NUMBER.match(text)
    return _number(found) if found else None


def _number(found: re.Match[str]) -> Fraction:
    value = Fraction(found["figures"].replace(" ", "").replace(",", "."))
    if found["percent"]:
        return value / 100
    return value * _SCALES.get(found["scale"] or "", 1)


def find_formula(words: str) -> Formula | None:
    """The only formula of a question; None where it has none, or several that differ.

    `words` are in lower case and without accents. A formula has a name, and multiplies or divides.
    """
    words = words.translate(_BELOW_THE_LINE)
    found: list[Formula] = []
    for begins in _BEGINS.finditer(words):
        if found and begins.start() < found[-1].end:
            continue
        formula = _formula_at(words, begins)
        if formula:
            found.append(formula)
    return found[0] if len({each.marks for each in found}) == 1 else None


def parse_formula(text: str) -> Formula:
    """The formula that a text is, as it is written too; raises WrongFigures where it is none."""
    found = _formula_from(text.lower().translate(_BELOW_THE_LINE), 0, "")
    if found is None or text[found.end :].strip():
        raise WrongFigures(f"« {text} » n'est pas une formule qui se calcule.")
    return found


def _formula_at(words: str, begins: re.Match[str]) -> Formula | None:
    """The formula that begins at a mark of the question, if one does."""
    start = begins.start() if begins[0] == "(" else begins.end()
    left = _LEFT.search(words[: begins.start()]) if begins[0] == "=" else None
    return _formula_from(words, start, left["left"].strip() if left else "")


def _formula_from(words: str, start: int, left: str) -> Formula | None:
    """The formula that stands from a place on, as far as it goes."""
    marks, end = _marks(words, start)
    marks = _closed(marks)
    # Numbers and names side by side alone are of a sentence: "I = 112 I0 = 110".
    if not _MULTIPLIES.search(words[start:end]) or not any(
        each.kind is MarkKind.NAME for each in marks
    ):
        return None
    if len(marks) > _LONGEST or not _is_arithmetic(marks):
        return None
    return Formula(left, tuple(marks), start, end)


def _marks(words: str, start: int) -> tuple[list[FormulaMark], int]:
    """The marks from a place on as far as they go, and where they end.

    What stands side by side is a product.
    """
    marks: list[FormulaMark] = []
    depth, end = 0, start
    while len(marks) <= _LONGEST:
        place = end + len(words[end:]) - len(words[end:].lstrip(" "))
        found = _mark_at(words, place, marks)
        if found is None:
            break
        mark, after = found
        depth += {"(": 1, ")": -1}.get(mark.text, 0)
        if depth < 0:
            break
        if marks and _multiplies(marks[-1]) and _is_multiplied(mark):
            marks.append(FormulaMark(MarkKind.SIGN, "*"))
        marks.append(mark)
        end = after
    return marks, end


def _mark_at(
    words: str, place: int, before: Sequence[FormulaMark]
) -> tuple[FormulaMark, int] | None:
    """The mark that stands at a place and where it ends."""
    for letter, sign in (("(", "("), ("[", "("), (")", ")"), ("]", ")")):
        if words.startswith(letter, place):
            return FormulaMark(MarkKind.SIGN, sign), place + 1
    if before and _ends_value(before[-1]):
        for pattern, sign in _SIGNS:
            if found := pattern.match(words, place):
                return FormulaMark(MarkKind.SIGN, sign), found.end()
    elif found := _NUMBER.match(words, place):
        return FormulaMark(MarkKind.NUMBER, found[0], _number(found)), found.end()
    if found := _NAME.match(words, place):
        name = FormulaMark(MarkKind.NAME, _WITH_ARTICLE.sub("", found[0]))
        if not before or not _ends_value(before[-1]):
            return name, found.end()
        if before[-1].kind is not MarkKind.NAME and _multiplies(before[-1]):
            return (name, found.end()) if _is_multiplied(name) else None
    return None


def _is_multiplied(mark: FormulaMark) -> bool:
    """Whether it is multiplied by what stands right before it: "0,85 I", "P0 (", no word is."""
    return mark.text == "(" or (
        mark.kind is MarkKind.NAME and re.fullmatch(_SYMBOL, mark.text) is not None
    )


def _multiplies(mark: FormulaMark) -> bool:
    """Whether what stands right after it is multiplied by it: no sum of money is, "42 k€ HT"."""
    is_money = mark.kind is MarkKind.NUMBER and re.search(r"[€a-z]", mark.text) is not None
    return _ends_value(mark) and not is_money


def _ends_value(mark: FormulaMark) -> bool:
    """Whether a value ends with it, so that another one right after multiplies it."""
    return mark.kind is not MarkKind.SIGN or mark.text == ")"


def _closed(marks: Sequence[FormulaMark]) -> list[FormulaMark]:
    """The marks but for signs at the end, which were of the sentence."""
    kept = [*marks]
    while kept and not _ends_value(kept[-1]):
        kept.pop()
    return kept


def _is_arithmetic(marks: Sequence[FormulaMark]) -> bool:
    """Whether it can be computed; parentheses that do not close cannot."""
    terms = (each.text if each.kind is MarkKind.SIGN else "n" for each in marks)
    try:
        ast.parse(" ".join(terms), mode="eval")
    except SyntaxError:
        return False
    return True


def _computed(node: ast.expr, values: Mapping[str, Fraction]) -> Fraction:
    """The value of a sum, a difference, a product or a quotient of named values."""
    match node:
        case ast.Name(id=name):
            return values[name]
        case ast.BinOp(left, ast.Add(), right):
            return _computed(left, values) + _computed(right, values)
        case ast.BinOp(left, ast.Sub(), right):
            return _computed(left, values) - _computed(right, values)
        case ast.BinOp(left, ast.Mult(), right):
            return _computed(left, values) * _computed(right, values)
        case ast.BinOp(left, ast.Div(), right):
            divisor = _computed(right, values)
            if not divisor:
                raise WrongFigures("La formule divise par zéro ; vérifiez ses valeurs.")
            return _computed(left, values) / divisor
    raise WrongFigures("La formule n'est pas une suite d'opérations sur des nombres.")


# The values of names: "P0 = 42 k€", "I0 (mars 2025) : 112", "I 124,9".

_IS = (
    r"(?: ?\([^()=:]{0,40}\))? ?(?:=|:|vaut|est (?:de|a)|est egal a|egale?)? ?(?=\d)"
    r"|(?: ?(?!(?:et|ou|avec|puis|si)\b)(?:[a-z'é-]+|20\d\d|m0)){1,6} ?(?:=|:|vaut) ?(?=\d)"
)
"""What stands between a name and its value: "TP08 du mois de mars = ", "I0 : "."""

_MEASURED = re.compile(r" ?(?:jours?|mois|ans?|annees?|points?|decimales?|chiffres)\b")
"""What makes a number no value of a name: "index 3 mois avant"."""

_TOGETHER = r"(?: ?(?:=|:|,|valent|sont|egaux|egalent|respectivement|de|a)(?![a-z]))* ?"
"""What stands between two names and their two values: "I et I0 valent 124 et 118"."""


def find_values(words: str, formula: Formula) -> dict[str, Fraction]:
    """The values that the words around a formula give to its names.

    Raises WrongFigures where they give two to one of them.
    """
    around = f"{words[: formula.start]} ; {words[formula.end :]}".translate(_BELOW_THE_LINE)
    values, around = _given_together(around, formula.names)
    for name in formula.names:
        given = {*_given(around, name)} | ({values[name]} if name in values else set())
        if len(given) > 1:
            raise WrongFigures(f"Deux valeurs sont données à {told_name(name)}.")
        values.update((name, each) for each in given)
    return values


def _given_together(around: str, names: Sequence[str]) -> tuple[dict[str, Fraction], str]:
    """The values of two names that are told one after the other, and the words but for these."""
    values: dict[str, Fraction] = {}
    named = "|".join(map(_spelled, sorted(names, key=len, reverse=True)))
    two = re.compile(
        rf"(?<![a-z0-9(_])(?P<one>{named}) (?:et|puis) (?P<other>{named})(?![a-z0-9_(/]){_TOGETHER}"
        rf"{FIGURES.replace('figures', 'first')} ?(?:et|puis|,|/) ?(?=(?P<rest>\d))"
    )
    while found := two.search(around):
        rest = around[found.start("rest") :]
        for said, text in ((found["one"], found["first"]), (found["other"], rest)):
            name = next(each for each in names if re.fullmatch(_spelled(each), said))
            value = read_number(text)
            if value is None or values.setdefault(name, value) != value:
                raise WrongFigures(f"Deux valeurs sont données à {told_name(name)}.")
        around = f"{around[: found.start()]} ; {re.sub(FIGURES, '', rest, count=1)}"
    return values, around


def _given(around: str, name: str) -> Iterator[Fraction]:
    said = re.compile(rf"(?<![a-z0-9(_]){_spelled(name)}(?![a-z0-9_(/])(?:{_IS})")
    for found in said.finditer(around):
        number = _NUMBER.match(around, found.end())
        if number and not _MEASURED.match(around, number.end()):
            yield _number(number)


def _spelled(name: str) -> str:
    """A name as a regular expression: the zero of "P0" may be a letter."""
    if re.fullmatch(r"[a-z]+\d*[0o]", name) and len(name) <= 6:
        return f"{re.escape(name[:-1])}[0o]"
    return re.escape(name)
