import base64
import io
import re
from dataclasses import fields, replace
from datetime import date
from typing import Any

import gradio as gr
from docx import Document as WordDocument
from markdown_it import MarkdownIt

from assistant.answering.answer import Answer, Outcome, Prominence, marked
from assistant.question.language import Language
from assistant.reports.markup import load_words
from assistant.web.buyer.commands import Commands, parcel
from assistant.web.buyer.conversation import Conversation, Turn, TurnStage, remembered
from assistant.web.buyer.export import answer_lines, answer_text, as_docx, as_markdown
from assistant.web.buyer.layout import Layout
from assistant.web.buyer.turn_view import turn_html
from ingestion.library.corpus import DOSSIER
from ingestion.tenders.dossiers import Dossier
from tests.support.fakes_page import FakeService
from tests.support.page_texts import hostile_answer, parsed, small_answer

DAY = date(2026, 11, 24)
SAID = load_words(Language.FRENCH)


def conversation() -> Conversation:
    service = FakeService()
    turn = Turn(
        "Puis-je acheter pour 35 000 € ?",
        DAY,
        TurnStage.FINISHED,
        evidence=service.evidence,
        answer=small_answer(service.evidence),
        record_id="essai-1",
    )
    return Conversation((turn, replace(turn, stage=TurnStage.STOPPED, record_id="")))


def test_markdown_holds_question_answer_sources_dates_and_notice() -> None:
    text = as_markdown(conversation(), DAY)
    for part in (
        "## Puis-je acheter pour 35 000 € ?",
        "Droit au 24 novembre 2026",
        "préalables. [1]",
        "[1] Petits achats",
        "en vigueur depuis le 1er avril 2026",
        "« atteint 25 000 € HT est conclu par écrit »",
        "~~Le seuil applicable est de 90 000 € HT.~~",
        "intelligence artificielle",
        "Réponse n° essai-1",
        "Arrêté à votre demande",
    ):
        assert part in text.replace("\u00a0", " "), part


def test_an_export_is_told_to_the_service_before_it_is_handed_over() -> None:
    service, request = FakeService(), gr.Request()
    places: dict[str, Any] = {field.name: field.name for field in fields(Layout)}
    commands = Commands(lambda _: service, Layout(**places))
    memory = remembered(conversation())
    for export in (commands.export_markdown, commands.export_docx):
        assert export(memory, request)
    assert service.exports == [("md", ("essai-1",)), ("docx", ("essai-1",))]
    assert commands.export_docx("", request)
    assert len(service.exports) == 2  # there was nothing to take away


def test_one_answer_is_taken_away_by_its_number_with_what_it_came_from() -> None:
    service, request = FakeService(), gr.Request()
    places: dict[str, Any] = {field.name: field.name for field in fields(Layout)}
    commands = Commands(lambda _: service, Layout(**places))
    first = replace(conversation().turns[0], model="lecteur", generation="20261101-000000-001")
    other = replace(first, question="Une autre ?", record_id="essai-2")
    screen = commands.export_answer("essai-1", remembered(Conversation((first, other))), request)
    (sent,) = re.findall('base64,([^"]+)"', screen["outbox"])
    opened = WordDocument(io.BytesIO(base64.b64decode(sent)))
    text = "\n".join(paragraph.text for paragraph in opened.paragraphs).replace("\u00a0", " ")
    for part in (
        "Puis-je acheter pour 35 000 € ?",
        "Répondu d’après les règles · Droit au 24 novembre 2026",
        "Oui : en dessous",
        "[1] Petits achats",
        "« atteint 25 000 € HT est conclu par écrit »",
        "Modèle de lecture : lecteur",
        "Index : 20261101-000000-001",
        "Réponse n° essai-1",
    ):
        assert part in text, part
    assert "Une autre" not in text
    assert service.exports == [("docx", ("essai-1",))]
    assert "outbox" not in commands.export_answer("", remembered(Conversation((first,))), request)


def test_what_is_folded_comes_last_under_the_words_of_its_fold() -> None:
    turn = conversation().turns[0]
    first, *others = turn.answer.sentences
    answer = replace(turn.answer, sentences=(replace(first, place=Prominence.ASIDE), *others))
    lines = answer_lines(replace(turn, answer=answer), SAID)
    assert lines == [*map(marked, others), f"{SAID['aside']} :", marked(first)]
    assert answer_lines(turn, SAID) == [marked(each) for each in turn.answer.sentences]


def test_a_copy_names_each_source_once_and_says_no_words_twice() -> None:
    text = answer_text(conversation().turns[0], SAID).replace("\u00a0", " ")
    assert text.startswith("Question : Puis-je acheter pour 35 000 € ?\n\nOui : en dessous")
    second = next(line for line in text.splitlines() if line.startswith("[2]"))
    assert second.endswith("en vigueur depuis le 1er avril 2026")  # its words are the answer's
    assert text.count("\n[2] ") == 1
    assert text.count("éviter d’acheter toujours au même fournisseur") == 1
    assert "« atteint 25 000 € HT est conclu par écrit »" in text
    assert "Répondu d’après les règles · Droit au 24 novembre 2026" in text


