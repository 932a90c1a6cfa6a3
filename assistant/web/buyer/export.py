"""A conversation, or one of its answers, on paper: plain text, Markdown and Word."""

from collections.abc import Iterable, Iterator
from datetime import date

from assistant.reports import answers
from assistant.reports.answers import source_lines
from assistant.reports.markup import Words, format_date, load_words, scope_of
from assistant.reports.paper import as_docx as paper_docx
from assistant.reports.paper import escape_markdown
from assistant.web.buyer.conversation import Conversation, Turn, TurnStage
from assistant.web.buyer.dossier_forms import name_of
from ingestion.tenders.dossiers import Dossier


def answer_text(turn: Turn, said: Words, dossiers: Iterable[Dossier] = ()) -> str:
    """The question, the answer with its marks, then its sources, to be put into a letter. Pure.

    Quoted words that the answer says are not said again beside their source.
    """
    lines = answer_lines(turn, said)
    parts = [f"{said['asked']} : {' '.join(turn.question.split())}", *lines]
    known = " ".join("\n".join(lines).split())
    if sources := source_lines(turn.answer.citations, turn.evidence, said, known):
        parts += [f"{said['export_sources']} :\n" + "\n".join(sources)]
    return "\n\n".join([*parts, " · ".join(law_lines(turn, said, dossiers)), said["export_notice"]])


def answer_lines(turn: Turn, said: Words) -> list[str]:
    """The paragraphs of the answer, how it ended when not plainly, and what is folded. Pure."""
    return answers.answer_lines(turn.answer, said, ended_line(turn, said))


def ended_line(turn: Turn, said: Words) -> str:
    """Why a turn ended before its answer was finished, "" for one that was. Pure."""
    if turn.stage is TurnStage.FINISHED:
        return ""
    is_stopped = turn.stage is TurnStage.STOPPED
    return turn.problem or (stopped_line(turn, said) if is_stopped else said["interrupted"])


def stopped_line(turn: Turn, said: Words) -> str:
    """That the reader stopped it, and what is worth what stands there. Pure."""
    return said["stopped" if turn.answer.sentences else "stopped_before"]


def law_lines(turn: Turn, said: Words, dossiers: Iterable[Dossier] = ()) -> list[str]:
    """What was asked, and of which day, where it was known. Pure."""
    day = [said["as_of"].format(date=format_date(said, turn.as_of))] if turn.as_of else []
    return [scope_line(turn, dossiers, said), *day]


def scope_line(turn: Turn, dossiers: Iterable[Dossier], said: Words) -> str:
    """What an answer was given from, in words. Pure."""
    names = {each.id: name_of(each, said) for each in dossiers}
    return scope_of(said, turn.evidence, turn.dossier and names.get(turn.dossier, turn.dossier))


def as_markdown(conversation: Conversation, made: date) -> str:
    """The whole conversation in Markdown; what looks like Markdown or HTML in it stays text."""
    said = load_words(conversation.language)
    parts = [
        f"# {said['export_title']}",
        said["export_made"].format(date=format_date(said, made)),
        f"> {said['export_notice']}",
    ]
    for turn in conversation.turns:
        parts += _in_markdown(turn, conversation.dossiers, said)
    return "\n\n".join(parts) + "\n"


def _in_markdown(turn: Turn, dossiers: Iterable[Dossier], said: Words) -> Iterator[str]:
    yield f"## {escape_markdown(' '.join(turn.question.split()))}"
    yield from (f"*{escape_markdown(line)}*" for line in law_lines(turn, said, dossiers))
    yield from map(escape_markdown, answer_lines(turn, said))
    if sources := source_lines(turn.answer.citations, turn.evidence, said):
        yield f"**{said['export_sources']}**"
        yield "\n".join(f"- {escape_markdown(each)}" for each in sources)
    if removed := turn.answer.removed:
        yield f"**{said['export_removed']}**"
        yield "\n".join(
            f"- ~~{escape_markdown(each.text)}~~ ({escape_markdown(each.reason)})"
            for each in removed
        )
    if turn.record_id:
        yield f"*{said['record'].format(record=turn.record_id)}*"


def as_docx(conversation: Conversation, made: date) -> bytes:
    """The whole conversation as a Word file."""
    said = load_words(conversation.language)
    told = [on_paper(turn, conversation.dossiers, said) for turn in conversation.turns]
    return paper_docx(answers.answers_paper(said["export_title"], told, made, said))


def answer_docx(turn: Turn, dossiers: Iterable[Dossier], made: date, said: Words) -> bytes:
    """One answer as a Word file."""
    told = [on_paper(turn, dossiers, said)]
    return paper_docx(answers.answers_paper(said["export_answer_title"], told, made, said))


def on_paper(turn: Turn, dossiers: Iterable[Dossier], said: Words) -> answers.PaperAnswer:
    """A turn as its paper tells it. Pure."""
    return answers.PaperAnswer(
        question=turn.question,
        law=tuple(law_lines(turn, said, dossiers)),
        answer=turn.answer,
        evidence=turn.evidence,
        ended=ended_line(turn, said),
        model=turn.model,
        index=turn.generation,
        record_id=turn.record_id,
    )
