"""Composer: from the evidence of a turn to what it says, event by event.

In this order: what can be calculated, what the question wrongly takes for granted, what the texts
say on each of its subjects; then it is closed.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial

from assistant.answering.answer import Choice, Event, Prominence
from assistant.answering.card import Card
from assistant.answering.closing import Closing
from assistant.answering.computation import calculate_answer
from assistant.answering.context import (
    besides,
    in_their_lists,
    under_headings,
    unsaid,
    with_other_articles,
)
from assistant.answering.dossier_pieces import BESIDE_STATED, Derogating, say_stated
from assistant.answering.first_line import PreparedAnswer, led
from assistant.answering.notices import notice
from assistant.answering.premises import ground, is_near, premise_of, statement
from assistant.answering.quotable import Draft
from assistant.answering.reading import EvidenceReading, PartRead
from assistant.answering.stages import Stage
from assistant.answering.state import TurnState
from assistant.calculators.catalogue import Asked
from assistant.calculators.constants import IndexedLaw, Rates
from assistant.calculators.estimate import EstimateAsked, ValueBasis
from assistant.calculators.needs import Missing
from assistant.calculators.payment import PaymentAsked
from assistant.calculators.procedure import ProcedureAsked
from assistant.calculators.requests.parsing import (
    calculation_of,
    calculator_of,
    is_told_around,
    parse_calculation,
)
from assistant.calculators.requests.procedure import names_both, with_claim
from assistant.calculators.revision import RevisionAsked
from assistant.calculators.scores import ScoresAsked
from assistant.calculators.small_lots import SmallLotsAsked
from assistant.calculators.time_limits import TimeLimitsAsked
from assistant.citations.comparison import FigureComparison
from assistant.question.conversation import brings_its_amounts
from assistant.question.language import Language, fold_text
from assistant.question.subquestions import asks_several
from assistant.question.translation import keeps_all_figures
from assistant.retrieval.evidence import Subquestion, is_among_first
from assistant.retrieval.standing import in_force
from assistant.retrieval.tuning import Tuning
from ingestion.chunking.passages import Passage
from ingestion.index.purchase_claims import PurchaseClaim, purchase_claims
from ingestion.index.search import Embedder, PassageReader

_PLAINLY_ASKED = (
    EstimateAsked,
    PaymentAsked,
    RevisionAsked,
    ScoresAsked,
    SmallLotsAsked,
    TimeLimitsAsked,
)
"""What is calculated whatever was found: the parts of a need, an invoice or a notice with its days,
a formula or notes with figures.

