"""Notices: what the program says in its own name, in the language of the question. Pure."""

import tomllib
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from assistant.answering.answer import Citation
from assistant.errors import EngineFailure, ModelStopped
from assistant.llm.language_model import EngineUse
from assistant.question.day import in_figures
from assistant.question.language import Language
from assistant.retrieval.answerability import Answerability
from assistant.retrieval.evidence import Evidence
from assistant.retrieval.injections import addressed
from assistant.tenders.fiche import FicheLine
from assistant.tenders.general_clauses import AppliedText
from ingestion.chunking.passages import Passage
from ingestion.documents.document import Kind
from ingestion.documents.general_clauses import GeneralText
from ingestion.index.question_bank import Elsewhere

KNOWN_AHEAD = timedelta(days=365)
"""How long after they were read the rules are told for a day ahead without doubt: a choice of ours,
below the two years for which the thresholds of procedures are set."""


@cache
def _notices() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def notice(name: str, language: Language, *values: object, **named: object) -> str:
    """A sentence of `notices.toml` with its values."""
    return _notices()[name][language].format(*values, **named)


def _quoted(language: Language, parts: Sequence[str]) -> str:
    return ", ".join(notice("quoted", language, part) for part in parts)


def not_translated(language: Language, failure: Exception) -> str:
    """That the model did not put the question into French, and what to do."""
    return _unread(language, failure, "not_translated")


def not_written(language: Language, failure: Exception) -> str:
    """That the model did not end what it was saying of the quotes, and what to do."""
    return _unread(language, failure, "not_written")


def _unread(language: Language, failure: Exception, consequence: str) -> str:
    match failure:
        case EngineFailure():
            name = "cut_there"
        case ModelStopped():
            name = "stopped"
        case _:
            name = "unavailable"
    return notice(name, language, notice(consequence, language), failure)


def read_elsewhere(language: Language, use: EngineUse, *, with_quotes: bool) -> str:
    """Where the question went, with what is quoted or alone, and whether it was read there.

    `with_quotes` says whether the last request of the turn held them. What went wrong is in the
    record, for the administrator.
    """
    quotes_went = with_quotes and use.is_last_sent
    if not use.sent:
        name = "kept_here"
    elif use.problem:
        name = "not_written_there" if quotes_went else "failed_there"
    else:
        name = "written_there" if quotes_went else "read_there"
    return notice(name, language, host=use.host, model=use.model)


def not_found(
    language: Language, passages: int, state_date: date | None, elsewhere: Elsewhere | None
) -> str:
    """Why there is no answer: what was searched, and where to look instead, as far as is known."""
    state = notice("state", language, state_date) if state_date else ""
    if elsewhere is None:
        return notice("not_found", language, passages=passages, state=state)
    place = notice(f"elsewhere_{elsewhere.name.lower()}", language)
    return notice("not_found_here", language, passages=passages, state=state, place=place)


def not_found_of(language: Language, parts: Sequence[str]) -> str:
    """Which questions of several the answer leaves open; the parts are in French as searched."""
    return notice("not_found_of", language, _quoted(language, parts))


def open_points(language: Language, points: Sequence[str]) -> str:
    """Which points of a question no sentence of ours answers, in its words: the quotes may."""
    return notice("open_points", language, _quoted(language, points))


def untold_of(language: Language, day: date, parts: Sequence[str]) -> str:
    """That the law of a day is not kept here, on some questions of several where they are given."""
    about = notice("about_parts" if parts else "about_this", language, _quoted(language, parts))
    return notice("untold_of", language, day=in_figures(day, language), about=about)


def of_unknown_days(language: Language, cited: Sequence[Evidence], as_of: date) -> str:
    """That cited texts were right later than the day asked about, and maybe not yet that day.

    A text whose first day is known was the law since; nothing is to be said of it.
    """
    unsure = {
        item.number: item.passage.state_date
        for item in cited
        if item.passage.valid_from is None
        and item.passage.state_date is not None
        and item.passage.state_date > as_of
    }
    if not unsure:
        return ""
    later, day = (in_figures(each, language) for each in (max(unsure.values()), as_of))
    marks = _marks(unsure)
    return notice("of_unknown_days", language, marks=marks, later=later, day=day)


def addressed_in(passage: Passage, language: Language) -> tuple[str, ...]:
    """What is to be said beside a passage of each of its sentences that speak to a machine."""
    found = addressed(passage.text)
    return tuple(
        notice("addressed", language, passage.text[span.start : span.end]) for span in found
    )


def disputed_by(item: Evidence, language: Language) -> tuple[str, ...]:
    """What is to be said beside a sheet of each figure that its articles do not state."""
    return tuple(
        notice("disputed", language, each.figure, ", ".join(each.articles))
        for each in item.disputed
    )


