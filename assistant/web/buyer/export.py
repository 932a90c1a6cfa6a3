"""A conversation on paper: plain text and Markdown, and DOCX (python-docx enters here only)."""

import io
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from docx import Document as WordDocument
from docx.document import Document as WordFile

from assistant.answering.answer import Citation, Outcome, Prominence, marked
from assistant.reports.markup import Words, format_date, load_words
from assistant.reports.paper import escape_markdown, strip_controls
from assistant.web.buyer.conversation import Conversation, Turn, TurnStage
from assistant.web.buyer.dossier_forms import name_of
from assistant.web.buyer.evidence_panel import LEDGER
from assistant.web.viewer import reading_labels
from ingestion.tenders.dossiers import Dossier


def answer_text(turn: Turn, said: Words) -> str:
    """The question, the answer with its marks, then its sources, to be put into a letter. Pure.

    Quoted words that the answer says are not said again beside their source.
    """
    lines = answer_lines(turn, said)
    parts = [f"{said['asked']} : {' '.join(turn.question.split())}", *lines]
    if sources := source_lines(turn.answer.citations, said, " ".join("\n".join(lines).split())):
        parts += [f"{said['export_sources']} :\n" + "\n".join(sources)]
    return "\n\n".join([*parts, " · ".join(law_lines(turn, said)), said["export_notice"]])


def answer_lines(turn: Turn, said: Words) -> list[str]:
    """The paragraphs of the answer, how it ended when not plainly, and what is folded. Pure."""
    sentences = turn.answer.sentences
    aside = [marked(each) for each in sentences if each.place is Prominence.ASIDE]
    preface = [turn.answer.preface] if turn.answer.preface else []
    lines = preface + [marked(each) for each in sentences if each.place is not Prominence.ASIDE]
    if turn.stage is TurnStage.FINISHED:
        if turn.answer.outcome is not Outcome.ANSWERED:
            lines.insert(0, said[turn.answer.outcome])
    else:
        is_stopped = turn.stage is TurnStage.STOPPED
        ended = stopped_line(turn, said) if is_stopped else said["interrupted"]
        lines.append(turn.problem or ended)
    lines += [turn.answer.notice] if turn.answer.notice else []
    return [*lines, f"{said['aside']} :", *aside] if aside else lines


def stopped_line(turn: Turn, said: Words) -> str:
    """That the reader stopped it, and what is worth what stands there. Pure."""
    return said["stopped" if turn.answer.sentences else "stopped_before"]


def law_lines(turn: Turn, said: Words) -> list[str]:
    """What was asked, and of which day, where it was known. Pure."""
    day = [said["as_of"].format(date=format_date(said, turn.as_of))] if turn.as_of else []
    return [scope_line(turn, (), said), *day]


def scope_line(turn: Turn, dossiers: Iterable[Dossier], said: Words) -> str:
    """What an answer was given from, in words. Pure."""
    if turn.dossier:
        names = {each.id: name_of(each, said) for each in dossiers}
        return said["scope_dossier"].format(name=names.get(turn.dossier, turn.dossier))
    if any(each.passage.ruling for each in turn.evidence):
        return said["scope_rulings"]
    is_counted = any(each.passage.kind in LEDGER for each in turn.evidence)
    return said["scope_ledger" if is_counted else "scope_rules"]


def source_lines(citations: Sequence[Citation], said: Words, known: str = "") -> list[str]:
    """One line for each passage: "[1] title, locator, in force since …: « quote », « quote »".

    A quote that stands in `known`, a text in one line, is left out. Pure.
    """
    ordered = sorted(citations, key=lambda cited: (cited.n, cited.start))
    return [source_line(list(group), said, known) for _, group in groupby(ordered, _number)]


