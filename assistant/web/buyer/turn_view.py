"""A turn as HTML: the question, the answer with its marks, and what a reader can do with it."""

from assistant.answering.answer import Outcome, Sentence
from assistant.ledger.query.plan import Population
from assistant.ledger.replies import drawing_address, question_address
from assistant.reports.markup import (
    NOTHING,
    Html,
    Words,
    count,
    element,
    join_html,
    load_words,
    prose,
    set_no_break_spaces,
)
from assistant.web.buyer.conversation import Conversation, Turn, TurnStage
from assistant.web.buyer.evidence_panel import LEDGER, panel
from assistant.web.buyer.export import answer_text
from assistant.web.buyer.scope_bar import scope_bar
from ingestion.tenders.pieces import PieceKind

# The two drawings of the page.

_THUMB = (
    "M7 10.5v9H3.5v-9zM7 11l3.6-7.2c1.6 0 2.4 1 2.2 2.6l-.4 3.1h5.4c1.5 0 2.4 1.2 2 2.6"
    "l-1.6 5.6c-.3 1.1-1.1 1.8-2.3 1.8H7"
)


def _icon(transform: str) -> Html:
    return Html(
        '<svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true" fill="none" '
        'stroke="currentColor" stroke-width="1.5" stroke-linejoin="round">'
        f'<path d="{_THUMB}"{transform}/></svg>'
    )


THUMB_UP = _icon("")
THUMB_DOWN = _icon(' transform="rotate(180 12 12)"')


# What the reader can do with an answer: copy it, judge it, quote its number. Pure HTML.


def actions(turn: Turn, said: Words) -> Html:
    """Copy the answer, say what one thinks of it, and its number in the journal."""
    copy = element(
        "button",
        said["copy"],
        type="button",
        class_="copy",
        data_text=answer_text(turn, said),
        data_done=said["copied"],
        data_failed=said["copy_failed"],
    )
    record = element("p", said["record"].format(record=turn.record_id), class_="record")
    rating = rating_form(turn.record_id, said) if turn.record_id else NOTHING
    return element("footer", copy, rating, record if turn.record_id else NOTHING, class_="actions")


def rating_form(record_id: str, said: Words) -> Html:
    """Two thumbs; the comment field appears once one of them is pressed."""
    thumbs = [
        element(
            "button",
            icon,
            type="button",
            data_thumb=thumb,
            aria_pressed="false",
            aria_label=said[f"rate_{thumb}"],
            title=said[f"rate_{thumb}"],
        )
        for thumb, icon in (("up", THUMB_UP), ("down", THUMB_DOWN))
    ]
    comment = element(
        "span",
        element(
            "input",
            type="text",
            maxlength=2000,
            aria_label=said["rate_comment"],
            placeholder=said["rate_comment"],
        ),
        element("button", said["rate_send"], type="submit"),
        class_="comment",
        hidden=True,
    )
    return element(
        "form",
        element("span", said["rate"], class_="asked"),
        *thumbs,
        comment,
        element("span", role="status", class_="outcome"),
        class_="rate",
        aria_label=said["rate"],
        data_record=record_id,
        data_done=said["rated"],
        data_failed=said["rate_failed"],
    )


# A turn as HTML: the question, the answer with its marks, and what was left out of it.


def turn_html(turn: Turn, position: int, conversation: Conversation) -> Html:
    """A turn: question and answer on the left, evidence on the right. Pure."""
    said, turn_id = load_words(conversation.language), f"t{position}"
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
            "h2",
            element("span", said["asked"], " : ", class_="unseen"),
            set_no_break_spaces(turn.question),
        ),
        scope_bar(turn, conversation, said),
        element("p", said["understood"].format(question=turn.standalone), class_="understood")
        if understood
        else NOTHING,
    )


def answer(turn: Turn, turn_id: str, said: Words) -> Html:
    """What stands of the answer, and where the turn is."""
    outcome = turn.answer.outcome if turn.stage is TurnStage.FINISHED else Outcome.ANSWERED
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
        case TurnStage.WAITING if turn.ahead:
            line = count(said, "ahead", turn.ahead)
        case TurnStage.WAITING:
            line = said["searching"]
        case TurnStage.READING | TurnStage.STOPPED | TurnStage.INTERRUPTED:
            line = said[turn.stage]
        case TurnStage.FAILED:
            title = element("strong", said["error_title"])
            return element("div", title, prose(turn.problem), class_="problem", role="alert")
        case TurnStage.FINISHED:
            return NOTHING
    return element("p", line, class_="progress" if not turn.settled else "progress over")


def legend(turn: Turn, said: Words) -> Html:
    """What the support labels used in this answer mean, once it is complete."""
    used = dict.fromkeys(each.support for each in turn.answer.sentences)
    if not (turn.settled and used):
        return NOTHING
    lines = [
        join_html([element("dt", said[f"support_{each}"]), element("dd", said[f"legend_{each}"])])
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
