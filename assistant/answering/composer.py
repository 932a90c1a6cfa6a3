"""Composer: from the evidence of a turn to what it says, event by event.

In this order: what can be calculated, what the question wrongly takes for granted, what the texts
say on each of its subjects, what contradicts them, and what the reader should know.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial

from assistant.answering.answer import Choice, Event, LineRole, Prominence
from assistant.answering.card import LABELS, Card
from assistant.answering.closing import absence, asked_together, referred, waiting
from assistant.answering.computation import calculate_answer
from assistant.answering.context import besides, in_their_lists, under_headings
from assistant.answering.derogation import Derogating
from assistant.answering.extraction import Draft, statements
from assistant.answering.leading import led
from assistant.answering.notices import (
    concealed,
    disagreeing,
    doubted,
    not_found_of,
    notice,
    of_unknown_days,
    remarks,
    untold_of,
)
from assistant.answering.premises import ground, is_near, premise_of, statement
from assistant.answering.prepared import PreparedAnswer
from assistant.answering.reading import EvidenceReading, PartRead
from assistant.answering.stages import Stage
from assistant.answering.state import TurnState
from assistant.answering.stating import BESIDE_STATED, differing_pieces, say_stated
from assistant.calculators.catalogue import Asked, Missing
from assistant.calculators.constants import IndexedLaw, Rates
from assistant.calculators.procedure import ProcedureAsked
from assistant.calculators.requests import calculator_of, parse_calculation
from assistant.citations.comparison import FigureComparison
from assistant.law.changes import (
    TextDays,
    changes,
    days_of_text,
    describe_change,
    describe_days,
)
from assistant.law.contradictions import Conflict, conflicts, explained
from assistant.question.clarification import missing_fact
from assistant.question.language import Language
from assistant.question.rewriting import asks_several, keeps_all_figures
from assistant.retrieval.candidates import in_force
from assistant.retrieval.evidence import Evidence, Subquestion, is_among_first
from assistant.retrieval.ranking import Tuning
from ingestion.chunking.passages import Passage
from ingestion.index.search import Embedder, PassageReader


class Answering:
    """Answers one turn from its evidence; `quoted` is what it quotes, once it has."""

    def __init__(
        self,
        turn: TurnState,
        embedder: Embedder,
        reader: PassageReader | None,
        rates: Callable[[], Rates],
        tuning: Tuning,
    ) -> None:
        """`rates` is only read for a calculation; `tuning` is that of the embedder."""
        self._turn = turn
        self._embedder = embedder
        self._rates = rates
        self._tuning = tuning
        self._reading = EvidenceReading(turn, embedder, reader, tuning)
        self._judged = cache(self._reading.judged_procedure)
        self._derogating = Derogating(turn, embedder)
        self._asked: Asked | Missing | None = None
        self._asks_back = ""
        self._asks_more = False
        self._cautions: tuple[str, ...] = ()
        self._card = Card(embedder, turn.language, turn.scope.as_of)
        self._dated: TextDays | None = None
        self.quoted: list[Draft] = []

    def say(self) -> Iterator[Event]:
        """What the texts say, and what is calculated on them."""
        if self._turn.scope.dossier is None:
            yield from self._calculate()
            if not self._is_answered:
                yield from self._correct()
        if self._is_answered:
            return  # corrected or calculated: near passages would only stand beside the answer
        yield from self._derogating.listed(self._turn.standalone)
        for part in self._turn.parts:
            if not self._is_calculated(part):
                yield from self._quote(part)

    def _is_calculated(self, part: Subquestion) -> bool:
        """Whether what is asked of a subject is what was calculated of the whole question."""
        if self._turn.route != "calculation" or self._asked is None:
            return False
        asked = self._parsed(part.question)
        return asked is not None and calculator_of(asked) is calculator_of(self._asked)

    def _parsed(self, question: str) -> Asked | Missing | None:
        """The calculation that a question asks for, if any."""
        return parse_calculation(question, self._turn.scope.as_of, self._judged)

    @property
    def _is_answered(self) -> bool:
        return bool(self._turn.sentences) and len(self._turn.parts) == 1 and not self._asks_more

    def close(self) -> Iterator[Event]:
        """What contradicts the cited texts, then the notices."""
        turn = self._turn
        if not turn.sentences:
            turn.preface = ""
            told = [absence(turn), self._asks_back]
            said = told if turn.untold else told[::-1]
            told = [
                waiting(turn),
                *said,
                referred(turn),
                *self._cautions,
                self._fitted_for(),
            ]
            turn.notice = "\n\n".join(filter(None, told))
            return
        opposed = conflicts(turn.cited, turn.generation, turn.scope)
        for conflict in opposed:
            yield from self._oppose(conflict)
        yield from self._say_lines()
        turn.notice = "\n\n".join(filter(None, self._notices(opposed)))
        day = turn.scope.as_of
        untold = untold_of(turn.language, day, turn.untold) if turn.untold else ""
        doubt = of_unknown_days(turn.language, turn.cited, day)
        hidden = concealed(turn.language, turn.citations)
        turn.warning = "\n\n".join(filter(None, [untold, doubt, hidden]))

    def _fitted_for(self) -> str:
        """That the ranking was not fitted with this embedder."""
        is_fitted = not self._tuning.is_neutral
        return "" if is_fitted else notice("untuned", self._turn.language, self._embedder.name)

    def _correct(self) -> Iterator[Event]:
        """Say that a premise of the question is false, as long as the law of the day says so."""
        turn = self._turn
        premise = premise_of(turn.standalone)
        if premise is None or not any(is_near(premise, part.evidence) for part in turn.parts):
            return
        found = ground(premise, in_force(turn.generation, premise.article, turn.scope))
        if found is None:
            return
        yield from turn.show([found])
        if draft := statement(premise, turn.shown(found), turn.scope.as_of):
            yield turn.judge(draft)
            # Without the sentence that carries it, the correction would stand on nothing.
            turn.preface = premise.correction[turn.language] if turn.quotes(draft.text) else ""
            nearest = turn.evidence[0].passage
            self._asks_more = premise.is_in_passing and premise.article not in nearest.references

    def _calculate(self) -> Iterator[Event]:
        """Do the calculation that the question asks for.

        A model's rewriting is not counted on, but for a translation with all figures of the
        question; in English nothing is asked back, since its facts and cases are named in French.
        """
        turn, is_english = self._turn, self._turn.language is Language.ENGLISH
        is_whole = is_english and keeps_all_figures(turn.standalone, turn.question)
        if turn.standalone != turn.question and not is_whole:
            return
        law = IndexedLaw(turn.generation, turn.scope.as_of, turn.scope.withheld)
        self._asked = self._parsed(turn.standalone)
        if self._asked is None:
            return
        found = calculate_answer(self._asked, law, self._rates())
        if is_english and found.asks_back:
            return
        grounds = [each.passage for line in found.lines for each in line.grounds]
        if grounds and not (self._is_judged or self._is_of_what_is_asked(grounds)):
            return
        yield from turn.show(grounds)
        for line in found.lines:
            turn.route = "calculation"
            yield turn.calculate(line, may_lead=found.leads)
        self._asks_back, self._cautions = found.asks_back, found.cautions
        turn.choices = tuple(
            Choice(each.label[:1].upper() + each.label[1:], f"{turn.question} {each.told}")
            for each in found.likely
        )

    @property
    def _is_judged(self) -> bool:
        """Whether it is a procedure, and judgements of others told that it answers.

        These know better than what was found: of 35 such procedures on articles that were not
        among the first, readers held 33 to be asked for.
        """
        if self._asked is None or calculator_of(self._asked) is not ProcedureAsked:
            return False
        return self._judged(self._turn.standalone) is not None

    def _is_of_what_is_asked(self, grounds: Sequence[Passage]) -> bool:
        """Whether what a calculation rests on was found for a subject of the question.

        Figures are also named by who asks about something else: of 66 calculations, procedures
        among them, begun by the words of people's questions alone, 5 of the 13 that were beside
        them are left out so, and none of the others.
        A fact that is asked back rests on nothing yet, and is asked.
        """
        articles = [key for each in grounds for key in each.references]
        return any(is_among_first(articles, part.evidence) for part in self._turn.parts)

    def _quote(self, part: Subquestion) -> Iterator[Event]:
        """Say what the texts say on a subject of the question."""
        turn = self._turn
        if part.untold:
            turn.untold.append(part.question)
            return
        with turn.stages.within(Stage.READING):
            read = self._reading.read(part)
        if read is None:
            turn.unanswered.append(part.question)
            return
        found = yield from self._say_first(part.question, read)
        if len(turn.parts) > 1:
            # What may answer another part of the question too is not folded.
            found = [replace(draft, place=Prominence.BODY) for draft in found]
        elif turn.language is Language.FRENCH and not (
            turn.sentences or asks_several(part.question)
        ):
            found = led(found, read.read, read.unanswered, self._tuning.clause)
        told = yield from in_their_lists(turn, self._card.part(read.asked, found))
        is_of_the_same = partial(self._reading.is_of_the_same, read.asked)
        yield from self._say_quotes(part.question, told, is_of_the_same)
        self.quoted += found

    def _say_first(self, question: str, read: PartRead) -> Generator[Event, None, list[Draft]]:
        """Say the rule that answers and what the pieces state, and return what is still quoted."""
        turn, found = self._turn, [*read.quotes]
        if (rule := read.prepared) is not None and not turn.quotes(rule.text):
            carrying = rule.carried_by(found)
            if carrying or rule.is_sure:
                yield turn.answer_prepared(rule, carrying)
                found = _after(rule, found, carrying)
        said = len(turn.sentences)
        yield from say_stated(turn, question)
        return found[:BESIDE_STATED] if len(turn.sentences) > said else found

    def _say_quotes(
        self,
        question: str,
        found: Sequence[Draft],
        is_of_the_same: Callable[[FigureComparison], bool],
    ) -> Iterator[Event]:
        turn = self._turn
        unsaid = [draft for draft in found if not turn.quotes(draft.text)]
        for draft in under_headings(unsaid, question):
            if not turn.quotes(draft.text):
                yield turn.judge(draft)
                if draft.evidence[:1] == found[0].evidence[:1]:
                    # A farther passage is often about another limit, which says nothing of these.
                    yield from turn.compare(question, draft, is_of_the_same)
                yield from self._derogating.after(question, draft)

    def _say_lines(self) -> Iterator[Event]:
        """What limits the quotes, after all of them, and since when a text is as it is quoted."""
        turn = self._turn
        for draft in self._card.lines:
            if not turn.quotes(draft.text):
                yield turn.judge(draft)
        if self._card.has_room and (days := self._days_to_tell()) is not None:
            self._dated = days
            label = LABELS[turn.language][LineRole.VERSION]
            yield turn.date_text(days.number, describe_days(days, turn.language), label)

    def _days_to_tell(self) -> TextDays | None:
        """Those of the first cited text that will change, else of the first cited."""
        versions = self._turn.generation.store.versions
        told = [days_of_text(item, versions, self._turn.day) for item in self._turn.cited]
        return next((days for days in told if days and days.end), next(iter(told), None))

    def _oppose(self, conflict: Conflict) -> Iterator[Event]:
        """Cite what contradicts a cited text as well."""
        turn = self._turn
        yield from turn.show(conflict.passages)
        for draft in statements(turn.evidence, conflict, turn.scope.as_of):
            if not turn.quotes(draft.text):
                yield turn.judge(draft)

    def _notices(self, opposed: Sequence[Conflict]) -> list[str]:
        """What the program says in its own name of the texts cited, a paragraph a theme."""
        turn, language, cited = self._turn, self._turn.language, self._turn.cited
        ids = {item.passage.id for item in cited}
        changed = changes(cited, turn.generation.store.versions, turn.day)
        if (days := self._dated) is not None:
            changed = tuple(each for each in changed if not days.tells(each))
        return [
            waiting(turn),
            not_found_of(language, turn.unanswered) if turn.unanswered else "",
            asked_together(turn),
            self._asks_back or self._ask_for_fact(cited),
            " ".join(self._cautions),
            referred(turn),
            *(disagreeing(language, line) for line in differing_pieces(turn)),
            *(
                explained(conflict, cited, language)
                for conflict in opposed
                if ids.issuperset(passage.id for passage in conflict.passages)
            ),
            *(describe_change(change, language) for change in changed),
            doubted(language, turn.citations),
            remarks(language, cited, turn.scope.as_of, turn.generation.manifest.state_date),
            self._fitted_for(),
        ]

    def _ask_for_fact(self, cited: Sequence[Evidence]) -> str:
        """The question for the fact on which the quotes turn, "" when there is none.

        Each of its cases becomes a choice of the turn.
        """
        turn = self._turn
        if turn.scope.dossier is not None or len(turn.parts) > 1 or turn.preface:
            return ""
        sure = [each for each in self.quoted if not each.doubts]
        of_passages = [
            "\n".join(each.text for each in sure if each.evidence[0].number == item.number)
            for item in cited
        ]
        fact = missing_fact(turn.standalone, [text for text in of_passages if text])
        if fact is None:
            return ""
        asked = turn.standalone if turn.language is Language.FRENCH else turn.question
        turn.choices = tuple(
            Choice(case.label, f"{asked} {case.statement}") for case in fact.cases[turn.language]
        )
        return fact.question[turn.language]


def _after(rule: PreparedAnswer, found: Sequence[Draft], carrying: Sequence[Draft]) -> list[Draft]:
    """What is quoted below a rule: what carries it first where it answers, else in its order.

    Nothing of its passage is folded.
    """
    if rule.is_sure:
        return [*carrying, *besides(found, carrying)]
    return [
        replace(draft, place=Prominence.BODY) if draft.evidence[0] == rule.evidence else draft
        for draft in found
    ]
