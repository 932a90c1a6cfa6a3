"""A turn as HTML: the question, the answer with its marks, and what was left out of it."""

from assistant.answers import Outcome, Sentence
from assistant.ledger.addresses import drawing_address, question_address
from assistant.ledger.fields import Population
from assistant.page.actions import actions
from assistant.page.conversation import Conversation, Stage, Turn
from assistant.page.evidence_panel import LEDGER, panel
from assistant.page.markup import NOTHING, Html, element, joined, prose, unbroken
from assistant.page.scope_bar import scope_bar
from assistant.page.words import Words, count, words
from ingestion.piece_kinds import PieceKind


def turn_html(turn: Turn, position: int, conversation: Conversation) -> Html:
    """A turn: question and answer on the left, evidence on the right. Pure."""
    said, turn_id = words(conversation.language), f"t{position}"
    left = element(
        "div",
        question(turn, conversation, said),
        answer(turn, turn_id, said),
        actions(turn, said)
        if turn.settled and (turn.answer.sentences or turn.record_id)
        else NOTHING,
        class_="reply",
    )
    right = panel(turn, turn_id, said, conversation.language.value)
    return element("section", left, right, class_=f"turn {turn.stage}", id=turn_id)


def question(turn: Turn, conversation: Conversation, said: Words) -> Html:
    """The question as asked, of what and of which day, and how it was understood if otherwise."""
    understood = turn.standalone and turn.standalone.casefold() != turn.question.casefold()
    return element(
        "header",
        element(
            "h2", element("span", said["asked"], " : ", class_="unseen"), unbroken(turn.question)
        ),
        scope_bar(turn, conversation, said),
        element("p", said["understood"].format(question=turn.standalone), class_="understood")
        if understood
        else NOTHING,
    )


def answer(turn: Turn, turn_id: str, said: Words) -> Html:
    """What stands of the answer, and where the turn is."""
    outcome = turn.answer.outcome if turn.stage is Stage.FINISHED else Outcome.ANSWERED
    heading = NOTHING if outcome is Outcome.ANSWERED else element("p", said[outcome], class_="tag")
    preface, notice = turn.answer.preface, turn.answer.notice
    return element(
        "div",
        element("h3", said["answer"], class_="unseen"),
        heading,
        element("div", prose(preface), class_="notice") if preface else NOTHING,
        *(sentence(each, turn, turn_id, said) for each in turn.answer.sentences),
        element("div", prose(notice), class_="notice") if notice else NOTHING,
        sheet_link(turn, said),
        progress(turn, said),
        legend(turn, said),
        removed(turn, turn_id, said),
        class_=f"answer {outcome}",
        id=f"{turn_id}-answer",
        tabindex=-1,
    )


def sentence(shown: Sentence, turn: Turn, turn_id: str, said: Words) -> Html:
    """A sentence, the marks of its passages, and what supports it."""
    passages = {each.number: each.passage for each in turn.evidence}
    cited = {n: passages[n] for n in shown.citations if n in passages}
    marks: list[str] = []
    for n, passage in cited.items():
        label = said["mark"].format(n=n, title=passage.title, locator=passage.locator)
        link = element("a", f"[{n}]", href=f"#{turn_id}-p{n}", class_="mark", aria_label=label)
        marks += ["\u00a0", link]
    if any(passage.piece is PieceKind.OFFER for passage in cited.values()):
        marks += [" ", element("small", said["of_tenderer"], class_="rank")]
    if any(each.hidden and each.n in cited for each in turn.answer.citations):
        marks += [" ", element("small", said["of_hidden_text"], class_="rank")]
    support = element("small", said[f"support_{shown.support}"], class_=f"support {shown.support}")
    return element("div", prose(shown.text, *marks, " ", support), class_="sentence")


def sheet_link(turn: Turn, said: Words) -> Html:
    """Where the rows of a figure of the ledger all are, and its drawing when it has several."""
    kinds = {each.passage.kind for each in turn.evidence} & LEDGER
    if not (kinds and turn.settled and turn.as_of):
        return NOTHING
    over = Population(kinds.pop())
    drawn = sum(each.text.startswith("- ") for each in turn.answer.sentences) > 1
    drawing = element(
        "img", src=drawing_address(over, turn.question, turn.as_of), alt=said["sheet_drawing"]
    )
    link = element(
        "a",
        said["sheet_link"],
        href=question_address(over, turn.question, turn.as_of),
        target="_blank",
    )
    return element("div", drawing if drawn else NOTHING, link, class_="sheet-link")


def progress(turn: Turn, said: Words) -> Html:
    """Where an unfinished turn is, or why it ended without an answer."""
    match turn.stage:
        case Stage.WAITING if turn.ahead:
            line = count(said, "ahead", turn.ahead)
        case Stage.WAITING:
            line = said["searching"]
        case Stage.READING | Stage.STOPPED | Stage.INTERRUPTED:
            line = said[turn.stage]
        case Stage.FAILED:
            title = element("strong", said["error_title"])
            return element("div", title, prose(turn.problem), class_="problem", role="alert")
        case Stage.FINISHED:
            return NOTHING
    return element("p", line, class_="progress" if not turn.settled else "progress over")


def legend(turn: Turn, said: Words) -> Html:
    """What the support labels used in this answer mean, once it is complete."""
    used = dict.fromkeys(each.support for each in turn.answer.sentences)
    if not (turn.settled and used):
        return NOTHING
    lines = [
        joined([element("dt", said[f"support_{each}"]), element("dd", said[f"legend_{each}"])])
        for each in used
    ]
    return element(
        "details", element("summary", said["legend"]), element("dl", *lines), class_="legend"
    )


def removed(turn: Turn, turn_id: str, said: Words) -> Html:
    """The sentences that did not stand, folded, each with its reason."""
    left_out = turn.answer.removed
    if not left_out:
        return NOTHING
    items = [
        element(
            "li",
            element("del", each.text),
            element("p", said["reason"].format(reason=each.reason)),
        )
        for each in left_out
    ]
    return element(
        "details",
        element("summary", count(said, "removed", len(left_out))),
        element("p", said["removed_why"]),
        element("ul", *items),
        class_="removed",
        id=f"{turn_id}-removed",
    )
