"""The parts of the report that others check: the sample, disagreements, every answer read. Pure.

Questions about a dossier, and what is said of their answers, are counted and never quoted.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assistant.journal.chain import Anchor
from assistant.publishing.history import IndexEvent
from assistant.reports.answers import reservations
from assistant.reports.findings import NONE, capital, day, exact_percent, minutes
from assistant.reports.homologation_facts import InstallationFacts
from assistant.reports.markup import at, counted
from assistant.reports.paper import Block, Items, PaperHeading, PaperTable, Paragraph
from assistant.review.listing import SUPPORTS, outcome_label
from assistant.review.progress import ReaderDisagreement, ReadingPace
from assistant.review.readings import (
    COMPARED,
    LABELS,
    TARGETS,
    Place,
    Reading,
    ReviewMark,
    Target,
    frozen_of,
)
from assistant.review.recorded import Item, Recorded
from assistant.review.register import Sampling

MOST_DRAWN = 300
"""Answers drawn by lot that are told one by one."""

UNQUOTED = "posée sur un dossier, non citée"
LATE = "après coup (hors accord)"
"""Said of a reading beyond the two that are compared: its author may have seen both."""

SECRET = (
    "Lue une fois ; le verdict du premier lecteur reste caché à l'auteur du rapport, qui pourrait "
    "être le second."
)


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """An answer that was read, as it was kept, and the readings that the author may see."""

    item: Item
    shown: Recorded
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class AuditFacts:
    """What the report says beside the figures of its period.

    `drawn` fell to the lot, `read` were read, with `pace`. `anchor` was made for this report, None
    in an empty journal; `anchors` are all that there are. `called` is what a reader is told as.
    """

    sampling: Sampling
    drawn: tuple[Item, ...]
    read: tuple[ReadAnswer, ...]
    pace: ReadingPace | None
    disagreements: tuple[ReaderDisagreement, ...]
    decisions: tuple[IndexEvent, ...]
    installation: InstallationFacts
    anchor: Anchor | None
    anchors: tuple[Anchor, ...]
    called: Callable[[str], str]


# The sample: what fell to the lot, and what of it was read.


def sample_part(facts: AuditFacts) -> Iterator[Block]:
    """How answers are drawn, and each of them with its readers."""
    yield PaperHeading("Échantillon tiré et lu")
    sampling, read = facts.sampling, [each for each in facts.drawn if each.readers]
    yield Paragraph(
        f"Une réponse terminée est tirée si les huit premiers octets de sha256(« "
        f"{sampling.seed}:first:enregistrement »), lus comme un entier, sont inférieurs à "
        f"{exact_percent(sampling.rate)} de 2^64 ; une seconde lecture est demandée de même, avec "
        f"« second » et {exact_percent(sampling.second)}. Chacun peut refaire ce tirage."
    )
    yield Paragraph(
        f"{counted(len(facts.drawn), 'réponse tirée', 'réponses tirées')} au sort, dont "
        f"{counted(len(read), 'lue', 'lues')} ; en tout "
        f"{counted(len(facts.read), 'réponse lue', 'réponses lues')}, "
        "d'autres ayant été signalées, incertaines, touchées par un changement ou choisies. "
        f"{_pace(facts.pace)}"
    )
    rows = tuple(
        (f"{item.line.day:%d/%m/%Y}", _question(item), item.line.record_id, _readers(item, facts))
        for item in facts.drawn[:MOST_DRAWN]
    )
    heads = ("Posée le", "Question", "Enregistrement", "Lue par")
    if rows:
        yield PaperTable("Réponses tirées au sort", heads, rows, (2, 5, 3, 5))
    if (rest := len(facts.drawn) - len(rows)) > 0:
        yield Paragraph(f"Et {counted(rest, 'autre', 'autres')}, dans l'export CSV.")


def _pace(pace: ReadingPace | None) -> str:
    if pace is None:
        return "Aucune lecture n'a été chronométrée."
    timed = counted(pace.count, "lecture chronométrée", "lectures chronométrées")
    return f"Temps médian d'une lecture : {minutes(pace.seconds)} ({timed})."


def _question(item: Item) -> str:
    return UNQUOTED if item.line.dossier else item.line.question


def _readers(item: Item, facts: AuditFacts) -> str:
    found = (f"{facts.called(each.user)}, {_when(each)}" for each in frozen_of(item.readings))
    return "\n".join(found) or "non lue"


def _when(reading: Reading) -> str:
    return at(reading.at) if reading.at else NONE


# Disagreements: each with both frozen verdicts, and the decision.


def disagreements_part(facts: AuditFacts) -> Iterator[Block]:
    """What two readers judged differently, and what a third one has decided."""
    yield PaperHeading("Désaccords et arbitrages")
    found = facts.disagreements
    if not found:
        yield Paragraph("Aucun désaccord entre deux lecteurs d'une même réponse.")
        return
    left = sum(each.is_open for each in found)
    yield Paragraph(
        f"{counted(len(found), 'verdict diffère', 'verdicts diffèrent')} entre les deux premiers "
        f"lecteurs, {counted(len(found) - left, 'arbitré', 'arbitrés')} par un troisième et {left} "
        "à arbitrer. L'accord est calculé sur les verdicts figés ; un arbitrage n'y change rien."
    )
    numbers = {each.item.line.record_id: n for n, each in enumerate(facts.read, 1)}
    rows = tuple(
        (
            f"{numbers.get(each.item.line.record_id, NONE)}",
            _named(each.place),
            _frozen(each.first, each.place, facts),
            _frozen(each.second, each.place, facts),
            "\n".join(_decided(each, facts)) or "à arbitrer",
        )
        for each in found
    )
    heads = ("Annexe", "Sur", "Premier lecteur", "Second lecteur", "Arbitrage")
    yield PaperTable("Désaccords", heads, rows, (2, 2, 4, 4, 5))


def _named(place: Place) -> str:
    target, count = place
    return TARGETS[target] if target is Target.ANSWER else f"{TARGETS[target]} {count}"


def _frozen(reading: Reading, place: Place, facts: AuditFacts) -> str:
    return f"{_verdict(reading.frozen.get(place))}\n{facts.called(reading.user)}, {_when(reading)}"


def _verdict(mark: ReviewMark | None) -> str:
    return LABELS[mark.verdict] if mark and mark.verdict else NONE


def _decided(found: ReaderDisagreement, facts: AuditFacts) -> Iterator[str]:
    for each in found.arbitrations:
        reason = "" if found.item.line.dossier else f" : « {each.reason} »"
        yield f"{LABELS[each.verdict]}{reason}\n{facts.called(each.user)}, {at(each.at)}"


# The annex: every answer that was read, whole, with what readers found.


def annex_part(facts: AuditFacts) -> Iterator[Block]:
    """Each answer read, numbered from 1: what was said and cited, the verdicts, the comments."""
    yield PaperHeading("Annexe : les réponses lues")
    if not facts.read:
        yield Paragraph("Aucune réponse de ces jours n'a été lue.")
    for count, each in enumerate(facts.read, 1):
        yield PaperHeading(f"{count}. {capital(_question(each.item))}", 2)
        yield from _answer(each, facts)


def _answer(each: ReadAnswer, facts: AuditFacts) -> Iterator[Block]:
    line = each.item.line
    yield Paragraph(
        f"Posée le {at(line.at)}, droit au {day(line.as_of)} ; {outcome_label(each.item)}. "
        f"Enregistrement {line.record_id}, index {line.generation}, modèle {line.model}."
    )
    if line.dossier is None:
        yield from _said(each.shown)
    if not each.readings:
        yield Paragraph(SECRET)
        return
    yield _verdicts(each, facts)
    if line.dossier is None and (found := tuple(_comments(each, facts))):
        yield Paragraph("Commentaires :")
        yield Items(found)
    if changes := tuple(_changes(each, facts)):
        yield Paragraph("Changé après coup, hors accord :")
        yield Items(changes)
    for decided in each.item.arbitrations:
        reason = "" if line.dossier else f", « {decided.reason} »"
        yield Paragraph(
            f"Arbitrage de {facts.called(decided.user)} le {at(decided.at)}, "
            f"{_named(decided.place)} : {LABELS[decided.verdict]}{reason} (entrée {decided.entry})."
        )


def _said(shown: Recorded) -> Iterator[Block]:
    """The first line, the sentences, and the quotes with the places where they stand."""
    answer = shown.result.answer
    if answer.preface:
        yield Paragraph(answer.preface)
    sentences = tuple(
        (str(n), sentence.told, _marks_of(sentence.citations), SUPPORTS[sentence.support])
        for n, sentence in enumerate(answer.sentences, 1)
    )
    if sentences:
        caption = "Réponse, la première ligne d'abord" if answer.lead else "Réponse"
        heads = ("N°", "Texte", "Sources", "Soutien")
        yield PaperTable(caption, heads, sentences, (1, 9, 2, 2))
    if answer.notice:
        yield Paragraph(f"Dit par le programme : {answer.notice}")
    quotes = tuple(
        (
            str(n),
            f"[{each.n}] {each.title}, {each.locator}",
            "\n".join([f"« {each.quote} »", *reservations(shown.result.evidence, each.n)]),
        )
        for n, each in enumerate(answer.citations, 1)
    )
    if quotes:
        yield PaperTable("Citations", ("N°", "Endroit", "Mot à mot"), quotes, (1, 4, 9))


def _marks_of(citations: Sequence[int]) -> str:
    return " ".join(f"[{n}]" for n in citations)


def _verdicts(each: ReadAnswer, facts: AuditFacts) -> PaperTable:
    """A row a thing, a column a reader: the verdicts as they were frozen."""
    places = sorted({place for reading in each.readings for place in reading.frozen})
    heads = tuple(
        f"{facts.called(reading.user)}, {_when(reading)}, entrée {reading.entry}"
        f"{'' if is_blind else f', {LATE}'}"
        for reading, is_blind in with_blindness(each.readings)
    )
    rows = tuple(
        (_named(place), *(_verdict(reading.frozen.get(place)) for reading in each.readings))
        for place in places
    )
    return PaperTable("Verdicts figés", ("Sur", *heads), rows, (2, *(5 for _ in heads)))


def with_blindness(frozen: Sequence[Reading]) -> Iterator[tuple[Reading, bool]]:
    """Each with whether it was given before its author could see another: the two compared."""
    return ((reading, count < COMPARED) for count, reading in enumerate(frozen))


def _comments(each: ReadAnswer, facts: AuditFacts) -> Iterator[str]:
    for reading in each.readings:
        for place, mark in sorted(reading.frozen.items()):
            if mark.comment:
                yield f"{facts.called(reading.user)}, {_named(place)} : « {mark.comment} »"


def _changes(each: ReadAnswer, facts: AuditFacts) -> Iterator[str]:
    is_quoted = each.item.line.dossier is None
    for reading in each.readings:
        for change in reading.changes:
            said = f", « {change.after.comment} »" if is_quoted and change.after.comment else ""
            yield (
                f"{facts.called(reading.user)}, {at(change.at)}, {_named(change.after.place)} : "
                f"{_verdict(change.before)} → {_verdict(change.after)}{said} (entrée "
                f"{change.entry})"
            )
