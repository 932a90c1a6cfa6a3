"""The evaluation set as a page: its questions, and the form of one. Pure HTML."""

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from assistant.page.form import button, hidden
from assistant.page.markup import Html, element, joined
from assistant.page.referent import fields
from assistant.page.referent.frame import ROOT, alert, badge
from assistant.page.table import ACTION, table
from assistant.page.words import counted
from assistant.review.gold import GoldQuestion

_HEADS = ("Question", "Attendu", "Droit au", ACTION)


def gold_html(questions: Sequence[GoldQuestion]) -> Iterator[Html]:
    """The questions, each with the ways to correct it and to take it out."""
    yield element(
        "p",
        "Questions relues dont la réponse attendue est connue. Tout nouvel index doit y répondre "
        "au moins aussi bien que celui en service avant d'être publié.",
        class_="hint",
    )
    exported = element("a", "Exporter (JSONL)", href=f"{ROOT}/gold.jsonl")
    added = element("a", "Ajouter une question", href=f"{ROOT}/gold/new")
    number = element("strong", counted(len(questions), "question", "questions"))
    yield element("p", number, ". ", added, " · ", exported, class_="count")
    if questions:
        yield table(_HEADS, map(_row, questions), "Questions d'évaluation")


def form_html(question: GoldQuestion, record_id: str, problem: str = "") -> Html:
    """The form of a question; `record_id` is the answer it was asked in, if any."""
    facts = (
        "Un fait par ligne, tel que la réponse doit le dire ; la barre | sépare deux façons de le "
        "dire : 60 ?000|soixante mille, où ? suit un signe facultatif. Une barre oblique inverse "
        "se met devant ( ) [ ] { } * + ? ^ $"
    )
    form = element(
        "form",
        hidden("record_id", record_id),
        fields.line("id", "Identifiant", question.id, maxlength=64, required=True),
        fields.day("as_of", "Droit au", question.as_of),
        _wide(fields.area("question", "Question", question.question, 3, required=True)),
        _wide(
            fields.area("articles", "Articles attendus, un par ligne", _lines(question.articles), 3)
        ),
        _wide(fields.area("facts", "Faits attendus", _lines(question.facts), 4)),
        element("p", facts, class_="hint wide"),
        element(
            "p",
            element(
                "input",
                type="checkbox",
                name="refusal",
                value="1",
                id="refusal",
                checked=question.refusal_expected,
            ),
            " ",
            element("label", "Un refus est attendu : les textes n'y répondent pas", for_="refusal"),
            class_="wide",
        ),
        element("p", button("Enregistrer", class_="main"), class_="send"),
        method="post",
        action=f"{ROOT}/gold",
        class_="fields",
    )
    return element("div", alert(problem), form)


def _row(question: GoldQuestion) -> tuple[str, ...]:
    expected = [badge(each) for each in (*question.articles, *question.facts)]
    if question.refusal_expected:
        expected.append(badge("refus", "quiet"))
    address = f"{ROOT}/gold/{quote(question.id, safe='')}"
    remove = element(
        "form",
        button("Retirer", class_="danger", aria_label=f"Retirer {question.id}"),
        method="post",
        action=f"{address}/remove",
    )
    return (
        joined([element("a", question.question, href=address), element("small", question.id)]),
        joined(expected),
        f"{question.as_of:%d/%m/%Y}" if question.as_of else "",
        remove,
    )


def _wide(field: Html) -> Html:
    return element("div", field, class_="wide")


def _lines(values: Sequence[str]) -> str:
    return "\n".join(values)
