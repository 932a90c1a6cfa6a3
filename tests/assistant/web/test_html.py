import asyncio
import json
import re
from dataclasses import replace
from datetime import date

import pytest

from assistant.answering.answer import (
    Answer,
    Choice,
    LineRole,
    Outcome,
    Prominence,
    Sentence,
)
from assistant.citations.checker import Support
from assistant.identity import ALONE, Identity
from assistant.question.day import DaySource
from assistant.question.language import Language
from assistant.reports.markup import load_words, set_no_break_spaces
from assistant.web.buyer.chat import service_of_event
from assistant.web.buyer.conversation import Conversation, Turn, TurnStage
from assistant.web.buyer.export import answer_lines
from assistant.web.buyer.page import page_blocks
from assistant.web.buyer.turn_view import spoken_pieces, turn_html
from assistant.web.buyer.wording import footer, welcome
from assistant.web.service import Holdings
from ingestion.documents.pieces import PieceKind
from tests.support.fakes_page import FakeService
from tests.support.page_app import site_over
from tests.support.page_texts import hostile_answer, parsed, small_answer

FRENCH, ENGLISH = load_words(Language.FRENCH), load_words(Language.ENGLISH)


@pytest.fixture(scope="module")
def service() -> FakeService:
    return FakeService()


def finished(service: FakeService, answer: Answer | None = None) -> Turn:
    return Turn(
        "Puis-je acheter ?",
        date(2026, 11, 24),
        TurnStage.FINISHED,
        evidence=service.evidence,
        answer=answer or small_answer(service.evidence),
        record_id="essai-1",
    )


def shown(turn: Turn, language: Language = Language.FRENCH) -> str:
    return turn_html(turn, 0, Conversation((turn,), language))


def test_a_hostile_passage_answer_and_question_are_inert(service: FakeService) -> None:
    turn = replace(
        finished(service, hostile_answer(service.hostile)),
        question="<script>alert(0)</script>",
        evidence=service.hostile,
        problem="<img src=x onerror=alert(9)>",
        record_id='"><script>alert(8)</script>',
    )
    for stage in TurnStage:
        tags = parsed(shown(replace(turn, stage=stage)))
        assert not {"script", "img", "iframe", "b"} & {tag for tag, _ in tags.found}
        for _, attributes in tags.found:
            assert not any(name.startswith("on") for name in attributes)
            assert not (attributes.get("href") or "/").startswith(("javascript:", "http"))
        assert "<script>alert(0)</script>" in tags.text


def test_a_case_that_the_answer_turns_on_is_one_click_away(service: FakeService) -> None:
    asked = "Puis-je acheter ? L'achat porte sur des travaux."
    answer = replace(small_answer(service.evidence), choices=(Choice("Des travaux", asked),))
    turn = finished(service, answer)
    sent = [json.loads(each) for each in _asked_again(turn)]
    assert asked in [each["question"] for each in sent]
    assert "Des travaux" in parsed(shown(turn)).text
    unsettled = replace(turn, stage=TurnStage.READING)
    assert not any(asked in each for each in _asked_again(unsettled))


def _asked_again(turn: Turn) -> list[str]:
    return [
        str(found["data-again"]) for _, found in parsed(shown(turn)).found if "data-again" in found
    ]


def test_what_a_tenderer_wrote_is_said_to_be_at_the_sentence(service: FakeService) -> None:
    turn = finished(service)
    assert "écrit par un candidat" not in shown(turn)
    first, *others = turn.evidence
    offer = replace(first, passage=replace(first.passage, piece=PieceKind.OFFER))
    text = parsed(shown(replace(turn, evidence=(offer, *others)))).text
    assert text.count("écrit par un candidat") == 2  # at the sentence, and on the card


def test_each_sentence_says_its_support_and_links_to_its_passage(service: FakeService) -> None:
    tags = parsed(shown(finished(service)))
    marks = [a for tag, a in tags.found if tag == "a" and a.get("class") == "mark"]
    identities = {a.get("id") for _, a in tags.found}
    assert [mark["href"] for mark in marks] == ["#t0-p1", "#t0-p2", "#t0-p3", "#t0-p4"]
    assert all((mark["href"] or "")[1:] in identities for mark in marks)
    for label in ("mot à mot", "vérifié", "calculé", "1 phrase écartée", "non cité"):
        assert label in tags.text
    assert "le montant 90\u00a0000\u00a0€ ne figure pas" in set_no_break_spaces(tags.text)


