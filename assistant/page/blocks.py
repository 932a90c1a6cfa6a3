"""The Gradio page: components and what each of them triggers."""

from typing import Any

import gradio as gr

from assistant.language import Language
from assistant.page.chat import Chat
from assistant.page.commands import Commands
from assistant.page.layout import Layout, lay_out
from assistant.page.site import EventDesk
from assistant.page.words import words

LONGEST_QUEUE = 64  # events waiting for a thread; questions wait at the desk, which says how many

QUEUE_GLANCE = 0.03
"""Seconds between two looks at the queue. Gradio looks a thousand times a second, nothing asked or
not, which takes a tenth of a core; a question waits 15 ms more on average."""

PROGRESS_GLANCE = 1.0
"""Seconds between two looks at progress bars, which this page does not have."""


def page_blocks(desk_of: EventDesk) -> gr.Blocks:
    """The page, in French until the browser says otherwise."""
    said = words(Language.FRENCH)
    blocks = gr.Blocks(
        title=said["page_title"],
        analytics_enabled=False,
        fill_width=True,
        delete_cache=(3600, 3600),
    )
    with blocks:
        layout = lay_out()
        bind_questions(layout, Chat(desk_of, layout), blocks)
        bind_commands(layout, Commands(desk_of, layout), blocks)
    blocks.queue(max_size=LONGEST_QUEUE, api_open=False)
    blocks._queue.sleep_when_free = QUEUE_GLANCE
    blocks._queue.progress_update_sleep_when_free = PROGRESS_GLANCE
    return blocks


def bind_questions(layout: Layout, chat: Chat, blocks: gr.Blocks) -> None:
    """Every way to ask, and every way to stop."""
    options: dict[str, Any] = {
        "outputs": [*layout.screen, layout.question],
        "show_progress": "hidden",
        "concurrency_limit": None,
        "api_visibility": "private",
        # By default a question sent in the moment before the last one is wholly over is dropped
        # without a word; a second one while it is being answered is refused with its reason.
        "trigger_mode": "multiple",
    }
    chosen = [layout.as_of, layout.dossier, layout.memory]
    gr.on(
        [layout.ask.click, layout.question.submit], chat.ask, [layout.question, *chosen], **options
    )
    for example in layout.examples:
        example.click(chat.ask, [example, *chosen], **options)
    again = options | {"outputs": [*options["outputs"], layout.dossier, layout.as_of]}
    layout.ask_again.click(chat.ask_again, [layout.again, layout.memory], **again)
    layout.stop.click(chat.stop, queue=False, show_progress="hidden", api_visibility="private")
    blocks.unload(chat.stop)


def bind_commands(layout: Layout, commands: Commands, blocks: gr.Blocks) -> None:
    """The page's loading and its tools."""
    options: dict[str, Any] = {
        "inputs": [layout.memory],
        "show_progress": "hidden",
        "concurrency_limit": None,
        "api_visibility": "private",
    }
    everything = list(dict.fromkeys([*layout.screen, *layout.spoken]))
    blocks.load(commands.load, outputs=everything, **options)
    both = options | {"inputs": [layout.memory, layout.dossier]}
    layout.other_language.click(commands.switch, outputs=everything, **both)
    layout.new.click(
        commands.new, outputs=[*layout.screen, layout.dossier, layout.as_of], **options
    )
    out = [layout.outbox, layout.status]
    layout.export_markdown.click(commands.export_markdown, outputs=out, **options)
    layout.export_docx.click(commands.export_docx, outputs=out, **options)
