"""The parts of the report that readers sign."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from assistant.answering.answer import Ending, TurnResult
from assistant.reports.audit import AuditFacts, ReadAnswer, annex_part, sample_part
from assistant.reports.homologation_facts import InstallationFacts, JournalState
from assistant.reports.paper import Block, PaperTable, Paragraph
from assistant.reports.proof import signatures_part
from assistant.review.readings import ReviewVerdict, Target, frozen_of
from assistant.review.recorded import Recorded
from assistant.review.register import Sampling
from tests.support.answer_items import START, item, sheet
from tests.support.graded import ABSTAINED, answer_of, result_of
from tests.support.passage_texts import evidence_of

DAY = date(2026, 6, 1)
NOT_FOUND = result_of(ABSTAINED)
NOTHING = InstallationFacts(DAY, "", "", (), None, (), JournalState(0, None, 0), (), ())


def _facts(*read: ReadAnswer) -> AuditFacts:
    return AuditFacts(Sampling(), (), read, None, (), (), NOTHING, None, (), str)


def _read(name: str, *readers: str, result: TurnResult = NOT_FOUND) -> ReadAnswer:
    """An answer that these people judged, one after the other."""
    judged = sheet((Target.ANSWER, 1, ReviewVerdict.RIGHT))
    found = item(name, DAY, sheets=dict.fromkeys(readers, judged))
    shown = Recorded(START, "u1", Ending.FINISHED, result, {})
    return ReadAnswer(found, shown, frozen_of(found.readings))


def _table(blocks: Iterator[Block], caption: str) -> PaperTable:
    [found] = [b for b in blocks if isinstance(b, PaperTable) and b.caption == caption]
    return found


def test_who_read_after_two_others_attests_no_reading_before_seeing_theirs() -> None:
    facts = _facts(_read("r1", "anne", "bruno", "dora"), _read("r2", "bruno"))
    rows = _table(signatures_part(facts, ""), "À signer").rows
    assert [row[0].strip().split("\n") for row in rows[:-1]] == [
        ["anne", "lecteur"],
        ["bruno", "lecteur"],
        ["dora", "lecteur après coup (hors accord)"],
    ]


def test_the_verdict_of_who_read_after_two_others_is_said_to_be_so() -> None:
    facts = _facts(_read("r1", "anne", "bruno", "dora"))
    columns = _table(annex_part(facts), "Verdicts figés").columns
    assert ["après coup" in column for column in columns] == [False, False, False, True]


def test_one_answer_drawn_and_read_is_said_in_the_singular() -> None:
    read = _read("r1", "anne")
    parts = sample_part(replace(_facts(read), drawn=(read.item,)))
    said = " ".join(each.text for each in parts if isinstance(each, Paragraph))
    assert "1 réponse tirée au sort, dont 1 lue ;" in said


def test_the_annex_has_the_reservation_under_the_quote_that_it_is_about() -> None:
    unsure = "Certitude moyenne : à relire sur Légifrance."
    evidence = evidence_of("Le délai de paiement est de trente jours.")
    reserved = replace(evidence, passage=replace(evidence.passage, notes=(unsure,)))
    answer = answer_of("Trente jours.", "art. R1", "art. R2")
    result = replace(result_of(answer), evidence=(reserved,))
    quotes = _table(annex_part(_facts(_read("r1", "anne", result=result))), "Citations").rows
    assert [unsure in row[2] for row in quotes] == [True, False]
