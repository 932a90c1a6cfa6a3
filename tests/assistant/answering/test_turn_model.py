"""Whole turns with a model that puts questions again and writes, or fails to."""

from collections.abc import Generator
from pathlib import Path

import pytest

from assistant.answering.answer import (
    Dropped,
    Exchange,
    Found,
    ModelReading,
    Outcome,
    Wrote,
)
from assistant.answering.pipeline import Assistant
from assistant.errors import BrokenPrompt, ModelStopped
from assistant.journal.journal import Journal
from assistant.llm.language_model import Prompt
from assistant.question.language import Language
from ingestion.errors import ModelUnavailable
from tests.support.fakes import ScriptedModel
from tests.support.journals import bodies
from tests.support.small_index import (
    ASKED,
    FOLLOW_UP,
    IN_ENGLISH,
    NOT_THERE,
    TODAY,
    assistant_over,
    judge_comparisons,
    result_of,
)

TRUE = "Un marché de fournitures de moins de 60 000 € HT se passe sans publicité."
FALSE = "L'acheteur peut passer un marché de fournitures sans publicité sous 90 000 € HT."
WITHOUT_IT = (
    (ModelStopped("Le modèle de langue s'est arrêté (SIGILL)."), "s’est arrêté", "stopped"),
    (ModelUnavailable("Trois fois de suite."), "ne peut pas servir", "cannot be used"),
)


def test_an_english_question_is_searched_in_french(small_home: Path, journal: Journal) -> None:
    model = ScriptedModel({"competition": ASKED})
    asking = assistant_over(small_home, journal, model=model).ask(
        "May I buy without competition?", as_of=TODAY, language=Language.ENGLISH
    )
    result = result_of(asking)
    assert result.question == "May I buy without competition?"
    assert result.standalone == ASKED
    assert "60 000 €" in result.answer.markdown
    assert "quoted" in result.answer.notice


@pytest.mark.parametrize(("translated", "is_compared"), [("45 000 €", True), ("450 000 €", False)])
def test_a_figure_that_the_model_mistranslates_is_not_held_against_a_text(
    small_home: Path,
    journal: Journal,
    monkeypatch: pytest.MonkeyPatch,
    translated: str,
    *,
    is_compared: bool,
) -> None:
    question = ASKED.replace(" ?", f" pour {translated} HT ?")
    judge_comparisons(monkeypatch, {"euro 60000": True}, question)
    model = ScriptedModel({"45,000": question})
    asking = assistant_over(small_home, journal, model=model).ask(
        "May I buy for €45,000 excl. tax without competition?",
        as_of=TODAY,
        language=Language.ENGLISH,
    )
    result = result_of(asking)
    assert (result.standalone != result.question) is is_compared
    assert ("Computed:" in result.answer.markdown) is is_compared


def test_what_the_model_writes_instead_of_a_translation_is_not_searched(
    small_home: Path, journal: Journal
) -> None:
    asked = "May I buy without competition?"
    model = ScriptedModel({"competition": "Oui, sans publicité ni mise en concurrence."})
    asking = assistant_over(small_home, journal, model=model).ask(
        asked, as_of=TODAY, language=Language.ENGLISH
    )
    result = result_of(asking)
    assert result.standalone == asked
    assert result.answer.notice.startswith("The language model did not translate the question")


def test_a_follow_up_is_read_with_the_question_before_and_without_the_model(
    small_home: Path, journal: Journal
) -> None:
    model, before = ScriptedModel(), "Sous quel montant accorder une dispense ?"
    asking = assistant_over(small_home, journal, model=model).ask(
        FOLLOW_UP, as_of=TODAY, history=(Exchange(before, "…"),)
    )
    result = result_of(asking)
    assert (result.question, result.standalone) == (FOLLOW_UP, f"{before} {FOLLOW_UP}")
    assert "30 000 euros" in result.answer.markdown
    assert bodies(journal)[0]["standalone"] == result.standalone
    assert model.prompts == []


def test_an_english_follow_up_is_translated_and_read_with_the_question_before(
    small_home: Path, journal: Journal
) -> None:
    model = ScriptedModel({"advance": FOLLOW_UP})
    asking = assistant_over(small_home, journal, model=model).ask(
        "And for an advance?",
        as_of=TODAY,
        history=(Exchange(ASKED, "…"),),
        language=Language.ENGLISH,
    )
    assert result_of(asking).standalone == f"{ASKED} {FOLLOW_UP}"


def test_a_question_that_stands_by_itself_is_not_rewritten(
    small_home: Path, journal: Journal
) -> None:
    model = ScriptedModel()
    history = (Exchange("Quel délai de paiement ?", "…"),)
    asking = assistant_over(small_home, journal, model=model).ask(
        ASKED, as_of=TODAY, history=history
    )
    assert result_of(asking).standalone == ASKED
    assert model.prompts == []


class _BrokenModel(ScriptedModel):
    """Fails as it is said to, in the middle of every reply."""

    def __init__(self, failure: Exception) -> None:
        super().__init__()
        self._failure = failure

    def stream(
        self, prompt: Prompt, max_tokens: int, schema: str = ""
    ) -> Generator[str | None, None, None]:
        yield None
        raise self._failure


def test_an_error_leaves_a_record_and_is_raised(small_home: Path, journal: Journal) -> None:
    assistant = assistant_over(
        small_home, journal, model=_BrokenModel(BrokenPrompt("Une consigne manque."))
    )
    for _ in range(2):  # the second one is not kept waiting by the first
        with pytest.raises(BrokenPrompt):
            list(assistant.ask(IN_ENGLISH, as_of=TODAY, language=Language.ENGLISH))
    assert [body["ended"] != "finished" for body in bodies(journal)] == [True, True]