def uncertain(language: Language, nearest: Passage) -> str:
    """That the quotes may not answer, and on what subject the nearest passage is.

    A heading that names its articles says where it stands.
    """
    subject = nearest.headings[-1] if nearest.headings else nearest.title
    is_named = any(reference in subject for reference in nearest.references)
    where = "" if is_named else f"{nearest.locator}, "
    return notice("uncertain", language, where=where, subject=subject)


def doubt_of(found: Answerability, language: Language, nearest: Passage) -> str:
    """What to say above the quotes where they may not answer, or not the whole; else nothing."""
    if found is Answerability.DOUBTFUL:
        return uncertain(language, nearest)
    return notice("left_open", language) if found is Answerability.IN_PART else ""


def disagreeing(language: Language, line: FicheLine) -> str:
    """That pieces of a dossier give different values on a subject, where, and which prevails."""
    places = ", ".join(dict.fromkeys(entry.passage.locator for entry in line.entries))
    return notice("disagreeing", language, label=line.label, remark=line.remark, places=places)


def all_derogations(language: Language, made: Sequence[tuple[str, str, Sequence[str]]]) -> str:
    """The derogations of a dossier: the piece, its article and those that it derogates from."""
    told = (
        notice("derogation", language, piece, own, ", ".join(general))
        for piece, own, general in made
    )
    return notice("derogations", language, " ; ".join(told))


def referred_to(
    language: Language,
    applied: Sequence[AppliedText],
    asked: Sequence[GeneralText],
    indexed: frozenset[GeneralText],
) -> str:
    """Which CCAG a dossier refers to, and which ones were `asked` about that it does not."""
    if not applied:
        return notice("no_general", language)
    said = [notice("refers", language, applied=each.describe()) for each in applied]
    if any(not each.is_known for each in applied):
        said.append(notice("unknown_edition", language))
    elif not indexed.issuperset(each.text for each in applied):
        said.append(notice("not_indexed", language))
    foreign = [each for each in asked if not any(each.includes(one.text) for one in applied)]
    if foreign:
        others = ", ".join(map(str, foreign))
        said.append(notice("other_general", language, other=others))
    return " ".join(said)


def concealed(language: Language, citations: Sequence[Citation]) -> str:
    """That words are quoted which the reader of the document's pages does not see."""
    numbers = dict.fromkeys(each.n for each in citations if each.hidden)
    return notice("hidden", language, _marks(numbers)) if numbers else ""


def doubted(language: Language, citations: Sequence[Citation]) -> str:
    """That figures are quoted which were read from a picture with little confidence."""
    figures = dict.fromkeys((each.n, doubt) for each in citations for doubt in each.doubts)
    said = ", ".join(f"« {' '.join(figure.split())} » [{number}]" for number, figure in figures)
    return notice("doubted", language, said) if figures else ""


def remarks(
    language: Language, cited: Sequence[Evidence], as_of: date, indexed: date | None
) -> str:
    """What the reader should know about the cited passages: language, age, certainty.

    Rules `indexed` as of an earlier day than the one asked about may have changed since.
    """
    said = []
    if language is Language.ENGLISH:
        said.append(notice("french_sources", language))
    if indexed and indexed < as_of and any(item.passage.kind is Kind.RULES for item in cited):
        said.append(notice("older", language, in_figures(indexed, language)))
    if reserved := [item.number for item in cited if item.passage.notes]:
        said.append(notice("reserved", language, _marks(reserved)))
    if planted := [item.number for item in cited if addressed(item.passage.text)]:
        said.append(notice("carries_addressed", language, _marks(planted)))
    under = [
        item.number for item in cited if any(each.is_under_picture for each in item.passage.hidden)
    ]
    if under:
        said.append(notice("under_picture", language, _marks(under)))
    if recognised := [item.number for item in cited if item.passage.recognised]:
        said.append(notice("recognised", language, _marks(recognised)))
    return " ".join(said)


def foreseen(
    language: Language, cited: Sequence[Evidence], as_of: date, indexed: date | None
) -> str:
    """That the rules cited may have changed by the day asked about, long after they were read."""
    is_of_rules = any(item.passage.kind is Kind.RULES for item in cited)
    if indexed is None or not is_of_rules or as_of <= indexed + KNOWN_AHEAD:
        return ""
    state, day = in_figures(indexed, language), in_figures(as_of, language)
    return notice("foreseen", language, state=state, day=day)


def _marks(numbers: Iterable[int]) -> str:
    return " ".join(f"[{number}]" for number in numbers)
