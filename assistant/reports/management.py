"""The report that a référent hands to management, as a paper. Pure.

Questions about a dossier are counted and never quoted: the report leaves the team.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.answering.answer import Outcome
from assistant.reports import dashboard
from assistant.reports.findings import NONE, counted, day, duration, number, percent, said_interval
from assistant.reports.paper import Block, Items, Paper, PaperHeading, PaperTable, Paragraph
from assistant.review.activity import ChartStep, Figures, Gap, Touched
from assistant.review.marks import Target

TITLE = "Sourcier : rapport d'activité et de qualité"
_SINCE = {
    ChartStep.DAY: " le ",
    ChartStep.WEEK: " la semaine du ",
    ChartStep.MONTH: " le mois commencé le ",
}
GAPS = 15
"""Groups of unanswered questions that are told."""

LIMITS = (
    "Les jugements sont ceux des référents sur les réponses qu'ils ont relues ; seules celles "
    "qui ont été tirées au sort représentent les autres.",
    "Les intervalles à 95 % (Wilson) supposent des éléments indépendants ; les phrases et les "
    "citations d'une même réponse ne le sont pas tout à fait.",
    "Une réponse peut être vérifiée mot à mot et rester incomplète : le code contrôle que les "
    "textes disent ce qui est montré, non que rien ne manque.",
    "Les textes effacés à l'échéance de leur conservation, et les dossiers supprimés, ne sont plus "
    "comptés.",
    "Le rapport porte sur les réponses que son auteur peut voir ; les questions posées sur un "
    "dossier sont comptées et ne sont pas citées.",
)


@dataclass(frozen=True, slots=True)
class Publication:
    """An index put in service on a day: its name, and why, as far as it was said."""

    on: date
    generation: str
    reason: str


def report(
    found: Figures,
    touched: Sequence[Touched],
    publications: Sequence[Publication],
    made: date,
    author: str,
) -> Paper:
    """The whole report; `author` is who asked for it."""
    first, last = day(found.period.first), day(found.period.last)
    by = f", établi par {author}" if author else ""
    about = f"Du {first} au {last}. Rapport du {day(made)}{by}."
    parts = (
        _summary(found, touched),
        _figures(found),
        _gaps(found.gaps),
        _law(touched, publications),
        (PaperHeading("Limites de ce rapport"), Items(LIMITS)),
    )
    return Paper(TITLE, about, made, tuple(block for part in parts for block in part))


def _summary(found: Figures, touched: Sequence[Touched]) -> Iterator[Block]:
    yield PaperHeading("En bref")
    yield Items(tuple(_sentences(found, touched)))


def _sentences(found: Figures, touched: Sequence[Touched]) -> Iterator[str]:
    people = number(found.askers, "utilisateur", "utilisateurs")
    yield f"{number(found.asked, 'question posée', 'questions posées')} par {people}."
    if ended := sum(found.outcomes.values()):
        without = found.outcomes[Outcome.ABSTAINED]
        yield f"{percent(without / ended)} sont restées sans réponse ({without} sur {ended})."
    good = found.judgements[Target.CITATION].good
    if good:
        yield (
            f"Citations relues qui soutiennent la phrase : {percent(good.value)}, "
            f"{said_interval(good)} ({counted(good)})."
        )
    else:
        yield "Aucune citation n'a été relue : la précision n'est pas mesurée."
    dangerous = found.judgements[Target.ANSWER].dangerous
    if dangerous and dangerous.part:
        told = number(dangerous.part, "réponse jugée dangereuse", "réponses jugées dangereuses")
        yield f"{told} sur {dangerous.whole} relues."
    if found.seconds:
        half, most = found.seconds
        yield f"Délai médian {duration(half)}, 95 % des réponses en moins de {duration(most)}."
    left = sum(each.look is None for each in touched)
    if touched:
        yield (
            f"{number(len(touched), 'réponse passée cite', 'réponses passées citent')} un article "
            f"qui a changé depuis, dont {left} à regarder."
        )


def _figures(found: Figures) -> Iterator[Block]:
    yield PaperHeading("Volume")
    chart, *_ = dashboard.volume(found)
    yield chart
    yield Paragraph(_pace(found))
    yield PaperHeading("Issue et soutien des réponses")
    yield from dashboard.outcomes(found)
    yield from dashboard.supports(found)
    yield PaperHeading("Qualité jugée par les référents")
    yield from dashboard.precision(found)
    yield PaperHeading("Accord entre lecteurs", 2)
    yield from dashboard.agreements(found)
    yield PaperHeading("Délais, thèmes et avis")
    yield from dashboard.delays(found)
    yield from dashboard.themes(found)
    yield from dashboard.thumbs(found)


def _pace(found: Figures) -> str:
    start, most = max(found.volume, key=lambda each: each[1])
    if not most:
        return "Aucune question sur ces jours."
    mean = f"{found.asked / found.period.days:.1f}".replace(".", ",")
    peak = number(most, "question", "questions")
    return (
        f"{mean} par jour en moyenne ; au plus fort, {peak}{_SINCE[found.period.step]}{day(start)}."
    )


def _gaps(found: Sequence[Gap]) -> Iterator[Block]:
    yield PaperHeading("Questions sans réponse")
    count = sum(len(gap.lines) for gap in found)
    if not count:
        yield Paragraph("Toutes les questions du périmètre ont trouvé une réponse.")
        return
    yield Paragraph(
        f"{number(count, 'question', 'questions')} du périmètre sans réponse : des textes à "
        "ajouter, ou des mots à apprendre au glossaire."
    )
    rows = tuple(
        (
            gap.theme,
            ", ".join(gap.shared) or "questions isolées",
            str(len(gap.lines)),
            _example(gap),
        )
        for gap in found[:GAPS]
    )
    heads = ("Thème", "Mots communs", "Questions", "Exemple")
    yield PaperTable("Groupes les plus nombreux", heads, rows, (3, 3, 2, 6))


def _example(gap: Gap) -> str:
    """The latest question that is not about a dossier."""
    told = (line.question for line in gap.lines if line.dossier is None)
    return next(told, "posée sur un dossier, non citée")


def _law(touched: Sequence[Touched], publications: Sequence[Publication]) -> Iterator[Block]:
    yield PaperHeading("Changements du droit et réponses touchées")
    if publications:
        rows = tuple((day(p.on), p.generation, p.reason or NONE) for p in publications)
        yield PaperTable("Index mis en service", ("Le", "Index", "Motif"), rows, (2, 3, 4))
    else:
        yield Paragraph("Aucune mise en service d'index n'est au journal sur ces jours.")
    if not touched:
        yield Paragraph("Aucune réponse passée ne cite un article qui a changé depuis.")
        return
    articles = tuple(
        dict.fromkeys((c.title, c.reference) for each in touched for c in each.changes)
    )
    counts = tuple(_article(title, reference, touched) for title, reference in articles)
    heads = ("Article", "Réponses qui le citent", "Regardées", "À regarder")
    yield PaperTable("Articles changés et réponses qui les citent", heads, counts, (5, 2, 2, 2))


def _article(title: str, reference: str, touched: Sequence[Touched]) -> tuple[str, ...]:
    citing = [
        each
        for each in touched
        if any((c.title, c.reference) == (title, reference) for c in each.changes)
    ]
    looked = sum(each.look is not None for each in citing)
    counts = (len(citing), looked, len(citing) - looked)
    return f"{title}, {reference}", *map(str, counts)