def source_line(cited: Sequence[Citation], said: Words, known: str) -> str:
    """The line of one passage, by its citations in their order. Pure."""
    quotes = dict.fromkeys(" ".join(each.quote.split()) for each in cited)
    told = [said["export_quote"].format(quote=each) for each in quotes if each not in known]
    notes = dict.fromkeys(note for each in cited for note in readings(each, said))
    line = f"[{cited[0].n}] {', '.join(place(cited[0], said))}"
    line += f" : {', '.join(told)}" if told else ""
    return line + "".join(f" ({note})" for note in notes)


def _number(cited: Citation) -> int:
    return cited.n


def readings(cited: Citation, said: Words) -> list[str]:
    """What is to be said of quoted words that no page simply writes. Pure."""
    keys = reading_labels(
        hidden=cited.hidden, recognised=cited.recognised, doubtful=bool(cited.doubts)
    )
    told = [said[key] for key in keys]
    return [*told[:-1], f"{told[-1]} : {', '.join(cited.doubts)}"] if cited.doubts else told


def place(cited: Citation, said: Words) -> list[str]:
    """Title, locator and beginning of validity, as far as known. Pure."""
    parts = [cited.title, cited.locator]
    if cited.valid_from:
        since = said["in_force_since"].format(start=format_date(said, cited.valid_from))
        parts.append(since[:1].lower() + since[1:])
    return [part for part in parts if part]


def as_markdown(conversation: Conversation, made: date) -> str:
    """The whole conversation in Markdown; what looks like Markdown or HTML in it stays text."""
    said = load_words(conversation.language)
    parts = [
        f"# {said['export_title']}",
        said["export_made"].format(date=format_date(said, made)),
        f"> {said['export_notice']}",
    ]
    for turn in conversation.turns:
        parts += [
            f"## {escape_markdown(' '.join(turn.question.split()))}",
            *(f"*{line}*" for line in law_lines(turn, said)),
            *(escape_markdown(line) for line in answer_lines(turn, said)),
        ]
        if turn.answer.citations:
            sources = source_lines(turn.answer.citations, said)
            parts += [
                f"**{said['export_sources']}**",
                "\n".join(f"- {escape_markdown(s)}" for s in sources),
            ]
        if turn.answer.removed:
            left_out = (
                f"- ~~{escape_markdown(r.text)}~~ ({escape_markdown(r.reason)})"
                for r in turn.answer.removed
            )
            parts += [f"**{said['export_removed']}**", "\n".join(left_out)]
        if turn.record_id:
            parts.append(f"*{said['record'].format(record=turn.record_id)}*")
    return "\n\n".join(parts) + "\n"


def as_docx(conversation: Conversation, made: date) -> bytes:
    """The whole conversation as a Word file."""
    said = load_words(conversation.language)
    file = WordDocument()
    file.add_heading(said["export_title"], level=0)
    file.add_paragraph(said["export_made"].format(date=format_date(said, made)))
    file.add_paragraph(said["export_notice"], style="Intense Quote")
    for turn in conversation.turns:
        add_turn(file, turn, said)
    written_file = io.BytesIO()
    file.save(written_file)
    return written_file.getvalue()


def add_turn(file: WordFile, turn: Turn, said: Words) -> None:
    """A question, its answer, its sources, and what was left out."""
    file.add_heading(strip_controls(turn.question), level=1)
    for line in law_lines(turn, said):
        file.add_paragraph(line, style="Subtitle")
    for line in answer_lines(turn, said):
        file.add_paragraph(strip_controls(line))
    if turn.answer.citations:
        file.add_heading(said["export_sources"], level=2)
        for source in source_lines(turn.answer.citations, said):
            file.add_paragraph(strip_controls(source), style="List Bullet")
    if turn.answer.removed:
        file.add_heading(said["export_removed"], level=2)
        for left_out in turn.answer.removed:
            paragraph = file.add_paragraph(style="List Bullet")
            paragraph.add_run(strip_controls(left_out.text)).font.strike = True
            paragraph.add_run(f" ({strip_controls(left_out.reason)})")
    if turn.record_id:
        file.add_paragraph(said["record"].format(record=turn.record_id)).style = "Caption"
