"""Reading: whether the evidence on a subject of the question answers it, and with which words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.answering.answer import paragraphs
from assistant.answering.context import in_context
from assistant.answering.extraction import quotes
from assistant.answering.first_line import PreparedAnswer, candidate_rules, prepared_answer
from assistant.answering.notices import doubt_of
from assistant.answering.quotable import Draft
from assistant.answering.quoted_passages import UNASKED
from assistant.answering.state import TurnState
from assistant.citations.cases import is_of_another_case
from assistant.citations.comparison import FigureComparison
from assistant.law.changes import of_the_day
from assistant.question.day import DaySource
from assistant.question.language import Language
from assistant.question.subquestions import asks_several
from assistant.retrieval.answerability import (
    Answerability,
    answerability,
    read_first,
    told_by_questions,
)
from assistant.retrieval.evidence import Evidence, Subquestion
from assistant.retrieval.ranking import is_foreign
from assistant.retrieval.standing import in_force, standing
from assistant.retrieval.tuning import Tuning
from ingestion.index.judged_comparisons import SAME, judged_comparisons
from ingestion.index.judged_procedures import judged_procedures
from ingestion.index.judged_rules import judged_rules
from ingestion.index.search import Embedder, PassageReader, Vectors
from ingestion.index.shipped_vectors import questions_of_dossiers


@dataclass(frozen=True, slots=True)
class PartRead:
    """A subject of the question as it was read: its vector, the evidence of the day, the quotes.

    `prepared` are the rules of the bank that answer, or may, the sure ones first: one, or one for
    each point that has its own. `open` are the points that none answers, None where it was not
    looked at by points. `read` are the odds of passages that were read, by their identifiers; none
    where it is doubtful that they answer.
    `unanswered` is how much nearer it is to what is left open than to the rest, 0 where nothing
    tells.
    """

    asked: Vectors
    quotes: Sequence[Draft]
    prepared: tuple[PreparedAnswer, ...]
    open: tuple[str, ...] | None
    read: Mapping[str, float]
    unanswered: float


class EvidenceReading:
    """Reads the evidence of one turn, and tells by the questions around what answers others."""

    def __init__(
        self, turn: TurnState, embedder: Embedder, reader: PassageReader | None, tuning: Tuning
    ) -> None:
        """`tuning` is that of the embedder."""
        self._turn = turn
        self._embedder = embedder
        self._reader = reader
        self._tuning = tuning

    def read(self, part: Subquestion) -> PartRead | None:
        """What the evidence on a subject of the question says, None where it does not answer."""
        turn, question = self._turn, part.question
        current = of_the_day(part.evidence, turn.generation.store.versions, turn.scope.as_of)
        readable = [item for item in current if turn.scope.reads(item.passage)]
        [asked] = self._embedder.embed_questions([question])
        answers, readings, unanswered = self._judge(question, asked, readable)
        is_refused = answers is Answerability.NO
        prepared, left = self._prepared_for(part, asked, readable, is_refused=is_refused)
        if is_refused and not prepared:
            if len(turn.parts) == 1 and turn.scope.dossier is None:
                turn.elsewhere = turn.generation.questions.elsewhere(asked)
            return None
        if is_refused:
            turn.unanswered += left or ()
            left = ()
        found = [] if is_refused else self._quoted(question, asked, readable)
        if len(turn.parts) == 1 and not _is_settled(answers, prepared, found):
            doubt = doubt_of(answers, turn.language, readable[0].passage)
            turn.preface = paragraphs(turn.preface, doubt)
        is_sure = answers is Answerability.YES
        odds = zip(readable, readings, strict=False) if is_sure else ()
        told = {item.passage.id: each for item, each in odds}
        return PartRead(asked, found, prepared, left, told, unanswered)

    def _prepared_for(
        self, part: Subquestion, asked: Vectors, readable: Sequence[Evidence], *, is_refused: bool
    ) -> tuple[tuple[PreparedAnswer, ...], tuple[str, ...] | None]:
        """The rules that answer a subject, or may, and the points of it that none answers.

        One that answers it all, else those of its points: where none is sure, only if that of the
        whole is among them. The whole of "aucune offre : on appelle un couvreur, et on change le
        cahier des charges ?" is known better than its points.
        """
        turn = self._turn
        whole = None if is_refused else self._prepared(part.question, asked, readable)
        if whole is not None and whole.is_sure:
            return (whole,), ()
        told = [(point, self._prepared_of(point, readable)) for point in part.points]
        found = {rule.text: rule for _, rule in told if rule is not None}
        for _, rule in told:  # what is sure for one point may be doubtful for another
            if rule is not None and rule.is_sure:
                found[rule.text] = rule
        sure = [rule for rule in found.values() if rule.is_sure]
        if not sure and (whole is None or whole.text not in found):
            return (whole,) if whole else (), None
        left = tuple(turn.own.get(each.question, each.question) for each, rule in told if not rule)
        return (*sure, *(rule for rule in found.values() if not rule.is_sure)), left

    def _prepared_of(
        self, point: Subquestion, readable: Sequence[Evidence]
    ) -> PreparedAnswer | None:
        """The rule that answers a point of the question, of what was found for it or for all."""
        [asked] = self._embedder.embed_questions([point.question])
        ids = {item.passage.id for item in point.evidence}
        turn = self._turn
        current = of_the_day(point.evidence, turn.generation.store.versions, turn.scope.as_of)
        own = [item for item in current if turn.scope.reads(item.passage)]
        beside = [item for item in readable if item.passage.id not in ids]
        return self._prepared(point.question, asked, [*own, *beside], is_point=True)

    def _judge(
        self, question: str, asked: Vectors, readable: Sequence[Evidence]
    ) -> tuple[Answerability, Sequence[float], float]:
        """Whether it answers, the odds that the first passages do, and `unanswered`.

        The rules are read only where no question tells; of a dossier, nobody asked any.
        """
        unanswered: float | None
        if in_dossier := self._turn.scope.dossier is not None:
            usual = questions_of_dossiers(self._embedder.name, self._embedder.dimension)
            unanswered, left_open, reader = usual.unanswered(asked), 0.0, self._reader
        else:
            around = self._turn.generation.questions
            unanswered = told_by_questions(asked, readable, around)
            left_open = around.left_open(asked)
            reader = self._reader if unanswered is None else None
        readings = read_first(question, readable, reader)
        answers = answerability(
            question,
            readable,
            self._tuning,
            readings,
            unanswered,
            left_open,
            in_dossier=in_dossier,
        )
        return answers, readings, unanswered or 0.0

    def _quoted(self, question: str, asked: Vectors, readable: Sequence[Evidence]) -> list[Draft]:
        """What is quoted of passages that are not cited yet."""
        turn = self._turn
        quoted, shares = readable, UNASKED
        if turn.scope.dossier is None:
            quoted = _of_its_regime(question, readable)
            shares = turn.generation.questions.answering(asked)
        known = {item.passage.id for item in turn.cited}
        read = quotes(question, quoted, turn.scope.as_of, self._embedder, shares)
        return [draft for draft in read if draft.evidence[0].passage.id not in known]

    def _prepared(
        self,
        question: str,
        asked: Vectors,
        evidence: Sequence[Evidence],
        *,
        is_point: bool = False,
    ) -> PreparedAnswer | None:
        """The rule of the bank that answers, else the nearest one, if it is likely to be of use.

        It is told of the rules only; not where the model was to put the question into French and
        could not. Of several questions only one on several articles is sure to answer all. What is
        quoted of its passage is narrowed to the words that answer only where it is sure.
        """
        turn = self._turn
        if turn.scope.dossier is not None or turn.unread:
            return None
        is_of_today = turn.day.source is DaySource.TODAY
        questions = turn.generation.questions
        judged = judged_rules(self._embedder.name, self._embedder.dimension)
        rules = candidate_rules(
            asked, evidence, questions, self._embedder, judged, is_of_today=is_of_today
        )
        fitting = [
            each
            for each in rules
            if not is_of_another_case(each.answer.text, question) and self._stands(each.answer)
        ]
        weights = self._tuning.prepared
        least = weights.of_a_point if is_point else weights.of_use
        found = prepared_answer(fitting, replace(weights, of_use=least))
        if found is None:
            return None
        is_one = bool(found.also) or not asks_several(turn.own.get(question, question))
        is_sure = found.is_sure and is_one
        carrying = in_context(turn, found.quotes) if is_sure or is_point else ()
        found = replace(found, quotes=carrying, is_sure=is_sure)
        return found.in_english() if turn.language is Language.ENGLISH else found

    def _stands(self, rule: PreparedAnswer) -> bool:
        """Whether what it rests on in other articles may be quoted too."""
        turn = self._turn
        return all(standing(turn.generation, each.passage_ids, turn.scope) for each in rule.also)

    def is_of_the_same(self, asked: Vectors, found: FigureComparison) -> bool:
        """Whether a figure is likely to be of what its limit is of, as readers judged of others.

        In a dossier, where nobody judged any, each is taken to be.
        """
        if self._turn.scope.dossier is not None:
            return True
        judged = judged_comparisons(self._embedder.name, self._embedder.dimension)
        return judged.odds(asked, found.limit) > SAME

    def judged_procedure(self, question: str) -> float | None:
        """How sure it is that the procedure of its amount answers, by what was judged of others."""
        judged = judged_procedures(self._embedder.name, self._embedder.dimension)
        [asked] = self._embedder.embed_questions([question])
        return judged.odds(question, asked)

    def answered_share(self, question: str, articles: frozenset[str]) -> float | None:
        """What share of people's questions around these articles answer: the largest of one alone.

        They are those of the day asked about; None where nobody's questions are known.
        """
        turn = self._turn
        [asked] = self._embedder.embed_questions([question])
        shares = turn.generation.questions.answering(asked)
        named = [
            passage.id
            for article in articles
            for passage in in_force(turn.generation, article, turn.scope)
        ]
        return max((shares.get(each, 0.0) for each in named), default=0.0) if shares else None


def _is_settled(
    answers: Answerability, prepared: Sequence[PreparedAnswer], quoted: Sequence[Draft]
) -> bool:
    """Whether a rule that is told leaves no doubt to be said.

    A sure one leaves none; a likely one none of whether it answers, as its passage says so below.
    """
    if not prepared or prepared[0].is_sure:
        return bool(prepared)
    is_told = prepared[0].is_likely and bool(prepared[0].carried_by(quoted))
    return is_told and answers is Answerability.DOUBTFUL


def _of_its_regime(question: str, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The first passage, and those of no regime that the question does not name: other rules."""
    return [
        item for item in evidence if item is evidence[0] or not is_foreign(question, item.passage)
    ]
