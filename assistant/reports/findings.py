"""Findings: what was measured, said in French. Pure."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from assistant.confidence import Estimate
from assistant.evaluation.grading import Graded, Measure
from assistant.evaluation.runs import AnswerChange, RunComparison
from assistant.question.language import Language
from assistant.reports.markup import counted, format_date, load_words

NONE = "–"

MEANINGS = {
    Measure.CORRECT: "la réponse a tous les faits attendus et rien d'interdit, ou c'est le refus "
    "attendu (une réponse partielle sans affirmation interdite en vaut un)",
    Measure.ANSWERED: "la question n'a pas été refusée",
    Measure.RECALL: "par question, part des articles attendus que la réponse cite ; moyenne",
    Measure.PRECISION: "par question, part des articles cités qui sont attendus ou utiles ; "
    "moyenne",
    Measure.PAGES: "pages de pièces attendues qu'un renvoi nomme (« CCAP, art. 12.3, p. 7 »)",
    Measure.SUPPORTED: "phrases montrées dont le code a établi l'appui et dont les passages sont "
    "cités",
    Measure.EXACT: "citations qui se lisent, au caractère près, là où elles renvoient",
    Measure.REFUSAL_PRECISION: "refus qui étaient attendus, parmi tous les refus (précision)",
    Measure.REFUSAL_RECALL: "questions à refuser qui l'ont été (rappel)",
    Measure.REFUSAL_F1: "moyenne harmonique des deux précédentes",
    Measure.FALSE_REFUSALS: "questions refusées parmi celles qui ont une réponse ; plus bas est "
    "mieux",
}


_SIGNS = (
    (re.compile(r"\\[bB]|\(\?:|\(\?[=!<]+|[()^$]"), ""),
    (re.compile(r"\\s[*+?]?|\[ [^\]]*\][*+?]?"), " "),
    (re.compile(r"\\d[*+?]?(?:\{[^}]*\})?"), "…"),
    (re.compile(r"\.[*+?]?(?:\{[^}]*\})|\.[*+]\??"), " … "),
    (re.compile(r"\[([^\]\\])[^\]]*\]"), r"\1"),
    (re.compile(r"\\w[*+?]?|(?<=\w)[?*+]"), ""),
    (re.compile(r"[?*+\\]"), ""),
)
"""Signs of a regular expression, in their order, and what a reader is told in their place."""


def in_words(pattern: str) -> str:
    """What a pattern of a question set looks for, nearly: "« 60 000 » ou « soixante mille »".

    The pattern itself stands beside it, and alone decides.
    """
    for sign, told in _SIGNS:
        pattern = sign.sub(told, pattern)
    ways = (" ".join(way.split()) for way in pattern.split("|"))
    return " ou ".join(f"« {way} »" for way in dict.fromkeys(filter(None, ways)))


def capital(text: str) -> str:
    """The text with a capital letter."""
    return text[:1].upper() + text[1:]


def percent(value: float) -> str:
    """A share in whole percents, never rounded to all or nothing."""
    rounded = round(100 * value)
    if rounded == 100 and value < 1:
        return "> 99 %"
    return "< 1 %" if rounded == 0 and value > 0 else f"{rounded} %"


def exact_percent(value: float) -> str:
    """A share in percents with all its decimals: a draw is repeated by it, not by a rounded one."""
    return f"{100 * value:.12g} %".replace(".", ",")


TOO_FEW = "trop peu pour conclure"
"""What is told in the place of an interval of too few things."""


def interval(estimate: Estimate) -> str:
    """The ends of an interval: "72 à 89 %"; of too few things there is none."""
    if not estimate.is_telling:
        return TOO_FEW
    return f"{round(100 * estimate.low)} à {round(100 * estimate.high)} %"


def said_interval(estimate: Estimate) -> str:
    """The interval within a sentence, or that there is none."""
    return f"intervalle à 95 % de {interval(estimate)}" if estimate.is_telling else TOO_FEW


def said_count(estimate: Estimate) -> str:
    """What was counted: "34 sur 39", or the questions of a mean."""
    if estimate.part is None:
        return counted(estimate.whole, "question", "questions")
    return f"{estimate.part} sur {estimate.whole}"


ESTIMATED = ("Valeur", "Intervalle à 95 %", "Compté")
"""Heads of `estimate_cells`."""


def estimate_cells(estimate: Estimate | None) -> tuple[str, str, str]:
    """An estimate as cells of a table: its value, its interval, and what was counted."""
    if estimate is None:
        return NONE, NONE, NONE
    return percent(estimate.value), interval(estimate), said_count(estimate)


def figures(seconds: float) -> str:
    """Seconds, with as many figures as mean something, without their unit."""
    return f"{seconds:.{2 if seconds < 10 else 0}f}".replace(".", ",")


def duration(seconds: float) -> str:
    """Seconds with their unit."""
    return f"{figures(seconds)} s"


def minutes(seconds: float) -> str:
    """Some minutes and seconds: "1 min 40 s"."""
    whole, rest = divmod(round(seconds), 60)
    return f"{whole}\u00a0min {rest:02}\u00a0s" if whole else f"{rest}\u00a0s"


def day(moment: date) -> str:
    """A day in full letters."""
    return format_date(load_words(Language.FRENCH), moment)


def listed(texts: Sequence[str]) -> str:
    """Texts one after the other, each once."""
    return ", ".join(dict.fromkeys(texts))


def scope(comparison: RunComparison) -> str:
    """Which questions are compared, in a sentence."""
    told = f"{counted(len(comparison.pairs), 'question commune', 'questions communes')}"
    if comparison.added or comparison.dropped:
        told += f" ; {comparison.added} dans cet essai seul, {comparison.dropped} dans l'autre seul"
    return f"{told}."


def verdict(comparison: RunComparison) -> str:
    """Whether the difference is more than chance, in plain French."""
    better, worse = (len(comparison.of(each)) for each in (AnswerChange.BETTER, AnswerChange.WORSE))
    if not better + worse:
        return "Aucune réponse n'est devenue correcte ou fausse."
    told = (
        f"{counted(better, 'réponse devenue correcte', 'réponses devenues correctes')}, "
        f"{counted(worse, 'devenue fausse', 'devenues fausses')} : le hasard seul donnerait un "
        f"partage aussi inégal dans {percent(comparison.chance)} des cas (test exact de McNemar) ; "
    )
    if comparison.chance >= 0.05:
        return told + "on ne peut donc pas dire que les deux essais diffèrent."
    return told + f"cet essai est donc {'meilleur' if better > worse else 'moins bon'}."


def remarks(graded: Sequence[Graded]) -> Iterator[str]:
    """What the figures do not say by themselves, each in a French sentence."""
    yield from _of_sheets(graded)
    doubtful = sum(
        each.correct and each.question.refusal_expected and not each.refused for each in graded
    )
    if doubtful:
        one = "question à refuser est correcte sans être un refus"
        many = "questions à refuser sont correctes sans être des refus"
        yield (
            f"{counted(doubtful, one, many)} : une réponse partielle, qui dit son doute, y suffit, "
            "mais « refus attendus faits » ne compte que les vrais refus."
        )
    uncited = sum(each.correct and bool(each.uncited) for each in graded)
    if uncited:
        yield (
            f"{counted(uncited, 'réponse correcte ne cite', 'réponses correctes ne citent')} pas "
            "tous les articles attendus : les faits attendus suffisent à rendre une réponse "
            "correcte, les articles sont mesurés à part."
        )


def _of_sheets(graded: Sequence[Graded]) -> Iterator[str]:
    """How many citations are of a sheet that explains an article, and not of the article."""
    cited = [each.locator for item in graded for each in item.result.answer.citations]
    if sheets := sum("fiche «" in locator for locator in cited):
        one = f"citation sur {len(cited)} est celle"
        many = f"citations sur {len(cited)} sont celles"
        yield (
            f"{counted(sheets, one, many)} d'une fiche sur l'article, et non de l'article : "
            "« articles attendus cités » les compte aussi."
        )
