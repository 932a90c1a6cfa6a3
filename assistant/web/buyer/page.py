"""The Gradio page: its queue, and what each component triggers."""

from typing import Any

import gradio as gr

from assistant.question.language import Language
from assistant.reports.markup import load_words
from assistant.web.buyer.chat import Chat, ServiceOfEvent
from assistant.web.buyer.commands import Commands
from assistant.web.buyer.layout import Layout, lay_out

LONGEST_QUEUE = (
    64  # events waiting for a thread; questions wait at the service, which says how many
)

MOST_THREADS = 39
"""Questions that have a thread each while they wait for the model. Of 40, its default, Gradio takes
the threads of the other pages, which then answer nobody as long as as many questions wait."""

QUEUE_GLANCE = 0.03
"""Seconds between two looks at the queue. Gradio looks a thousand times a second, nothing asked or
not, which takes a tenth of a core; a question waits 15 ms more on average."""

PROGRESS_GLANCE = 1.0
"""Seconds between two looks at progress bars, which this page does not have."""


def page_blocks(service_of: ServiceOfEvent) -> gr.Blocks:
    """The page, in French until the browser says otherwise."""
    said = load_words(Language.FRENCH)
    blocks = gr.Blocks(
        title=said["page_title"],
        analytics_enabled=False,
        fill_width=True,
        delete_cache=(3600, 3600),
    )
    with blocks:
        layout = lay_out()
        chat = Chat(service_of, layout)
        bind_questions(layout, chat, blocks)
        commands = Commands(service_of, layout, chat.is_answering)
        bind_conversations(layout, commands, blocks)
        bind_choices(layout, commands)
        bind_exports(layout, commands)
    blocks.queue(max_size=LONGEST_QUEUE, api_open=False)
    blocks.max_threads = blocks._queue.max_thread_count = MOST_THREADS
    blocks._queue.sleep_when_free = QUEUE_GLANCE
    blocks._queue.progress_update_sleep_when_free = PROGRESS_GLANCE
    return blocks


HANDLED: dict[str, Any] = {
    "show_progress": "hidden",
    "concurrency_limit": None,
    "api_visibility": "private",
}
"""How every handler is bound."""


def bind_questions(layout: Layout, chat: Chat, blocks: gr.Blocks) -> None:
    """Every way to ask, and every way to stop."""
    options = HANDLED | {
        "outputs": [*layout.screen, layout.question],
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
    again = options | {"outputs": [*options["outputs"], *layout.scope]}
    layout.ask_again.click(chat.ask_again, [layout.again, layout.memory], **again)
    layout.stop.click(chat.stop, queue=False, show_progress="hidden", api_visibility="private")
    blocks.unload(chat.stop)


def bind_conversations(layout: Layout, commands: Commands, blocks: gr.Blocks) -> None:
    """The page's loading, its language, and which conversation is open."""
    kept, aside = [layout.memory, layout.kept_aside], [layout.shelf, layout.kept_aside]
    everything = list(dict.fromkeys([*layout.screen, *layout.spoken, *aside]))
    blocks.load(commands.load, [*kept, layout.kept_choice], everything, **HANDLED)
    layout.other_language.click(commands.switch, [*kept, layout.kept_choice], everything, **HANDLED)
    turned = list(
        dict.fromkeys([*layout.screen, *layout.beginning, *aside, *layout.scope, *layout.side])
    )
    layout.new.click(commands.new, kept, turned, **HANDLED)
    place = [layout.kept_chosen, *kept]
    layout.reopen.click(commands.reopen, place, turned, **HANDLED)
    layout.open_dossier.click(commands.open_dossier, place, turned, **HANDLED)
    layout.forget.click(commands.forget, place, [*aside, layout.status], **HANDLED)


def bind_choices(layout: Layout, commands: Commands) -> None:
    """What the next question is asked of, and who asks it."""
    gr.on(
        [layout.dossier.input, layout.as_of.change],
        commands.choose,
        [layout.dossier, layout.as_of, layout.memory],
        [layout.chips, layout.kept_choice, layout.firm_start, *layout.beginning],
        queue=False,  # never behind a question
        trigger_mode="always_last",
        **HANDLED,
    )
    layout.firm.input(
        commands.take_side,
        [layout.firm, layout.memory, layout.kept_choice],
        [*layout.side, layout.memory],
        **HANDLED,
    )


def bind_exports(layout: Layout, commands: Commands) -> None:
    """The conversation, or one answer of it, as a file."""
    memory, out = [layout.memory], [layout.outbox, layout.status]
    layout.export_markdown.click(commands.export_markdown, memory, out, **HANDLED)
    layout.export_docx.click(commands.export_docx, memory, out, **HANDLED)
    layout.export_answer.click(
        commands.export_answer, [layout.kept_chosen, *memory], out, **HANDLED
    )