@pytest.mark.parametrize(("failure", "french", "english"), WITHOUT_IT)
def test_an_english_question_is_answered_without_the_model(
    small_home: Path, journal: Journal, failure: Exception, french: str, english: str
) -> None:
    assistant = assistant_over(small_home, journal, model=_BrokenModel(failure))
    asking = assistant.ask(
        FOLLOW_UP, as_of=TODAY, history=(Exchange(ASKED, "…"),), language=Language.ENGLISH
    )
    result = result_of(asking)
    assert english in result.answer.notice
    assert french not in result.answer.notice
    assert result.standalone == f"{ASKED} {FOLLOW_UP}"
    assert result.answer.citations
    [body] = bodies(journal)
    assert (body["ended"], english in body["answer"]) == ("finished", True)


@pytest.mark.parametrize(("failure", "french", "english"), WITHOUT_IT)
def test_what_is_quoted_stays_when_the_model_does_not_write(
    small_home: Path, journal: Journal, failure: Exception, french: str, english: str
) -> None:
    assistant = assistant_over(small_home, journal, model=_BrokenModel(failure), writes=True)
    plain = result_of(assistant_over(small_home, journal).ask(ASKED, as_of=TODAY))
    for language, said in ((Language.FRENCH, french), (Language.ENGLISH, english)):
        result = result_of(assistant.ask(ASKED, as_of=TODAY, language=language))
        assert result.answer.sentences == plain.answer.sentences
        assert result.answer.notice.startswith(("Le modèle", "The language model"))
        assert said in result.answer.notice


def test_a_false_sentence_of_the_model_is_never_shown(small_home: Path, journal: Journal) -> None:
    model = ScriptedModel({"": f"{FALSE} Voilà."})
    events = list(
        assistant_over(small_home, journal, model=model, writes=True).ask(ASKED, as_of=TODAY)
    )
    result = result_of(events)
    assert "90 000" not in result.answer.markdown
    assert FALSE in [removed.text for removed in result.answer.removed]
    assert all(removed.reason for removed in result.answer.removed)
    [dropped] = [
        each for each in events if isinstance(each, Dropped) and each.removed.text == FALSE
    ]
    assert dropped.removed in result.answer.removed
    assert FALSE in [each["text"] for each in bodies(journal)[0]["removed"]]
    assert result.answer.outcome is Outcome.ANSWERED  # by the quotes


def test_what_the_model_writes_comes_after_the_quotes(small_home: Path, journal: Journal) -> None:
    model = ScriptedModel({"": f"{FALSE} Voilà."})
    events = list(
        assistant_over(small_home, journal, model=model, writes=True).ask(ASKED, as_of=TODAY)
    )
    kinds = [type(event) for event in events]
    assert kinds.index(Found) < kinds.index(Wrote) < kinds.index(ModelReading)
    written = result_of(events).answer.sentences
    quoted = result_of(
        list(assistant_over(small_home, journal).ask(ASKED, as_of=TODAY))
    ).answer.sentences
    assert written[: len(quoted)] == quoted


def test_a_model_that_says_nothing_or_repeats_a_quote_adds_nothing(
    small_home: Path, journal: Journal
) -> None:
    alone = result_of(assistant_over(small_home, journal).ask(ASKED, as_of=TODAY)).answer
    for reply in ("", "Oui.", alone.sentences[0].text, "Je ne sais pas ce qu'il"):
        model = ScriptedModel({"": reply})
        asking = assistant_over(small_home, journal, model=model, writes=True).ask(
            ASKED, as_of=TODAY
        )
        assert result_of(asking).answer.sentences == alone.sentences


def test_stopping_while_the_model_writes_leaves_a_record_and_the_queue(
    small_home: Path, journal: Journal
) -> None:
    model = ScriptedModel({"": f"{TRUE} Voilà."}, pauses=3)
    assistant = assistant_over(small_home, journal, model=model, writes=True)
    for _ in range(2):
        turn = assistant.ask(ASKED, as_of=TODAY)
        assert any(isinstance(event, ModelReading) for event in turn)
        turn.close()
        assert model.running == 0
    assert [body["ended"] for body in bodies(journal)] == ["interrupted"] * 2
    assert all(body["sentences"] for body in bodies(journal))


def test_a_question_not_answered_is_not_put_to_the_model(
    small_home: Path, journal: Journal
) -> None:
    model = ScriptedModel({"": FALSE})
    assistant = assistant_over(small_home, journal, model=model, writes=True)
    for question in (NOT_THERE, "Que dit la jurisprudence sur la publicité ?"):
        list(assistant.ask(question, as_of=TODAY))
    assert model.prompts == []


@pytest.mark.parametrize(
    ("before", "question", "standalone"),
    [
        (ASKED, ASKED, ASKED),
        (ASKED, f"{ASKED} L'acheteur est une commune.", f"{ASKED} L'acheteur est une commune."),
        (f"{ASKED} {FOLLOW_UP}", FOLLOW_UP, f"{ASKED} {FOLLOW_UP}"),
        ("Puis-je acheter pour 35 000 € ?", "et à 95 000 € ?", "Puis-je acheter pour 95 000 € ?"),
    ],
)
def test_a_question_asked_again_or_anew_is_whole(
    assistant: Assistant, before: str, question: str, standalone: str
) -> None:
    asking = assistant.ask(question, as_of=TODAY, history=(Exchange(before, "…"),))
    assert result_of(asking).standalone == standalone
