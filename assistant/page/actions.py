"""What the reader can do with an answer: copy it, judge it, quote its number. Pure HTML."""

from assistant.page.conversation import Turn
from assistant.page.export import answer_text
from assistant.page.icons import THUMB_DOWN, THUMB_UP
from assistant.page.markup import NOTHING, Html, element
from assistant.page.words import Words


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
