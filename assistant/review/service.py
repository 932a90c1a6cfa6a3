"""The review's service: everything that readers of past answers do, each in their own name."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from functools import partial
from pathlib import Path

from assistant.answering.answer import Exchange, Finished, TurnResult
from assistant.answering.pipeline import Assistant
from assistant.answering.record import EXAMINED, replay_of
from assistant.errors import UnknownRecord, WrongDecision, WrongQuestions
from assistant.identity import Identity
from assistant.ledger.tables import csv_bytes
from assistant.question.conversation import asked_before
from assistant.question.language import Language, detect_language
from assistant.retrieval.evidence import Evidence
from assistant.review.exports import ExportedTable, table_of
from assistant.review.gold import (
    CORRECTED,
    NO_FACT,
    PROMOTED,
    GoldQuestion,
    GoldQuestions,
    asked_in,
    check,
    take_out,
    tried,
)
from assistant.review.listing import ListOrder, ReviewFilter, ordered
from assistant.review.progress import (
    Agreement,
    QueuePlace,
    ReaderDisagreement,
    ReviewProgress,
    agreement,
    disagreements,
    pairs_of,
    place_in,
    progress,
)
from assistant.review.readings import (
    Place,
    ReviewMark,
    ReviewVerdict,
    Target,
    arbitration_body,
    body_of,
    may_arbitrate,
)
from assistant.review.recorded import Item, Recorded, ReviewLine
from assistant.review.register import AnswerRegister, Sampling, Task, tasks
from assistant.review.replay import ReviewExhibit, Seal, exhibit, outdated
from ingestion.documents.document import Document
from ingestion.durable import lock_for_writing
from ingestion.errors import DamagedArchive
from ingestion.library.archive import Archive, archive_of

EVERYTHING = ReviewFilter()


class ReviewService:
    """Past answers, opened, judged, asked again; several readers at once."""

    def __init__(
        self,
        home: Path,
        assistant: Assistant,
        clock: Callable[[], date] = date.today,
        called: Callable[[str], str] = str,
    ) -> None:
        """`assistant` is the one whose journal is read, and which is asked again.

        `called` is what a reader is called beside their marks, by their pseudonym.
        """
        self.called = called
        self.clock = clock
        self._home = home
        self._assistant = assistant
        self._journal = assistant.journal
        self._register = AnswerRegister(assistant.journal)
        self._gold = GoldQuestions(home)

    def follow(self) -> None:
        """Read what is recorded beside everything else, so that no reader waits for it."""
        self._register.follow()

    def teams(self, reader: Identity) -> Mapping[str, str]:
        """The dossiers that a reader may see, and the team of each."""
        return {each.id: each.team for each in self._assistant.dossiers(reader.teams).all()}

    def items(
        self,
        reader: Identity,
        chosen: ReviewFilter = EVERYTHING,
        order: ListOrder = ListOrder.LATEST,
    ) -> list[Item]:
        """The answers that a reader may see and that a filter lets through."""
        teams = self.teams(reader)
        seen = (item for item in self._register.items() if _is_seen(item.line, teams))
        return ordered(chosen.select(seen, teams), order)

    def item(self, reader: Identity, record_id: str) -> Item:
        """One of them; raises UnknownRecord, in the same words for one of another team."""
        item = self._register.item(record_id)
        if not _is_seen(item.line, self.teams(reader)):
            raise UnknownRecord(f"Le journal n'a pas de réponse {record_id[:16]!r} à relire.")
        return item

    def open(self, reader: Identity, record_id: str) -> Recorded:
        """One of them with all that was kept of it; raises UnknownRecord."""
        self.item(reader, record_id)
        return self._register.open(record_id)

    def exhibits(self, reader: Identity, shown: Recorded) -> tuple[ReviewExhibit, ...]:
        """Everything that was shown with an answer, as it was; raises UnknownDossier."""
        return tuple(self._exhibit(reader, shown, each) for each in shown.result.evidence)

    def exhibit(self, reader: Identity, shown: Recorded, number: int) -> ReviewExhibit:
        """One piece of it; raises UnknownRecord when there is none of this number."""
        for each in shown.result.evidence:
            if each.number == number:
                return self._exhibit(reader, shown, each)
        raise UnknownRecord(f"Cette réponse n'a pas de source {number}.")

    def original(self, reader: Identity, document: Document) -> bytes | None:
        """The bytes of the file that a document was read from; raises DamagedArchive."""
        return self._archive(reader, document.dossier).original(document.id)

    def mark(
        self, reader: Identity, record_id: str, marks: Sequence[ReviewMark], seconds: int = 0
    ) -> None:
        """Keep what a reader says of an answer, looked at for so long; raises UnknownRecord.

        Who has judged it, and changes nothing after the buyer's complaint, has confirmed it.
        """
        item = self.item(reader, record_id)
        said = item.sheet_of(reader.user)
        news = [mark for mark in marks if mark != said.get(mark.place, mark.blank)]
        if news or (item.is_contested and reader.user in item.readers):
            apart = self._register.apart(record_id)
            told = body_of(record_id, news, seconds)
            self._journal.append("review", told, apart, user=reader.user)

    def disagreements(self, reader: Identity) -> tuple[ReaderDisagreement, ...]:
        """What two readers judge differently in the answers that this one may see."""
        return disagreements(self.items(reader))

    def arbitrate(
        self, reader: Identity, record_id: str, place: Place, verdict: ReviewVerdict, reason: str
    ) -> None:
        """Decide as a third reader which verdict is kept; raises UnknownRecord or WrongDecision."""
        item = self.item(reader, record_id)
        if not may_arbitrate(item.readings, reader.user, place, verdict):
            raise WrongDecision(
                "Un désaccord est arbitré par un troisième lecteur, là où les deux verdicts figés "
                "diffèrent, et dans leur échelle."
            )
        if not reason:
            raise WrongDecision("Dites pourquoi ce verdict est retenu : le rapport le reprend.")
        told = arbitration_body(record_id, place, verdict, reason)
        apart = self._register.apart(record_id)
        self._journal.append("review", told, apart, user=reader.user)

    @property
    def sampling(self) -> Sampling:
        """How answers are drawn for reading."""
        return self._register.sampling

    def sample(self, reader: Identity, sampling: Sampling) -> None:
        """Draw answers otherwise from now on."""
        self._journal.append("review", sampling.body, user=reader.user)

    def tasks(self, reader: Identity) -> tuple[Task, ...]:
        """What a reader should read."""
        seen = self.items(reader)
        return tasks(seen, self._touched(seen), self.sampling, reader.user)

    def place(self, reader: Identity, item: Item) -> QueuePlace:
        """What comes before and after an answer in the queue of a reader."""
        seen, sampling = self.items(reader), self.sampling
        touched = self._touched(seen)
        found = tasks(seen, touched, sampling, reader.user)
        return place_in(found, item, touched, sampling)

    def progress(self, reader: Identity) -> ReviewProgress:
        """How far the reading of the answers that a reader may see has come."""
        return progress(self.items(reader), self.sampling)

    def _touched(self, items: Iterable[Item]) -> frozenset[str]:
        return outdated(self._home, (item.line for item in items))

    def agreement(self, reader: Identity) -> Mapping[Target, Agreement]:
        """How far two readers agree on the answers that this one may see."""
        seen = self.items(reader)
        return {target: agreement(list(pairs_of(seen, target))) for target in Target}

    def replays(self, reader: Identity, record_id: str) -> tuple[Recorded, ...]:
        """How the same question was answered when it was asked again, the latest first."""
        self.item(reader, record_id)
        return self._register.replays(record_id)

    def replay(self, reader: Identity, record_id: str, as_of: date) -> TurnResult:
        """Ask the question again of the texts in use, as of a day; raises UnknownRecord.

        It is recorded under the pseudonym of who asked first, whose words it holds: what erases
        theirs takes it along.
        """
        asked = self.open(reader, record_id)
        first = asked.result
        language = detect_language(first.question)
        before = asked_before(first.standalone, first.question)
        is_as_typed = before or language is Language.ENGLISH
        events = self._assistant.ask(
            first.question if is_as_typed else first.standalone,
            as_of=as_of,
            history=(Exchange(before, ""),) if before else (),
            language=language,
            dossier=first.dossier,
            teams=reader.teams,
            user=asked.user,
            purpose=replay_of(record_id, reader.user),
        )
        return next(event.result for event in events if isinstance(event, Finished))

    @property
    def gold(self) -> tuple[GoldQuestion, ...]:
        """The questions that every new index must still answer; raises WrongQuestions."""
        return self._gold.all()

    def gold_file(self, reader: Identity) -> bytes:
        """Their file."""
        self._journal.append("export", {"what": "gold"}, user=reader.user)
        return self._gold.export()

    def promote(self, reader: Identity, question: GoldQuestion, record_id: str = "") -> None:
        """Add a question that was asked, or correct one, once it was tried.

        Raises WrongQuestions, also for the question of a dossier, as nothing of it leaves its
        folder, and for one that does not tell the index in service from a broken one.
        """
        if record_id and self.item(reader, record_id).line.dossier:
            raise WrongQuestions(
                "Une question posée sur un dossier reste dans ce dossier : elle ne peut pas entrer "
                "dans le jeu d'évaluation, qui est commun."
            )
        check(question)
        if not (question.facts or question.refusal_expected):
            raise WrongQuestions(NO_FACT)
        record = record_id or asked_in(self._home, self._journal).get(question.id, "")
        entry = self._journal.entry(record) if record else None
        asked = entry["user"] if entry else reader.user
        trial = tried(question, partial(self._examined, question, asked))
        if refusal := trial.refusal:
            raise WrongQuestions(refusal)
        act = CORRECTED if self._gold.get(question.id) else PROMOTED
        self._gold.put(question, record_id)
        told = {"act": act, "question_id": question.id, "record_id": record_id}
        self._journal.append("review", told, user=reader.user)

    def _examined(self, question: GoldQuestion, user: str, without: frozenset[str]) -> TurnResult:
        """Ask an index that lacks something, under the pseudonym of whose words it holds."""
        events = self._assistant.ask(
            question.question,
            as_of=question.as_of,
            language=detect_language(question.question),
            user=user,
            purpose=EXAMINED,
            withheld=without,
        )
        return next(event.result for event in events if isinstance(event, Finished))

    def demote(self, reader: Identity, question_id: str) -> None:
        """Take a question out; raises BusyIndex while an index is examined by it."""
        with lock_for_writing(self._home):
            take_out(self._home, self._journal, [question_id], user=reader.user)

    def export(
        self,
        reader: Identity,
        chosen: ReviewFilter,
        order: ListOrder,
        table: ExportedTable = ExportedTable.ANSWERS,
    ) -> bytes:
        """A list as CSV: its answers, or what they say, cite, and were marked with."""
        listed = self.items(reader, chosen, order)
        asked = {name: str(value) for name, value in asdict(chosen).items() if value}
        told = {"what": table.value, "filter": asked, "count": len(listed)}
        self._journal.append("export", told, user=reader.user)
        return csv_bytes(table_of(table, listed, self._opened, reader.user, self.called))

    def _opened(self, item: Item) -> Recorded:
        return self._register.open(item.line.record_id)

    def _exhibit(self, reader: Identity, shown: Recorded, evidence: Evidence) -> ReviewExhibit:
        digest = shown.archive.get(evidence.passage.document_id)
        citations = enumerate(shown.result.answer.citations, 1)
        try:
            archive = self._archive(reader, evidence.passage.dossier)
            return exhibit(evidence, citations, archive.document(digest) if digest else None)
        except DamagedArchive:
            return replace(exhibit(evidence, citations, None), seal=Seal.ALTERED)

    def _archive(self, reader: Identity, dossier: str | None) -> Archive:
        seen = self._assistant.dossiers(reader.teams)
        return seen.archive(dossier) if dossier else archive_of(self._home)


def _is_seen(line: ReviewLine, teams: Mapping[str, str]) -> bool:
    return line.dossier is None or line.dossier in teams
