"""Findings: what was measured, said in French, and charts beside their numbers. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.evaluation.confidence import Estimate
from assistant.evaluation.grading import Measure
from assistant.evaluation.runs import AnswerChange, RunComparison
from assistant.question.language import Language
from assistant.reports.charts import Interval, intervals
from assistant.reports.markup import (
    Html,
    element,
    format_date,
    group_thousands,
    join_html,
    load_words,
    set_no_break_spaces,
)
from assistant.reports.markup import table as page_table

# Findings: what was measured, said in French. Pure.

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


def capital(text: str) -> str:
    """The text with a capital letter."""
    return text[:1].upper() + text[1:]


def percent(value: float) -> str:
    """A share in whole percents, never rounded to all or nothing."""
    rounded = round(100 * value)
    if rounded == 100 and value < 1:
        return "> 99 %"
    return "< 1 %" if rounded == 0 and value > 0 else f"{rounded} %"


def interval(estimate: Estimate) -> str:
    """The ends of an interval: "72 à 89 %"."""
    return f"{round(100 * estimate.low)} à {round(100 * estimate.high)} %"


def counted(estimate: Estimate) -> str:
    """What was counted: "34 sur 39", or the questions of a mean."""
    if estimate.part is None:
        return number(estimate.whole, "question", "questions")
    return f"{estimate.part} sur {estimate.whole}"


def figures(seconds: float) -> str:
    """Seconds, with as many figures as mean something, without their unit."""
    return f"{seconds:.{2 if seconds < 10 else 0}f}".replace(".", ",")


def duration(seconds: float) -> str:
    """Seconds with their unit."""
    return f"{figures(seconds)} s"


def number(count: int, singular: str, plural: str) -> str:
    """A count with its noun."""
    return f"{group_thousands(count)} {plural if count > 1 else singular}"


def day(moment: date) -> str:
    """A day in full letters."""
    return format_date(load_words(Language.FRENCH), moment)


def listed(texts: Sequence[str]) -> str:
    """Texts one after the other, each once."""
    return ", ".join(dict.fromkeys(texts))


def scope(comparison: RunComparison) -> str:
    """Which questions are compared, in a sentence."""
    told = f"{number(len(comparison.pairs), 'question commune', 'questions communes')}"
    if comparison.added or comparison.dropped:
        told += f" ; {comparison.added} dans cet essai seul, {comparison.dropped} dans l'autre seul"
    return f"{told}."


def verdict(comparison: RunComparison) -> str:
    """Whether the difference is more than chance, in plain French."""
    better, worse = (len(comparison.of(each)) for each in (AnswerChange.BETTER, AnswerChange.WORSE))
    if not better + worse:
        return "Aucune réponse n'est devenue correcte ou fausse."
    told = (
        f"{number(better, 'réponse devenue correcte', 'réponses devenues correctes')}, "
        f"{number(worse, 'devenue fausse', 'devenues fausses')} : le hasard seul donnerait un "
        f"partage aussi inégal dans {percent(comparison.chance)} des cas (test exact de McNemar) ; "
    )
    if comparison.chance >= 0.05:
        return told + "on ne peut donc pas dire que les deux essais diffèrent."
    return told + f"cet essai est donc {'meilleur' if better > worse else 'moins bon'}."


# Figures: a chart and the table of its numbers, side by side. Pure.


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report; `name` is what the contents lead to."""

    name: str
    title: str
    body: Html

    @property
    def html(self) -> Html:
        """The part under its title."""
        return element("section", element("h2", self.title), self.body, id=self.name)


def section(name: str, title: str, *children: str) -> Section:
    """A part made of these pieces."""
    return Section(name, title, join_html(children))


def note(text: str) -> Html:
    """A paragraph that explains."""
    return element("p", set_no_break_spaces(text), class_="note")


def table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Html:
    """A table whose first column names the rows; it scrolls in its own frame when it is wide."""
    built = page_table(heads, rows, caption, names_rows=True, shows_caption=True)
    return element("div", built, class_="scroll", tabindex=0, role="group", aria_label=caption)


def side_by_side(chart: str, numbers: Html) -> Html:
    """A chart, which is SVG, and its numbers."""
    return element("div", element("figure", Html(chart)), numbers, class_="beside")


def estimated(caption: str, rows: Sequence[tuple[str, Estimate | None]]) -> Html:
    """Estimates with their intervals, as a chart and as a table; those without value in it only."""
    drawn = [
        Interval(label, each.low, each.value, each.high, percent(each.value))
        for label, each in rows
        if each
    ]
    numbers = table(
        caption,
        ("", "Valeur", "Intervalle à 95 %", "Compté"),
        [
            (label, percent(each.value), interval(each), counted(each))
            if each
            else (label, NONE, NONE, NONE)
            for label, each in rows
        ],
    )
    return side_by_side(intervals(caption, drawn), numbers) if drawn else numbers
