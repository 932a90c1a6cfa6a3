"""The report that a référent hands to management, and the dashboard that it is made from.

Questions about a dossier are counted and never quoted: the report leaves the team.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from threading import Lock

from assistant.answering.answer import Outcome
from assistant.evaluation.questions import OUT_OF_SCOPE
from assistant.identity import Identity
from assistant.journal.journal import Journal
from assistant.law.impact import changes_since
from assistant.ledger.tables import csv_bytes
from assistant.publishing.history import index_events
from assistant.question.language import Language
from assistant.reports import dashboard
from assistant.reports.audit import (
    UNQUOTED,
    AuditFacts,
    ReadAnswer,
    annex_part,
    disagreements_part,
    sample_part,
)
from assistant.reports.dashboard import figures_table
from assistant.reports.findings import day, duration, percent, said_count, said_interval
from assistant.reports.homologation_facts import gather
from assistant.reports.markup import counted
from assistant.reports.page_language import speaking
from assistant.reports.paper import Block, Items, Paper, PaperHeading, PaperTable, Paragraph
from assistant.reports.pdf import as_pdf
from assistant.reports.proof import decisions_part, proof_part, signatures_part
from assistant.review.activity import ActivityPeriod, ChartStep, Figures, Gap, figures
from assistant.review.progress import disagreements, drawn, progress
from assistant.review.readings import Target, frozen_of
from assistant.review.recorded import Item, moment
from assistant.review.register import FORGETTING
from assistant.review.replay import LOOKED, Touched, TouchedLook, look_body, touched
from assistant.review.service import ReviewService
from assistant.settings import load_settings
from ingestion.errors import UnknownSnapshot
from ingestion.index.publication import current_name, finished

TITLE = "Sourcier : rapport d'activité et de qualité"
_SINCE = {
    ChartStep.DAY: " le ",
    ChartStep.WEEK: " la semaine du ",
    ChartStep.MONTH: " le mois commencé le ",
}
GAPS = 15
"""Groups of unanswered questions that are told."""

DOSSIERS, UNQUOTED_WORDS = "Dossiers", "posées sur un dossier, non cités"
"""The theme and the words in common of questions about a dossier."""

NOT_KEPT = (
    "Les textes que montrait cette page ne sont plus gardés : rouvrez les réponses touchées, et "
    "regardez celle-ci de nouveau."
)

LIMITS = (
    "Les jugements sont ceux des référents sur les réponses qu'ils ont relues ; seules celles "
    "qui ont été tirées au sort représentent les autres.",
    "Les intervalles à 95 % (Wilson) supposent des éléments indépendants ; les phrases et les "
    "citations d'une même réponse ne le sont pas tout à fait.",
    "Sous dix éléments, aucun intervalle n'est donné ; le kappa ne l'est pas quand l'un des deux "
    "lecteurs n'a employé qu'un verdict, car il serait nul quoi que dise l'autre.",
    "Une réponse peut être vérifiée mot à mot et rester incomplète : le code contrôle que les "
    "textes disent ce qui est montré, non que rien ne manque.",
    "Les textes effacés à l'échéance de leur conservation, et les dossiers supprimés, ne sont plus "
    "comptés.",
    "Le rapport porte sur les réponses que son auteur peut voir ; les questions posées sur un "
    "dossier sont comptées et ne sont pas citées.",
)


def report(
    found: Figures,
    touched: Sequence[Touched],
    audit: AuditFacts,
    made: date,
    author: str,
) -> Paper:
    """The whole report; `author` is who asked for it."""
    first, last = day(found.period.first), day(found.period.last)
    by = f", établi par {author}" if author else ""
    about = f"Du {first} au {last}. Rapport du {day(made)}{by}."
    parts = (
        _summary(found, touched, audit),
        _figures(found),
        _gaps(found.gaps),
        sample_part(audit),
        disagreements_part(audit),
        _law(touched, audit),
        (PaperHeading("Limites de ce rapport"), Items(LIMITS)),
        proof_part(audit),
        signatures_part(audit, author),
        annex_part(audit),
    )
    return Paper(TITLE, about, made, tuple(block for part in parts for block in part))


def _summary(found: Figures, touched: Sequence[Touched], audit: AuditFacts) -> Iterator[Block]:
    yield PaperHeading("En bref")
    yield Items((*_sentences(found, touched), *_agreed(found, audit)))


def _agreed(found: Figures, audit: AuditFacts) -> Iterator[str]:
    if rate := found.agreements[Target.ANSWER].rate:
        left = sum(each.is_open for each in audit.disagreements)
        yield (
            f"Deux lecteurs donnent le même verdict, figé avant de voir celui de l'autre, à "
            f"{percent(rate.value)} des réponses lues deux fois, {said_interval(rate)} "
            f"({said_count(rate)}) ; {counted(left, 'désaccord reste', 'désaccords restent')} à "
            "arbitrer."
        )
    else:
        yield "Aucune réponse n'a été lue deux fois : l'accord n'est pas mesuré."


def _sentences(found: Figures, touched: Sequence[Touched]) -> Iterator[str]:
    people = counted(found.askers, "utilisateur", "utilisateurs")
    yield f"{counted(found.asked, 'question posée', 'questions posées')} par {people}."
    if ended := sum(found.outcomes.values()):
        without = found.outcomes[Outcome.ABSTAINED]
        yield f"{percent(without / ended)} sont restées sans réponse ({without} sur {ended})."
    yield from _judged(found)
    if found.seconds:
        half, most = found.seconds
        yield f"Délai médian {duration(half)}, 95 % des réponses en moins de {duration(most)}."
    if touched:
        left = sum(each.look is None for each in touched)
        yield (
            f"{counted(len(touched), 'réponse passée cite', 'réponses passées citent')} un texte "
            f"qui a changé depuis, dont {left} à regarder."
        )


def _judged(found: Figures) -> Iterator[str]:
    """What readers found: citations that support, and answers that are dangerous."""
    if good := found.judgements[Target.CITATION].good:
        yield (
            f"Citations relues qui soutiennent la phrase : {percent(good.value)}, "
            f"{said_interval(good)} ({said_count(good)})."
        )
    else:
        yield "Aucune citation n'a été relue : la précision n'est pas mesurée."
    dangerous = found.judgements[Target.ANSWER].dangerous
    if dangerous and dangerous.part:
        told = counted(dangerous.part, "réponse jugée dangereuse", "réponses jugées dangereuses")
        yield f"{told} sur {dangerous.whole} relues."


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
    peak = counted(most, "question", "questions")
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
        f"{counted(count, 'question', 'questions')} du périmètre sans réponse : des textes à "
        "ajouter, ou des mots à apprendre au glossaire."
    )
    rows = tuple(
        (gap.theme, _words(gap), str(len(gap.lines)), _example(gap)) for gap in found[:GAPS]
    )
    heads = ("Thème", "Mots communs", "Questions", "Exemple")
    yield PaperTable("Groupes les plus nombreux", heads, rows, (3, 3, 2, 6))


def _words(gap: Gap) -> str:
    if all(line.dossier for line in gap.lines):
        return UNQUOTED_WORDS
    return ", ".join(gap.shared) or "questions isolées"


def _example(gap: Gap) -> str:
    """The latest question that is not about a dossier."""
    told = (line.question for line in gap.lines if line.dossier is None)
    return next(told, UNQUOTED)


def outside_team(item: Item) -> Item:
    """An answer as it is counted beyond the team of its dossier: the theme names no piece."""
    if item.line.dossier is None or item.line.theme == OUT_OF_SCOPE:
        return item
    return replace(item, line=replace(item.line, theme=DOSSIERS))


def _law(touched: Sequence[Touched], audit: AuditFacts) -> Iterator[Block]:
    yield PaperHeading("Changements du droit et décisions")
    yield from decisions_part(audit)
    yield PaperHeading("Réponses touchées", 2)
    if not touched:
        yield Paragraph("Aucune réponse passée ne cite un texte qui a changé depuis.")
        return
    articles = tuple(
        dict.fromkeys((c.title, c.reference) for each in touched for c in each.changes)
    )
    counts = tuple(_article(title, reference, touched) for title, reference in articles)
    heads = ("Texte", "Réponses qui le citent", "Regardées", "À regarder")
    yield PaperTable("Textes changés et réponses qui les citent", heads, counts, (5, 2, 2, 2))


def _article(title: str, reference: str, touched: Sequence[Touched]) -> tuple[str, ...]:
    citing = [
        each
        for each in touched
        if any((c.title, c.reference) == (title, reference) for c in each.changes)
    ]
    looked = sum(each.look is not None for each in citing)
    counts = (len(citing), looked, len(citing) - looked)
    return ", ".join(filter(None, (title, reference))), *map(str, counts)


# The dashboard of a machine: figures of its recorded answers, and what the law touches of them.


class LocalDashboard:
    """The figures and the touched answers; several readers at once.

    Failures whose message is a French sentence for the reader are `AssistantError` or
    `IngestionError`. Looks are read on as the journal grows.
    """

    def __init__(
        self,
        home: Path,
        review: ReviewService,
        journal: Journal,
        clock: Callable[[], date] = date.today,
    ) -> None:
        """`review` says which answers a reader may see."""
        self._home = home
        self._review = review
        self._journal = journal
        self._clock = clock
        self._lock = Lock()
        self._last = -1
        self._looks: dict[str, TouchedLook] = {}

    def figures(self, reader: Identity, period: ActivityPeriod) -> Figures:
        """The figures of a period."""
        return figures(self._review.items(reader), period, self._review.sampling)

    def report(self, reader: Identity, period: ActivityPeriod) -> bytes:
        """The same as a PDF to be signed; that it was taken is in the journal, by its sha256.

        The journal is verified and anchored for it, and the paper has the anchor.
        """
        audit = self._audit(reader, period)
        told = map(outside_team, self._review.items(reader))
        found = figures(tuple(told), period, self._review.sampling)
        looked = self.touched(reader)
        with speaking(Language.FRENCH):
            content = as_pdf(report(found, looked, audit, self._clock(), reader.name))
        self._took(reader, period, "report", sha256=sha256(content).hexdigest())
        return content

    def _audit(self, reader: Identity, period: ActivityPeriod) -> AuditFacts:
        seen = [item for item in self._review.items(reader) if period.has(item.line.day)]
        sampling, done = self._review.sampling, progress(seen, self._review.sampling)
        anchor = self._journal.anchor(user=reader.user)
        return AuditFacts(
            sampling=sampling,
            drawn=drawn(reversed(seen), sampling),
            read=tuple(self._read(reader, item) for item in reversed(seen) if item.readers),
            pace=done.pace,
            disagreements=disagreements(seen),
            decisions=tuple(
                each
                for each in index_events(self._journal)
                if period.has(each.at.astimezone().date())
            ),
            installation=gather(self._home, load_settings(self._home), self._clock(), None),
            anchor=anchor,
            anchors=self._journal.anchored() if anchor else (),
            called=self._review.called,
        )

    def _read(self, reader: Identity, item: Item) -> ReadAnswer:
        shown = self._review.open(reader, item.line.record_id)
        return ReadAnswer(item, shown, frozen_of(item.seen_by(reader.user)))

    def table(self, reader: Identity, period: ActivityPeriod) -> bytes:
        """The same as CSV; that it was taken is in the journal."""
        self._took(reader, period, "figures")
        return csv_bytes(figures_table(self.figures(reader, period)))

    def touched(self, reader: Identity) -> tuple[Touched, ...]:
        """The answers that cite what has changed since, those to look at first."""
        self._read_on()
        return touched(self._review.items(reader), changes_since(self._home), self._looks)

    @property
    def generation(self) -> str:
        """The snapshot in use, whose changes are shown; raises UnknownSnapshot."""
        return current_name(self._home)

    def look(self, reader: Identity, record_id: str, generation: str) -> None:
        """Keep that a reader looked at one, as the texts of a snapshot touch it.

        Raises UnknownRecord, or UnknownSnapshot for one that is not kept.
        """
        self._review.item(reader, record_id)
        if generation not in finished(self._home):
            raise UnknownSnapshot(NOT_KEPT)
        body = look_body(record_id, generation)
        self._journal.append("review", body, user=reader.user)

    def _took(self, reader: Identity, period: ActivityPeriod, what: str, **told: str) -> None:
        days = {"since": period.first.isoformat(), "until": period.last.isoformat()}
        self._journal.append("export", {"what": what, **days, **told}, user=reader.user)

    def _read_on(self) -> None:
        """Take what the journal has beyond what was read; everything again when it forgot some."""
        with self._lock:
            news = [each for each in self._journal.read(max(self._last, 0)) if each[0] > self._last]
            looks = dict(self._looks)
            if self._last >= 0 and any(entry["kind"] in FORGETTING for _, entry in news):
                looks, news = {}, list(self._journal.read())
            for position, entry in news:
                self._last = position
                looks.update(self._looked(entry))
            self._looks = looks  # whole: who reads meanwhile sees those before

    def _looked(self, entry: Mapping[str, object]) -> Mapping[str, TouchedLook]:
        """The look that an entry tells, by the answer looked at."""
        body = self._journal.body(entry) if entry["kind"] == "review" else None
        if not body or body["act"] != LOOKED:
            return {}
        look = TouchedLook(str(entry.get("user", "")), moment(entry), body["generation"])
        return {body["record_id"]: look}
