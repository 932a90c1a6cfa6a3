"""Which passages the questions of the bank and of people lead to, and the rule that each has."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from ingestion.chunking.passages import Passage
from ingestion.documents.document import Document
from ingestion.index.question_bank import (
    ArticleRule,
    BankQuestion,
    HasAnswer,
    JudgedQuestion,
    OutsideQuestion,
    UnansweredQuestion,
    digest_of,
    digest_of_rule,
)
from ingestion.index.questions import LeadingQuestion, RuleGround


class Written(Protocol):
    """What was written on words of an article: a question, or a rule."""

    @property
    def article(self) -> str:
        """Its number."""

    @property
    def text_sha256(self) -> str:
        """The digest of the text that it had."""

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Half-open characters of that text."""


W = TypeVar("W", bound=Written)


@dataclass(frozen=True, slots=True)
class GroundedRule:
    """A rule of the bank, and what it rests on: its own article, and others."""

    text: str
    own: RuleGround
    also: tuple[RuleGround, ...] = ()


def leading_questions(
    bank: Sequence[BankQuestion],
    unanswered: Iterable[UnansweredQuestion | OutsideQuestion],
    judged: Sequence[JudgedQuestion],
    rules: Iterable[ArticleRule],
    documents: Sequence[Document],
    passages: Sequence[Passage],
) -> tuple[LeadingQuestion, ...]:
    """The questions of the bank that lead to one of these passages, in each of their wordings.

    Then those of people who had no text before them, each with that of the rules that answers it,
    and, where there are any of either, those that lead to none. In the bank's order. Pure.
    """
    texts = _digests_of_texts(documents)
    grounded = _grounded_rules(_as_written(rules, bank), texts, documents, passages)
    led = [
        *_led_by_bank(passages_answering(bank, documents, passages), texts),
        *_led_by_readers(judged, grounded, documents, passages),
    ]
    return (*led, *_led_nowhere(unanswered, judged)) if led else ()


def _led_by_bank(
    answered: Iterable[tuple[BankQuestion, tuple[str, ...]]], texts: Mapping[str, set[str]]
) -> Iterator[LeadingQuestion]:
    """The wordings of each question, given the passages that answer it."""
    for question, ids in answered:
        ground = _ground(question, ids, texts) if question.rule else None
        said, spans = (question.rule, ground.spans) if ground else ("", ())
        for each in question.asked:
            yield LeadingQuestion(each, ids, question.id, said, spans)


def _led_nowhere(
    unanswered: Iterable[UnansweredQuestion | OutsideQuestion], judged: Iterable[JudgedQuestion]
) -> Iterator[LeadingQuestion]:
    for each in unanswered:
        place = each.place if isinstance(each, UnansweredQuestion) else None
        yield LeadingQuestion(each.question, (), each.id, elsewhere=place)
    for asked in judged:
        if asked.answered is HasAnswer.NO:
            yield LeadingQuestion(asked.question, (), elsewhere=asked.elsewhere)


def _as_written(
    rules: Iterable[ArticleRule], bank: Iterable[BankQuestion]
) -> Iterator[ArticleRule]:
    """Each rule with the words that say it: those of most of the bank's questions that it answers.

    Of several the first; a rule that none of these asks for has its own.
    """
    asked = {each.id: each for each in bank}
    for rule in rules:
        written = [asked[of] for of in rule.questions if of in asked]
        if written:
            [(spans, _)] = Counter(each.spans for each in written).most_common(1)
            yield replace(rule, text_sha256=written[0].text_sha256, spans=spans)
        elif rule.spans:
            yield rule


def _led_by_readers(
    judged: Sequence[JudgedQuestion],
    rules: Mapping[str, GroundedRule],
    documents: Sequence[Document],
    passages: Sequence[Passage],
) -> Iterator[LeadingQuestion]:
    """The questions that readers thought these passages to answer, whole articles of them.

    `rules` are named by their digests; of several that answer the whole question, that which was
    chosen goes with it, else that which answers most questions.
    """
    articles, sheets = _by_reference(documents, passages)
    answering = Counter(name for each in judged for name in each.answering if name in rules)
    for question in judged:
        leads_to = (articles.get(name) or sheets.get(name, []) for name in question.articles)
        found = tuple(dict.fromkeys(each.id for some in leads_to for each in some))
        if found and question.answered is HasAnswer.PARTLY:
            yield LeadingQuestion(question.question, found, is_open=True)
        elif found and question.answered is HasAnswer.YES:
            usual = max(question.answering, key=lambda name: answering[name], default="")
            rule = rules.get(question.best) or rules.get(usual)
            yield _said(LeadingQuestion(question.question, found), rule)


