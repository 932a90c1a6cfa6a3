from assistant.answering.composer import bare, carried, write_sentences
from assistant.answering.extraction import Draft
from tests.fakes import ScriptedModel
from tests.passage_texts import evidence_of

RULE = "L'acheteur peut conserver les offres pendant 5 ans."
OTHER = "Le titulaire doit remettre son rapport sous 10 jours."


def _quote(number: int, text: str) -> Draft:
    return Draft(text, (evidence_of(text, number),), 0, len(text))


QUOTES = [_quote(1, RULE), _quote(2, OTHER)]


def _written(reply: str) -> list[str]:
    model = ScriptedModel({"Question": reply})
    return [
        text for text in write_sentences("Combien de temps ?", QUOTES, model) if text is not None
    ]


def test_whole_sentences_come_out_one_by_one() -> None:
    assert _written("Il faut 5 ans. Le rapport vient ensuite. Et puis rien.") == [
        "Il faut 5 ans.",
        "Le rapport vient ensuite.",
    ]


def test_a_sentence_cut_by_the_limit_is_not_given() -> None:
    assert _written("Il faut 5 ans. Le rapport doit être") == ["Il faut 5 ans."]


def test_oui_and_non_are_taken_off() -> None:
    assert bare("Oui, l'acheteur peut le faire.") == "L'acheteur peut le faire."
    assert bare("NON : il ne peut pas.") == "Il ne peut pas."
    assert bare("Nonobstant cela, il peut.") == "Nonobstant cela, il peut."


def test_a_sentence_cites_the_quote_that_carries_it() -> None:
    assert carried(OTHER, QUOTES).evidence[0].number == 2
    assert carried(RULE, QUOTES).evidence[0].number == 1
    assert carried("Rien ne porte cette phrase.", QUOTES).evidence[0].number == 1