Of 480 questions six of an invoice, a formula or notes were on articles not among the first; all
were asked for. So were the six of parts or a notice of 550, read once; but not all of those that
take purchases for homogeneous, which no word tells: they are left to what was found.
"""


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
        self._share = cache(self._reading.answered_share)
        self._derogating = Derogating(turn, embedder)
        self._asked: Asked | Missing | None = None
        self._asks_back = ""
        self._asks_more = False
        self._cautions: tuple[str, ...] = ()
        self._card = Card(embedder, turn.language, turn.scope.as_of)
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
        return parse_calculation(question, self._turn.scope.as_of, self._judged, self._share)

    @property
    def _is_answered(self) -> bool:
        return bool(self._turn.sentences) and len(self._turn.parts) == 1 and not self._asks_more

    def close(self) -> Iterator[Event]:
        """What contradicts the cited texts, what limits them, then the notices."""
        calculated = self._asks_back, self._cautions
        closing = Closing(self._turn, self._card, self.quoted, *calculated, self._unfitted)
        return closing.say()

    @property
    def _unfitted(self) -> str:
        """That the ranking was not fitted with this embedder."""
        if not self._tuning.is_neutral:
            return ""
        return notice("untuned", self._turn.language, self._embedder.name)

    def _correct(self) -> Iterator[Event]:
        """Say that a premise of the question is false, as long as the law of the day says so."""
        turn = self._turn
        premise = premise_of(turn.own_words)
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

        A translation is only counted on with all figures of the question; in English nothing is
        asked back, since its facts and cases are named in French. Of a question that goes on from
        another only its own amounts are calculated with: those of before were of what was asked.
        """
        turn, is_english = self._turn, self._turn.language is Language.ENGLISH
        if is_english and not keeps_all_figures(turn.own_words, turn.question):
            return
        goes_on = turn.standalone in turn.own
        if goes_on and not brings_its_amounts(turn.own_words, turn.standalone):
            return
        law = IndexedLaw(turn.generation, turn.scope.as_of, turn.scope.withheld)
        self._asked = self._parsed(turn.standalone)
        if self._asked is None:
            return
        self._asked = with_claim(self._asked, self._claim)
        found = calculate_answer(self._asked, law, self._rates())
        if is_english and found.asks_back:
            return
        grounds = [each.passage for line in found.lines for each in line.grounds]
        is_plain = self._is_judged or _is_plainly_asked(calculation_of(self._asked))
        if grounds and not (is_plain or self._is_of_what_is_asked(grounds)):
            return
        yield from turn.show(grounds)
        for line in found.lines:
            turn.route = "calculation"
            yield turn.calculate(line, may_lead=found.leads)
        self._asks_back, self._cautions = found.asks_back, found.cautions
        turn.choices = tuple(
            Choice(each.label[:1].upper() + each.label[1:], f"{turn.standalone} {each.told}")
            for each in found.likely
        )

    @property
    def _claim(self) -> PurchaseClaim:
        """What "oui" would affirm to the only thing asked, in the reader's own French words."""
        turn = self._turn
        if turn.language is not Language.FRENCH or asks_several(turn.own_words):
            return PurchaseClaim.UNTOLD
        if names_both(fold_text(turn.own_words)):
            return PurchaseClaim.UNTOLD
        return purchase_claims().claim(turn.own_words)

    @property
    def _is_judged(self) -> bool:
        """Whether judgements or questions of others told that it is asked for.

        These know better than what was found: of 35 such procedures on articles that were not
        among the first, readers held 33 to be asked for.
        """
        asked, question = self._asked, self._turn.standalone
        if asked is None:
            return False
        if calculator_of(asked) is ProcedureAsked:
            return self._judged(question) is not None
        return is_told_around(asked, question, self._share)

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
            turn.untold.append(turn.own.get(part.question, part.question))
            return
        with turn.stages.within(Stage.READING):
            read = self._reading.read(part)
        if read is None:
            turn.unanswered.append(turn.own.get(part.question, part.question))
            return
        turn.open_points = read.open
        found = yield from self._say_first(part.question, read)
        if len(turn.parts) > 1:
            # What may answer another part of the question too is not folded.
            found = [replace(draft, place=Prominence.BODY) for draft in found]
        elif turn.language is Language.FRENCH and not (
            turn.sentences or asks_several(turn.own_words)
        ):
            found = led(found, read.read, read.unanswered, self._tuning.clause)
        told = yield from in_their_lists(turn, self._card.part(read.asked, found))
        is_of_the_same = partial(self._reading.is_of_the_same, read.asked)
        yield from self._say_quotes(part.question, told, is_of_the_same)
        self.quoted += found

    def _say_first(self, question: str, read: PartRead) -> Generator[Event, None, list[Draft]]:
        """Say the rules that answer and what the pieces state, and return what is still quoted."""
        turn, found = self._turn, [*read.quotes]
        carried: list[Draft] = []
        for prepared in read.prepared:
            if turn.quotes(prepared.text):
                continue
            rule = yield from with_other_articles(turn, prepared)
            carrying = rule.carried_by(read.quotes)
            if carrying or rule.is_sure:
                yield turn.answer_prepared(rule, carrying)
                carried += unsaid(carrying, carried)
                found = _after(rule, found, carried if rule.is_sure else carrying)
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
                    own = turn.own.get(question, question)
                    yield from turn.compare(own, draft, is_of_the_same)
                yield from self._derogating.after(question, draft)


def _is_plainly_asked(asked: Asked | None) -> bool:
    """Whether the words of the question name all that it counts."""
    if isinstance(asked, EstimateAsked) and asked.basis is ValueBasis.HOMOGENEOUS:
        return False
    return isinstance(asked, _PLAINLY_ASKED)


def _after(rule: PreparedAnswer, found: Sequence[Draft], carrying: Sequence[Draft]) -> list[Draft]:
    """What is quoted below a rule: what carries it first where it answers, else in its order.

    Nothing of its passage is folded.
    """
    if rule.is_sure:
        return [*carrying, *besides(found, carrying)]
    told = [
        replace(draft, place=Prominence.BODY) if draft.evidence[0] == rule.evidence else draft
        for draft in found
    ]
    return [*told, *unsaid(carrying, told)]