def _digests_of_texts(documents: Iterable[Document]) -> dict[str, set[str]]:
    """Those of the texts of each article."""
    texts: dict[str, set[str]] = {}
    for document in documents:
        if document.reference:
            texts.setdefault(document.reference, set()).add(digest_of(document.text))
    return texts


def _said(asked: LeadingQuestion, rule: GroundedRule | None) -> LeadingQuestion:
    """The question with its rule, if it has one."""
    if rule is None:
        return asked
    own = rule.own
    return replace(asked, rule=rule.text, spans=own.spans, bearing=own.passage_ids, also=rule.also)


def _grounded_rules(
    rules: Iterable[ArticleRule],
    texts: Mapping[str, set[str]],
    documents: Sequence[Document],
    passages: Sequence[Passage],
) -> dict[str, GroundedRule]:
    """By their digests, the rules all of whose articles are there, with the text that they had."""
    resting = [(rule, _resting(rule)) for rule in rules]
    written = [words for _, all_of_them in resting for words in all_of_them]
    grounds = {
        _words(each): ground
        for each, ids in passages_answering(written, documents, passages)
        if (ground := _ground(each, ids, texts))
    }
    found = {}
    for rule, words in resting:
        there = [grounds[_words(each)] for each in words if _words(each) in grounds]
        if len(there) == len(words):
            own, *also = there
            found[digest_of_rule(rule.text)] = GroundedRule(rule.text, own, tuple(also))
    return found


def _resting(rule: ArticleRule) -> tuple[Written, ...]:
    """All words that a rule rests on, the most direct first."""
    return (rule, *rule.also)


def _words(written: Written) -> tuple[str, str, tuple[tuple[int, int], ...]]:
    """What tells words of an article from others."""
    return written.article, written.text_sha256, written.spans


def _ground(
    written: Written, ids: tuple[str, ...], texts: Mapping[str, set[str]]
) -> RuleGround | None:
    """What a rule rests on, as long as no other text of the article than the one it is of is there.

    The words are known where the article is there itself, not only a sheet about it.
    """
    kept = texts.get(written.article, set())
    if kept and written.text_sha256 not in kept:
        return None
    return RuleGround(ids, written.spans if kept else ())


def passages_answering(
    written: Iterable[W], documents: Sequence[Document], passages: Sequence[Passage]
) -> Iterator[tuple[W, tuple[str, ...]]]:
    """Each question or rule that some of these passages answer, with their identifiers. Pure.

    Of an article, those passages of it that overlap the answering words, or all of them where its
    text is not the one that these were written from; where the article itself is not there, the
    sections of sheets that are about it.
    """
    articles, sheets = _by_reference(documents, passages)
    digests = {each.id: digest_of(each.text) for each in documents if each.reference}
    for each in written:
        leads_to = articles.get(each.article) or sheets.get(each.article, [])
        answering = [
            passage.id
            for passage in leads_to
            if digests.get(passage.document_id) == each.text_sha256 and _overlaps(passage, each)
        ]
        if leads_to:
            yield each, tuple(answering or [passage.id for passage in leads_to])


def _by_reference(
    documents: Sequence[Document], passages: Sequence[Passage]
) -> tuple[dict[str, list[Passage]], dict[str, list[Passage]]]:
    """The passages of articles, and those of sheets about them, by the article; of no dossier."""
    texts = {each.id: each for each in documents}
    articles: dict[str, list[Passage]] = {}
    sheets: dict[str, list[Passage]] = {}
    for passage in passages:
        if passage.dossier is None:
            is_article = texts[passage.document_id].reference is not None
            for reference in passage.references:
                (articles if is_article else sheets).setdefault(reference, []).append(passage)
    return articles, sheets


def _overlaps(passage: Passage, written: Written) -> bool:
    return any(start < passage.end and passage.start < end for start, end in written.spans)