@pytest.mark.parametrize(
    ("heading", "told"),
    [
        ("Section 2 : Paiement du sous-traitant", "Paiement du sous-traitant"),
        ("12.3 – Pénalités", "Pénalités"),
        ("3 offres reçues", "3 offres reçues"),
        ("Deux", ""),
    ],
)
@pytest.mark.parametrize("is_sheet", [False, True])
def test_quotes_stand_under_where_their_passage_is_and_what_an_article_is_about(
    service: FakeService, heading: str, told: str, *, is_sheet: bool
) -> None:
    [first, second, *others] = service.evidence
    passage = replace(
        second.passage,
        locator="art. L3, fiche « Payer »" if is_sheet else "art. L3",
        references=("L3",),
        headings=("Livre Ier", heading),
    )
    headed = replace(second, passage=passage)
    said = Sentence("Un.", (first.number,), Support.VERBATIM)
    quotes = [replace(said, text=each, citations=(second.number,)) for each in ("Deux.", "Trois.")]
    lead = replace(quotes[0], text="Zéro.", place=Prominence.LEAD)
    answer = replace(small_answer(service.evidence), sentences=(lead, said, *quotes))
    turn = replace(finished(service, answer), evidence=(first, headed, *others))
    text = parsed(shown(turn)).text
    where = set_no_break_spaces(passage.locator)
    where = where if is_sheet or not told else f"{where} · {told}"
    assert text.count(where) == 1
    assert (is_sheet or not told) is (f"· {told or heading}" not in text)
    assert text.index("Un.") < text.index(where) < text.index("Deux.") < text.index("Trois.")


def test_what_an_article_says_in_our_words_names_it_and_its_quote_stands_below(
    service: FakeService,
) -> None:
    first = service.evidence[0]
    rule = Sentence("Une règle.", (first.number,), Support.PREPARED, label="En clair")
    quote = Sentence("Un article.", (first.number,), Support.VERBATIM)
    computed = replace(quote, text="Un calcul.", support=Support.COMPUTED)
    below = replace(quote, text="Sa suite.")
    answer = replace(small_answer(service.evidence), sentences=(rule, quote, computed, below))
    html = shown(finished(service, answer)).partition('class="legend"')[0]
    where = first.passage.locator.replace("-", "‑").replace(" ", "\u00a0", 1)
    assert re.findall(r'<p class="where"[^>]*>([^<]*)</p>', html) == [f"En clair · {where}", where]
    assert html.index("Une règle.") < html.rindex(where, 0, html.index("Un article."))


def test_what_is_quoted_is_read_aloud_in_french_on_an_english_page(service: FakeService) -> None:
    answer = small_answer(service.evidence)
    quote = next(each for each in answer.sentences if each.support is Support.VERBATIM)
    ours = replace(quote, support=Support.PREPARED, text="Deadline: 30 days.")
    turn = finished(service, replace(answer, sentences=(quote, ours)))
    turn = replace(turn, question="What is the deadline for this?")
    html = shown(turn, Language.ENGLISH)
    assert '<div class="sentence verbatim" lang="fr">' in html
    assert '<div class="sentence prepared" lang="en">' in html
    assert re.search(r'<span lang="en">&nbsp;<a href="#t0-p\d+" class="mark"', html)
    assert '<h4 id="t0-p1-title" lang="fr">' in html
    told = quote.text.replace("\n- ", "\n")
    assert spoken_pieces(turn) == [(Language.FRENCH, told), (Language.ENGLISH, ours.text)]


def _boxes(answer: Answer, service: FakeService) -> list[str]:
    return re.findall(r'<div class="(sentence [^"]+)"', shown(finished(service, answer)))


@pytest.mark.parametrize("support", list(Support))
@pytest.mark.parametrize("place", [Prominence.LEAD, Prominence.BODY])
def test_an_answer_in_a_line_comes_first_in_a_box(
    service: FakeService, support: Support, place: Prominence
) -> None:
    answer = small_answer(service.evidence)
    first = replace(answer.sentences[0], support=support, place=place)
    opened, *rest = _boxes(replace(answer, sentences=(first, *answer.sentences)), service)
    assert opened == f"sentence {support}" + (" lead" if place is Prominence.LEAD else "")
    assert not any(each.endswith("lead") for each in rest)


@pytest.mark.parametrize(
    ("support", "said"),
    [(Support.VERBATIM, "notre explication"), (Support.PREPARED, "dans nos mots")],
)
def test_a_line_in_a_box_says_once_where_it_comes_from(
    service: FakeService, support: Support, said: str
) -> None:
    answer = small_answer(service.evidence)
    lead = replace(answer.sentences[0], support=support, place=Prominence.LEAD)
    html = shown(finished(service, replace(answer, sentences=(lead,))))
    box = html.partition('class="sentence')[2].partition("</div>")[0]
    assert box.count("<small") == 1
    assert said in box


