"""`sourcier ask`: one question, one answer with its sources. Door of rich, for this command."""

from datetime import date
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text
from typer import Context

from assistant.answering.answer import Citation, Outcome, TurnResult
from assistant.answering.notices import addressed_in
from assistant.answering.record import contract
from assistant.cli.actions import Actions
from assistant.cli.options import (
    AS_DOCX,
    AS_JSON,
    Terminal,
    argument,
    called,
    day_of_law,
    one_of,
    option,
    print_json,
    question_text,
)
from assistant.identity import ALONE
from assistant.journal.journal import Journal
from assistant.question.day import DaySource, is_of_untold_day
from assistant.question.language import Language, detect_language
from assistant.reports.markup import law_of, load_words, scope_of
from assistant.retrieval.hierarchy import RANK_LABELS, rank_of
from assistant.settings import load_settings
from ingestion.durable import replace_bytes

ANSWERED, ABSTAINED = 0, 3


app = Actions()


DAY = day_of_law("--as-of", "celui que nomme la question, sinon aujourd'hui")
LANGUAGE = option(
    "--lang fr|en", "langue de la réponse (défaut : celle de la question)", one_of(Language)
)


@app.action("ask")
def _ask(
    ctx: Context,
    question: str = argument("question", "en français ou en anglais", question_text),
    as_json: bool = AS_JSON,
    as_of: date | None = DAY,
    dossier: str | None = option("--dossier ID", "interroge aussi ce dossier de marché"),
    docx: Path | None = AS_DOCX,
    language: Language | None = LANGUAGE,
) -> int:
    """Ask, show or write the answer; the exit code says whether there is one."""
    with Terminal(is_stderr=True).status("Chargement des modèles…"):
        from assistant.container import load_assistant  # the models take seconds to import
        from assistant.evaluation.runs import run_turn

        assistant = load_assistant(ctx.obj, load_settings(ctx.obj))
        result = run_turn(assistant, question, as_of, dossier, language)
    if docx:
        _write(docx, result, language or detect_language(question), assistant.journal)
    if as_json:
        print_json(contract(result))
    elif docx:
        Terminal().print(Text(f"Réponse écrite : {docx}"), soft_wrap=True)
    else:
        _show(Terminal(), result)
    return ABSTAINED if result.answer.outcome is Outcome.ABSTAINED else ANSWERED


def _show(console: Console, result: TurnResult) -> None:
    # Documents are shown as Text: rich reads "[…]" in a plain string as one of its own marks.
    scope = scope_of(load_words(Language.FRENCH), result.evidence, result.dossier)
    console.print(Text(f"{scope} · droit au {result.as_of:%d/%m/%Y}", style="dim"))
    for dossier in result.proposed:
        told = (
            f"Cette question semble porter sur le dossier {called(dossier)}, qui n’a pas été "
            f"consulté ; pour l’interroger : --dossier {dossier.id}"
        )
        console.print(Text(told, style="yellow"))
    console.print(Padding(Markdown(result.answer.markdown), (1, 0)))
    for citation in result.answer.citations:
        console.print(_quoted(result, citation))
    for item in () if result.answer.citations else result.evidence:
        console.print(Text(f"  {item.number}. {item.passage.locator}", style="dim"))
    ending = (
        f"droit au {result.as_of:%d/%m/%Y}{_found_in(result)} · {result.seconds.total:.1f} s · "
        f"index {result.generation} · enregistrement {result.record_id}"
    )
    console.print(Text(ending, style="dim"))


def _found_in(result: TurnResult) -> str:
    """Where the day of the law was found, "" where it was given or is that of today."""
    is_of_today = result.day_source is DaySource.TODAY and result.dossier is None
    if is_of_today and is_of_untold_day(result.question, result.as_of):
        return " (celui d'aujourd'hui ; la question ne dit pas de quel jour elle parle : --as-of)"
    return _FOUND_IN.get(result.day_source, "")


def _quoted(result: TurnResult, citation: Citation) -> Panel:
    """The words that are cited, where they stand, and what is to be known of them."""
    passage = next(each.passage for each in result.evidence if each.number == citation.n)
    label = f" · {RANK_LABELS[Language.FRENCH][rank]}" if (rank := rank_of(passage)) else ""
    hidden = " · texte que la page ne montre pas" if citation.hidden else ""
    read = " · lu par reconnaissance de caractères" if citation.recognised else ""
    title = Text(f"[{citation.n}] {citation.locator}{label}{hidden}{read}")
    doubts = (f"Chiffre lu avec doute, vérifiez sur l’image : {d}" for d in citation.doubts)
    notes = (*passage.notes, *addressed_in(passage, Language.FRENCH))
    quote = Text("\n\n".join([citation.quote, *doubts, *notes]))
    return Panel(quote, title=title, title_align="left", border_style="dim")


_FOUND_IN = {
    DaySource.QUESTION: " (jour nommé dans la question ; autre jour : --as-of)",
    DaySource.DOSSIER: " (jour d'envoi de l'avis du dossier ; autre jour : --as-of)",
}


def _write(file: Path, result: TurnResult, language: Language, journal: Journal) -> None:
    """Write the answer into a Word file, and put that on record."""
    replace_bytes(file, _on_paper(result, language))
    told = {"what": "answer", "format": "docx", "records": [result.record_id]}
    journal.append("export", told, user=ALONE.user)


def _on_paper(result: TurnResult, language: Language) -> bytes:
    """The answer as a Word file."""
    from assistant.reports.answers import PaperAnswer, answers_paper
    from assistant.reports.paper import as_docx  # what draws takes a while to import

    said = load_words(language)
    told = PaperAnswer(
        question=result.question,
        law=(
            scope_of(said, result.evidence, result.dossier),
            law_of(said, result.as_of, DaySource.GIVEN),
        ),
        answer=result.answer,
        evidence=result.evidence,
        model=result.model,
        index=result.generation,
        record_id=result.record_id,
    )
    return as_docx(answers_paper(said["export_answer_title"], [told], date.today(), said))