def test_a_stop_before_the_first_sentence_promises_nothing_of_sentences() -> None:
    turn = replace(conversation().turns[1], answer=Answer(Outcome.ANSWERED))
    assert answer_lines(turn, SAID) == [SAID["stopped_before"]]
    assert SAID["stopped"] in answer_lines(conversation().turns[1], SAID)


def test_a_dossier_is_named_alike_on_the_screen_in_a_copy_and_in_each_file() -> None:
    known = Dossier(DOSSIER, "2026-DEMO-01")
    turn = replace(conversation().turns[0], dossier=known.id)
    talk = Conversation((turn,), dossiers=(known,))
    shown = parsed(turn_html(turn, 0, talk))
    [copied] = [str(a["data-text"]) for _, a in shown.found if "data-text" in a]
    for text in (shown.text, copied, as_markdown(talk, DAY)):
        assert "d’après le dossier 2026-DEMO-01 (démonstration)" in text.replace("\u00a0", " ")


def test_a_turn_whose_day_was_never_known_names_none() -> None:
    turn = replace(conversation().turns[0], as_of=None)
    assert "Droit au" not in as_markdown(Conversation((turn,)), DAY)
    assert "Droit au" not in answer_text(turn, SAID)


def test_markdown_keeps_hostile_text_inert() -> None:
    service = FakeService()
    turn = replace(conversation().turns[0], answer=hostile_answer(service.hostile))
    text = as_markdown(Conversation((replace(turn, question="![x](http://example.test)"),)), DAY)
    unescaped = text.replace("\\<", "").replace("\\!", "").replace("]\\(", "")
    assert "<" not in unescaped
    assert "](" not in unescaped


def test_markdown_of_pieces_makes_no_link_of_a_mark_nor_a_heading_or_list() -> None:
    pieces = "[1]: https://evil.example/\ntitre\n---\nautre\n===\n- a\n+ b\n12. c\n3) d\n&lt;b&gt;"
    turn = conversation().turns[0]
    [sentence, *others] = turn.answer.sentences
    told = replace(turn.answer, preface=pieces, sentences=(sentence, *others))
    made = as_markdown(Conversation((replace(turn, answer=told),)), DAY)
    shown = MarkdownIt("commonmark").render(made)
    assert "<a " not in shown
    assert "- a<br" in shown
    assert "[1]" in made
    plain_made = as_markdown(Conversation((replace(turn, answer=turn.answer),)), DAY)
    plain_shown = MarkdownIt("commonmark").render(plain_made)
    for tag in ("<h1", "<h2", "<ol", "<ul", "<li", "<hr"):
        assert shown.count(tag) == plain_shown.count(tag), tag
    assert "&amp;lt;b&amp;gt;" in shown
    assert "-12,50" in as_markdown(Conversation((replace(turn, question="-12,50 €"),)), DAY)


def test_a_reservation_stands_with_the_source_that_it_is_about_wherever_an_answer_goes() -> None:
    [turn, _] = conversation().turns
    unsure = "Certitude moyenne : texte lu dans sa version de mi-2025."
    first, *others = turn.evidence
    reserved = replace(first, passage=replace(first.passage, notes=(unsure,)))
    turn = replace(turn, evidence=(reserved, *others))
    word = WordDocument(io.BytesIO(as_docx(Conversation((turn,)), DAY)))
    written = "\n".join(each.text for each in word.paragraphs)
    for text in (as_markdown(Conversation((turn,)), DAY), answer_text(turn, SAID), written):
        holding = [line for line in text.replace("\u00a0", " ").splitlines() if unsure in line]
        assert [f"[{first.number}] {first.passage.title}" in line for line in holding] == [True]


def test_word_file_holds_the_same() -> None:
    opened = WordDocument(io.BytesIO(as_docx(conversation(), DAY)))
    text = "\n".join(paragraph.text for paragraph in opened.paragraphs).replace("\u00a0", " ")
    for part in ("Puis-je acheter", "préalables. [1]", "Sources", "[3] Marché écrit", "essai-1"):
        assert part in text
    assert opened.paragraphs[0].text == "Conversation avec Sourcier"


def test_word_file_survives_control_characters() -> None:
    turn = replace(conversation().turns[0], question="a\x00\x1b[31mb\ufffe\ud800c")
    opened = WordDocument(io.BytesIO(as_docx(Conversation((turn,)), DAY)))
    assert "a[31mbc" in [paragraph.text for paragraph in opened.paragraphs]


def test_the_copied_answer_quotes_its_sources_in_the_chosen_language() -> None:
    text = answer_text(conversation().turns[0], load_words(Language.ENGLISH))
    assert "[1] Petits achats" in text
    assert "Law as of 24 November 2026" in text
    assert "“atteint 25 000 € HT est conclu par écrit”" in text


def test_a_parcel_is_a_file_inside_the_page() -> None:
    assert 'download="a&#34;.md"' in parcel('a".md', "text/markdown", b"<b>")
    assert "<b>" not in parcel("a.md", "text/markdown", b"<b>")
