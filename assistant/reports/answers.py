"""Answers on paper: what was asked, of which day, what was answered, its sources, its number. Pure.

The conversation of a page and the question of a command line are told in the same words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from assistant.answering.answer import Answer, Citation, Outcome, Prominence, marked
from assistant.reports.markup import Words, format_date
from assistant.reports.paper import Block, Items, Paper, PaperHeading, Paragraph
from assistant.retrieval.evidence import Evidence


@dataclass(frozen=True, slots=True)
class PaperAnswer:
    """An answer and what a reader of its paper has to know of it.

    `law` says what it was given from, and of which day; `evidence` has the reservations of what it
    cites; `ended` says how it ended, where it was not finished. `model`, `index` and `record_id`
    are empty where they are not known.
    """

    question: str
    law: tuple[str, ...]
    answer: Answer
    evidence: tuple[Evidence, ...] = ()
    ended: str = ""
    model: str = ""
    index: str = ""
    record_id: str = ""


def answers_paper(title: str, told: Sequence[PaperAnswer], made: date, said: Words) -> Paper:
    """The answers in their order, after what is to be known of them all."""
    blocks = [block for each in told for block in answer_blocks(each, said)]
    about = said["export_made"].format(date=format_date(said, made))
    return Paper(title, about, made, (Paragraph(said["export_notice"]), *blocks))


def answer_blocks(told: PaperAnswer, said: Words) -> Iterator[Block]:
    """One of them: the question, the line and its quotes, the sources, what was left out."""
    yield PaperHeading(" ".join(told.question.split()))
    yield Paragraph(" · ".join(told.law))
    yield from map(Paragraph, answer_lines(told.answer, said, told.ended))
    if sources := source_lines(told.answer.citations, told.evidence, said):
        yield PaperHeading(said["export_sources"], 2)
        yield Items(tuple(sources))
    if removed := told.answer.removed:
        yield PaperHeading(said["export_removed"], 2)
        yield Items(tuple(f"{each.text} ({each.reason})" for each in removed))
    if origin := origin_lines(told, said):
        yield PaperHeading(said["export_origin"], 2)
        yield Items(tuple(origin))


def origin_lines(told: PaperAnswer, said: Words) -> list[str]:
    """By what the answer was made, and the number under which it can be opened again."""
    lines = [
        told.record_id and said["record"].format(record=told.record_id),
        told.model and said["notice_model"].format(model=told.model),
        told.index and said["export_index"].format(index=told.index),
    ]
    return [line for line in lines if line]


def answer_lines(answer: Answer, said: Words, ended: str = "") -> list[str]:
    """The paragraphs of an answer, how it ended when not plainly, and what is folded."""
    aside = [marked(each) for each in answer.sentences if each.place is Prominence.ASIDE]
    shown = [marked(each) for each in answer.sentences if each.place is not Prominence.ASIDE]
    is_plain = ended or answer.outcome is Outcome.ANSWERED
    outcome = "" if is_plain else said[answer.outcome]
    lines = list(filter(None, [outcome, answer.preface, *shown, ended, answer.notice]))
    return [*lines, f"{said['aside']} :", *aside] if aside else lines


# What was quoted, and where it stands.


def source_lines(
    citations: Sequence[Citation], evidence: Sequence[Evidence], said: Words, known: str = ""
) -> list[str]:
    """One line for each passage: "[1] title, locator, in force since …: « quote », « quote »".

    A quote that stands in `known`, a text in one line, is left out; the reservations that the
    evidence has come last.
    """
    ordered = sorted(citations, key=lambda cited: (cited.n, cited.start))
    return [
        "".join([source_line(list(group), said, known), *map(aside, reservations(evidence, n))])
        for n, group in groupby(ordered, _number)
    ]


def reservations(evidence: Sequence[Evidence], number: int) -> tuple[str, ...]:
    """What is said to be unsure of the passage that is cited by a number."""
    return next((each.passage.notes for each in evidence if each.number == number), ())


def aside(note: str) -> str:
    """A note as it ends a line."""
    return f" ({note})"


def source_line(cited: Sequence[Citation], said: Words, known: str) -> str:
    """The line of one passage, by its citations in their order."""
    quotes = dict.fromkeys(" ".join(each.quote.split()) for each in cited)
    told = [said["export_quote"].format(quote=each) for each in quotes if each not in known]
    notes = dict.fromkeys(note for each in cited for note in readings(each, said))
    line = f"[{cited[0].n}] {', '.join(place(cited[0], said))}"
    line += f" : {', '.join(told)}" if told else ""
    return line + "".join(map(aside, notes))


def _number(cited: Citation) -> int:
    return cited.n


def readings(cited: Citation, said: Words) -> list[str]:
    """What is to be said of quoted words that no page simply writes."""
    keys = reading_labels(
        hidden=cited.hidden, recognised=cited.recognised, doubtful=bool(cited.doubts)
    )
    told = [said[key] for key in keys]
    return [*told[:-1], f"{told[-1]} : {', '.join(cited.doubts)}"] if cited.doubts else told


def reading_labels(*, hidden: bool, recognised: bool, doubtful: bool) -> tuple[str, ...]:
    """What is to be said of words that a page does not simply write, by the keys of words.toml."""
    told = {
        "of_hidden_text": hidden,
        "of_recognised_text": recognised,
        "of_doubtful_figure": doubtful,
    }
    return tuple(key for key, is_so in told.items() if is_so)


def place(cited: Citation, said: Words) -> list[str]:
    """Title, locator and beginning of validity, as far as known."""
    parts = [cited.title, cited.locator]
    if cited.valid_from:
        since = said["in_force_since"].format(start=format_date(said, cited.valid_from))
        parts.append(since[:1].lower() + since[1:])
    return [part for part in parts if part]