def test_that_quotes_are_word_for_word_is_said_once(service: FakeService) -> None:
    answer = small_answer(service.evidence)
    quote = next(each for each in answer.sentences if each.support is Support.VERBATIM)
    tags = shown(finished(service, replace(answer, sentences=(quote, quote, quote))))
    assert tags.count('<small class="support verbatim">') == 1
    assert tags.rindex('<div class="sentence') < tags.index('<small class="support verbatim">')


def test_that_lines_are_calculated_is_said_once_where_they_follow_each_other(
    service: FakeService,
) -> None:
    answer = small_answer(service.evidence)
    quote = next(each for each in answer.sentences if each.support is Support.VERBATIM)
    line = replace(quote, support=Support.COMPUTED)
    for sentences, labels in (((line, line, line), 1), ((line, quote, line, line), 2)):
        html = shown(finished(service, replace(answer, sentences=sentences)))
        label = '<small class="support computed">'
        assert html.count(label) == labels
        assert html.rindex('<div class="sentence') < html.rindex(label)


def test_what_stands_aside_is_folded_after_the_answer(service: FakeService) -> None:
    answer = small_answer(service.evidence)
    quote = next(each for each in answer.sentences if each.support is Support.VERBATIM)
    aside = replace(quote, place=Prominence.ASIDE)
    html = shown(finished(service, replace(answer, sentences=(quote, aside, quote, aside))))
    before, _, rest = html.partition('<details class="aside">')
    folded, _, after = rest.partition("</details>")
    assert [part.count('<div class="sentence') for part in (before, folded, after)] == [2, 2, 0]
    for part in (before, folded):
        assert part.count('<small class="support verbatim">') == 1
    assert "<summary>Voir aussi\xa0: ce qui reste à faire</summary>" in folded
    assert '<details class="aside">' not in shown(finished(service))
    of_two = replace(aside, citations=(1, 2))
    html = shown(finished(service, replace(answer, sentences=(quote, of_two))))
    assert "<summary>Voir aussi, dans des passages voisins</summary>" in html


def test_lines_stand_under_their_labels_after_the_quotes(service: FakeService) -> None:
    answer = small_answer(service.evidence)
    quote = next(each for each in answer.sentences if each.support is Support.VERBATIM)
    line = replace(quote, role=LineRole.EXCEPTION, label="Attention")
    turn = finished(service, replace(answer, sentences=(line, quote)))
    before, _, lines = shown(turn).partition('<dl class="lines">')
    assert [part.count('<div class="sentence') for part in (before, lines)] == [1, 1]
    assert '<div class="exception"><dt>Attention</dt><dd>' in lines
    assert answer_lines(turn, FRENCH)[0].startswith("Attention : ")


def test_a_day_named_by_the_question_is_said_to_be(service: FakeService) -> None:
    turn = replace(finished(service), as_of=date(2019, 12, 31))
    assert "jour nommé" not in parsed(shown(turn)).text
    named = replace(turn, day_source=DaySource.QUESTION)
    assert "Droit au 31 décembre 2019, jour nommé dans la question" in parsed(shown(named)).text
    assert "31 December 2019, the day named" in parsed(shown(named, Language.ENGLISH)).text
    past = replace(turn, question="Quel était le seuil à l'époque ?", day_source=DaySource.TODAY)
    assert "la question parle d’un autre temps" in parsed(shown(past)).text
    assert "d’un autre temps" not in parsed(shown(replace(past, question="Quel seuil ?"))).text
    unknown = replace(turn, as_of=None, stage=TurnStage.WAITING)
    assert "Droit au" not in parsed(shown(unknown)).text


def test_each_passage_says_what_kind_of_text_it_is(service: FakeService) -> None:
    text = parsed(shown(finished(service))).text
    assert text.count("fiche, sans valeur juridique") == 4
    assert text.count("pièce du marché") == 1
    assert "sheet, without legal value" in parsed(shown(finished(service), Language.ENGLISH)).text


def test_an_abstention_shows_its_notice_and_all_that_was_searched(service: FakeService) -> None:
    answer = Answer(Outcome.ABSTAINED, notice="Je ne trouve pas.")
    text = parsed(shown(finished(service, answer))).text
    assert "Pas de réponse sûre" in text
    assert "Je ne trouve pas." in text
    assert "non cité" not in text
    assert "Word for word" not in parsed(shown(finished(service, answer), Language.ENGLISH)).text


