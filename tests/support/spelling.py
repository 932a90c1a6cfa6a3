"""French spelling of whole numbers, the reverse of what the checker reads."""

_SMALL = (
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze",
    "douze", "treize", "quatorze", "quinze", "seize",
)  # fmt: skip
_TENS = {2: "vingt", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante", 8: "quatre-vingt"}


def spell(number: int) -> str:
    """Spell a number from 0 to 999 999 999 999 in the traditional French way."""
    for scale, name in ((10**9, "milliard"), (10**6, "million")):
        if number >= scale:
            count, rest = divmod(number, scale)
            head = f"{spell(count)} {name}{'s' if count > 1 else ''}"
            return f"{head} {spell(rest)}" if rest else head
    if number >= 1000:
        count, rest = divmod(number, 1000)
        head = "mille" if count == 1 else f"{_below_thousand(count, final=False)} mille"
        return f"{head} {spell(rest)}" if rest else head
    return _below_thousand(number, final=True)


def _below_thousand(number: int, *, final: bool) -> str:
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return _below_hundred(rest, final=final)
    head = "cent" if hundreds == 1 else f"{_SMALL[hundreds]} cent"
    if rest:
        return f"{head} {_below_hundred(rest, final=final)}"
    return f"{head}s" if hundreds > 1 and final else head


def _below_hundred(number: int, *, final: bool) -> str:
    if number < 17:
        return _SMALL[number]
    if number < 20:
        return f"dix-{_SMALL[number - 10]}"
    tens, rest = divmod(number, 10)
    if tens in {7, 9}:
        joint = " et " if number == 71 else "-"
        return f"{_TENS[tens - 1]}{joint}{_below_hundred(rest + 10, final=final)}"
    if rest == 0:
        return "quatre-vingts" if tens == 8 and final else _TENS[tens]
    return f"{_TENS[tens]}{' et ' if rest == 1 and tens != 8 else '-'}{_SMALL[rest]}"
