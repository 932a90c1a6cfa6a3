"""A turn as HTML: the question, the answer with its marks, and what a reader can do with it."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.answering.answer import LineRole, Outcome, Prominence, Sentence
from assistant.citations.checker import Support
from assistant.ledger.addresses import drawing_address, figure_address
from assistant.ledger.query.plan import Population
from assistant.question.day import DaySource, is_of_untold_day
from assistant.question.language import Language, detect_language
from assistant.reports.answers import reading_labels
from assistant.reports.markup import (
    LEDGER,
    Explainer,
    Html,
    Words,
    count,
    format_date,
    law_of,
    load_words,
    render,
)
from assistant.retrieval.hierarchy import Rank, rank_of
from assistant.web.buyer.conversation import Conversation, Turn, TurnStage
from assistant.web.buyer.dossier_forms import name_of
from assistant.web.buyer.evidence_panel import law_link, panel
from assistant.web.buyer.export import answer_text, scope_line, stopped_line
from ingestion.chunking.passages import Passage
from ingestion.documents.pieces import PieceKind
from ingestion.tenders.dossiers import Dossier


def language_of(sentence: Sentence, question: str) -> Language:
    """French for the words of the texts, for others that of the question, in which ours are."""
    is_of_text = sentence.support in (Support.VERBATIM, Support.SUPPORTED)
    return Language.FRENCH if is_of_text else detect_language(question)


@dataclass(frozen=True, slots=True)
class ShownSentence:
    """A sentence and the passages that it cites, by number, as far as they are shown.

    What supports a sentence is said beside it, of quotes only beside the last of those that carry
    the answer, and the last of those that are folded, of others after the last of those that follow
    each other. `readings` are the keys of what is to be said of words that no page simply writes.
    `language` is what it is read aloud in, whatever that of the page. `where` is said above a quote
    of another passage than the one before, and above what an article says in our words.
    """

    sentence: Sentence
    cited: Mapping[int, Passage]
    is_of_tenderer: bool
    is_explanation: bool
    readings: Sequence[str]
    is_labelled: bool
    language: Language
    where: str = ""


def turn_html(turn: Turn, position: int, conversation: Conversation) -> Html:
    """A turn: question and answer on the left, evidence on the right. Pure."""
    language, turn_id = conversation.language, f"t{position}"
    said = load_words(language)
    is_reworded = turn.standalone.casefold() != turn.question.casefold()
    return render(
        "buyer/turn.html",
        said=said,
        lang=language,
        turn=turn,
        turn_id=turn_id,
        outcome=turn.answer.outcome if turn.stage is TurnStage.FINISHED else Outcome.ANSWERED,
        scope=scope_bar(turn, conversation, said),
        understood=turn.standalone if is_reworded else "",
        sentences=shown_sentences(turn),
        explain=Explainer(language),
        progress=progress(turn, said),
        supports=list(dict.fromkeys(each.support for each in turn.answer.sentences)),
        evidence=panel(turn, turn_id, said, language.value),
        **_ways_on(turn, said, language),
        **_taken_away(turn, said, conversation.dossiers),
    )


def _ways_on(turn: Turn, said: Words, language: Language) -> dict[str, object]:
    """From an answer: to the rows of its figure, to the cases to choose from, to decisions."""
    sheet, drawing = sheet_addresses(turn)
    rulings, rulings_address = rulings_line(turn, said, language)
    return {
        "sheet": sheet,
        "drawing": drawing,
        "choices": [
            _again(turn, each.label, question=each.question)
            for each in (turn.answer.choices if turn.settled else ())
        ],
        "rulings": rulings,
        "rulings_address": rulings_address,
    }


def _taken_away(turn: Turn, said: Words, dossiers: Sequence[Dossier]) -> dict[str, object]:
    """What is copied and what is read aloud of an answer, once it has something to use."""
    is_usable = turn.settled and bool(turn.answer.sentences or turn.record_id)
    spoken = spoken_pieces(turn) if is_usable else []
    return {
        "is_usable": is_usable,
        "copied": answer_text(turn, said, dossiers) if is_usable else "",
        "spoken": json.dumps(spoken, ensure_ascii=False) if spoken else "",
    }


def spoken_pieces(turn: Turn) -> list[tuple[Language, str]]:
    """What is read aloud of an answer, its line and what carries it, without marks or dashes.

    Each piece in its language.
    """
    preface, notice = turn.answer.preface, turn.answer.notice
    ours = detect_language(turn.question)
    shown = [
        (language_of(each, turn.question), each.told)
        for each in turn.answer.sentences
        if each.place is not Prominence.ASIDE
    ]
    pieces = [(ours, preface), *shown, (ours, notice)]
    told = ((language, _spoken(text)) for language, text in pieces)
    return [(language, text) for language, text in told if text]


def _spoken(text: str) -> str:
    lines = (line.removeprefix("- ").strip() for line in text.splitlines())
    return "\n".join(filter(None, lines))


def rulings_line(turn: Turn, said: Words, language: Language) -> tuple[str, str]:
    """How many decisions apply an article that is cited, and their address; "" for none. Pure."""
    if not turn.settled or (found := turn.case_law) is None:
        return "", ""
    number, small = found.count, said["small_numbers"].split()
    key = "rulings_applying_one" if number == 1 else "rulings_applying"
    in_words = small[number] if number < len(small) else str(number)
    told = said[key].format(count=in_words, article=found.article)
    address = law_link(found.article, turn.as_of, language.value)
    return told[:1].upper() + told[1:], f"{address}#rulings"


def shown_sentences(turn: Turn) -> list[ShownSentence]:
    """The sentences of an answer, in their order."""
    said = turn.answer.sentences
    last = {
        each.place: number for number, each in enumerate(said) if each.support is Support.VERBATIM
    }
    shown: list[ShownSentence] = []
    for number, each in enumerate(said):
        following = next(iter(said[number + 1 :]), None)
        if each.support is Support.VERBATIM:
            is_labelled = number in last.values() and each.place is not Prominence.LEAD
        else:
            is_labelled = following is None or _kind(following) != _kind(each)
        made = shown_sentence(each, turn, is_labelled=is_labelled)
        shown.append(replace(made, where=_where(made, shown[-1] if shown else None)))
    return shown


_NUMBERS_OF_HEADING = re.compile(
    r"^(?:(?:livre|titre|chapitre|section|sous-section|paragraphe|article) [\w.-]+|\d+(?:\.\d+)*)"
    r"\s*[:–.]\s*",
    re.IGNORECASE,
)
"""Those of a part of a text: the locator says them."""


def _where(shown: ShownSentence, before: ShownSentence | None) -> str:
    """Where a quote stands and under which heading; "" below another of the same passage.

    What a section of a sheet is about is a question, which its quote answers in a whole sentence.
    Above what an article says in words of ours that is said.
    """
    said = shown.sentence
    if said.role or said.place is Prominence.LEAD or len(shown.cited) != 1:
        return ""
    [passage] = shown.cited.values()
    if said.support is not Support.VERBATIM:
        return " · ".join([said.label, passage.locator]) if said.label else ""
    above = before.sentence if before is not None else None
    is_below = above is not None and above.place is said.place and not above.label
    if before is not None and is_below and before.cited.keys() == shown.cited.keys():
        return ""
    is_sheet = rank_of(passage) is Rank.SHEET
    heading = "" if is_sheet or not passage.headings else passage.headings[-1]
    named = "" if heading in said.text else _NUMBERS_OF_HEADING.sub("", heading)
    return " · ".join(filter(None, [passage.locator, named]))


def _kind(sentence: Sentence) -> tuple[Support, LineRole | None, bool]:
    """What sentences share that one label stands for: support, and where they are shown."""
    return sentence.support, sentence.role, sentence.place is Prominence.ASIDE


def shown_sentence(sentence: Sentence, turn: Turn, *, is_labelled: bool) -> ShownSentence:
    """A sentence with what is to be said of its passages."""
    passages = {each.number: each.passage for each in turn.evidence}
    citations = [each for each in turn.answer.citations if each.n in sentence.citations]
    cited = {n: passages[n] for n in sentence.citations if n in passages}
    return ShownSentence(
        sentence,
        cited,
        any(passage.piece is PieceKind.OFFER for passage in cited.values()),
        any(rank_of(passage) is Rank.SHEET for passage in cited.values()),
        reading_labels(
            hidden=any(each.hidden for each in citations),
            recognised=any(each.recognised for each in citations),
            doubtful=any(each.doubts for each in citations),
        ),
        is_labelled,
        language_of(sentence, turn.question),
    )


def sheet_addresses(turn: Turn) -> tuple[str, str]:
    """Where the rows of a figure of the ledger all are, and its drawing when it has several."""
    kinds = {each.passage.kind for each in turn.evidence} & LEDGER
    if not (kinds and turn.figure and turn.settled and turn.as_of):
        return "", ""
    asked = Population(kinds.pop()), turn.figure, turn.as_of
    is_drawn = sum(each.text.startswith("- ") for each in turn.answer.sentences) > 1
    return figure_address(*asked), drawing_address(*asked) if is_drawn else ""


def progress(turn: Turn, said: Words) -> str:
    """Where an unfinished turn is, or why it ended without an answer."""
    match turn.stage:
        case TurnStage.WAITING if turn.ahead:
            return count(said, "ahead", turn.ahead)
        case TurnStage.WAITING:
            return said["searching"]
        case TurnStage.STOPPED:
            return stopped_line(turn, said)
        case TurnStage.READING | TurnStage.INTERRUPTED:
            return said[turn.stage]
        case TurnStage.FINISHED | TurnStage.FAILED:
            return ""


# What an answer was given from, above it, and one click to ask it of something else.

TODAY = "today"
"""What stands for the day on which a question is asked again."""

AT_HAND = 3
"""Other dossiers that are one click away; more of them are folded."""


@dataclass(frozen=True, slots=True)
class AskAgain:
    """A button that asks the same question with something changed; script.js sends `asked`."""

    label: str
    asked: str
    folded: bool = False


def scope_bar(turn: Turn, conversation: Conversation, said: Words) -> Html:
    """The scope and the day of an answer, the dossier it may be about, and the ways to change."""
    told = [scope_line(turn, conversation.dossiers, said)]
    told += [_law(turn, turn.as_of, said)] if turn.as_of else []
    proposed = [_to_dossier(turn, each, said) for each in turn.proposed]
    return render(
        "buyer/scope_bar.html",
        said=said,
        told=told,
        proposed=proposed if turn.settled else [],
        ways=_ways(turn, conversation.dossiers, said) if turn.settled else [],
    )


def _law(turn: Turn, day: date, said: Words) -> str:
    """The day whose law is shown; that of today is said to be where another was meant."""
    is_of_today = turn.day_source is DaySource.TODAY and turn.dossier is None
    if is_of_today and is_of_untold_day(turn.question, day):
        return said["as_of_untold"].format(date=format_date(said, day))
    return law_of(said, day, turn.day_source)


def _ways(turn: Turn, dossiers: Sequence[Dossier], said: Words) -> list[AskAgain]:
    """To the scopes and the day that were not chosen; many dossiers stand between them, folded."""
    proposed = {each.id for each in turn.proposed}
    others = [each for each in dossiers if each.id != turn.dossier and each.id not in proposed]
    folded = len(others) > AT_HAND
    ways = [_again(turn, said["scope_to_rules"], dossier="")] if turn.dossier else []
    ways += [_to_dossier(turn, each, said, folded=folded) for each in others]
    if turn.as_of is not None and turn.day_source is not DaySource.TODAY:
        ways.append(_again(turn, said["scope_to_today"], as_of=TODAY))
    return ways


def _to_dossier(turn: Turn, dossier: Dossier, said: Words, *, folded: bool = False) -> AskAgain:
    label = said["scope_to_dossier"].format(name=name_of(dossier, said))
    return _again(turn, label, folded=folded, dossier=dossier.id)


def _again(turn: Turn, label: str, *, folded: bool = False, **changed: str) -> AskAgain:
    chosen = turn.as_of.isoformat() if turn.as_of and turn.day_source is DaySource.GIVEN else ""
    asked = {"question": turn.question, "dossier": turn.dossier or "", "as_of": chosen} | changed
    return AskAgain(label, json.dumps(asked), folded)