class WithoutTexts(FakeService):
    """Has an index of nothing."""

    @property
    def holdings(self) -> Holdings:
        return Holdings("2026-11-15-a1b2c3", 0, 0)


def test_the_notice_says_it_is_an_ai_what_it_knows_and_who_decides(service: FakeService) -> None:
    text = parsed(welcome(FRENCH, service)).text
    for part in ("intelligence artificielle", "63 documents", "15 novembre 2026", "responsable"):
        assert part in text
    assert "Rien ne sort de cette machine" in text
    assert "construire l'index" in parsed(welcome(FRENCH, WithoutTexts())).text


def test_the_page_says_to_which_server_questions_go(service: FakeService) -> None:
    for said, here in ((FRENCH, "Rien ne sort"), (ENGLISH, "Nothing leaves this machine: neither")):
        service.engine_host = ""
        assert "serv" not in parsed(footer(said, service)).text.split("·")[0]
        service.engine_host = "modeles.fr"
        before = parsed(welcome(said, service)).text
        assert "modeles.fr" in before
        assert here not in before
        assert said["footer_engine"].format(host="modeles.fr") in parsed(footer(said, service)).text


def test_the_page_says_that_texts_go_there_too_for_their_vectors(service: FakeService) -> None:
    service.engine_host = "modeles.fr"
    for said, here in ((FRENCH, "Rien ne sort"), (ENGLISH, "Nothing leaves this machine")):
        service.embeds_there = False
        quoted = parsed(footer(said, service)).text
        assert said["intake_quoted"].format(host="modeles.fr") in quoted
        assert here not in quoted
        service.embeds_there = True
        assert said["notice_embeddings"].format(host="modeles.fr") in (
            parsed(welcome(said, service)).text
        )
        sent = parsed(footer(said, service)).text
        assert said["intake_there"].format(host="modeles.fr") in sent
        assert here not in sent


def test_the_page_says_which_other_servers_hold_or_are_told_something() -> None:
    service = FakeService()
    for said, here in ((FRENCH, "Rien ne sort"), (ENGLISH, "Nothing leaves this machine")):
        service.servers = frozenset({"store", "ledger", "traces"})
        before, below = parsed(welcome(said, service)).text, parsed(footer(said, service)).text
        for part in ("notice_store", "notice_ledger", "notice_traces", "notice_rest"):
            assert said[part] in before
        assert said["intake_store"] in below
        assert here not in before + below
        assert ("cette machine" if said is FRENCH else "this machine") not in said["welcome"]
        service.servers = frozenset({"ledger"})
        assert said["notice_store"] not in parsed(welcome(said, service)).text
        assert said["intake_here"] in parsed(footer(said, service)).text


def test_the_footer_leads_to_what_has_changed(service: FakeService) -> None:
    for said in (FRENCH, ENGLISH):
        assert f'href="/changes" target="_blank">{said["changes_title"]}</a>' in (
            footer(said, service)
        )


def test_who_drops_files_is_told_who_will_see_them(
    service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    for said in (FRENCH, ENGLISH):
        for teams, told in (
            (None, said["dossier_team"]),
            (frozenset({"voirie"}), said["dossier_everybody"]),
            (frozenset(), said["intake_teamless"]),
        ):
            monkeypatch.setattr(service, "reader", Identity("u-1", "", ALONE.roles, teams))
            page = footer(said, service)
            assert told in parsed(page).text
            assert ('name="team"' in page) is (teams != frozenset())
        monkeypatch.setattr(service, "reader", ALONE)
        assert 'name="team"' not in footer(said, service)


# What the page does while nobody asks anything


MOST_LOOKS = 40
"""A second; each takes some 100 µs, so that all take half of a hundredth of a core."""

SECONDS = 10


class _Over(Exception):
    """Enough time has passed."""


@pytest.mark.parametrize("loop", ["start_processing", "start_progress_updates"])
def test_an_idle_queue_is_seldom_looked_at(loop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        """Time passes at once."""
        slept.append(seconds)
        if sum(slept) >= SECONDS:
            raise _Over

    async def idle() -> None:
        blocks = page_blocks(service_of_event(site_over(FakeService())))
        await getattr(blocks._queue, loop)()

    monkeypatch.setattr(asyncio, "sleep", sleep)
    with pytest.raises(_Over):
        asyncio.run(idle())
    assert len(slept) <= MOST_LOOKS * SECONDS
