"""The components of the page, in reading order; `wording.py` gives them their words."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

EXAMPLES = 6

RULES = ""
"""Value of the choice of no dossier."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What the handlers of `chat.py` and `commands.py` read and write."""

    masthead: gr.HTML
    other_language: gr.Button
    ways: gr.HTML
    new: gr.Button
    here: gr.HTML
    shelf: gr.HTML
    export_markdown: gr.Button
    export_docx: gr.Button
    start: gr.Row
    welcome: gr.HTML
    examples_heading: gr.HTML
    examples: tuple[gr.Button, ...]
    past: gr.HTML
    current: gr.HTML
    status: gr.HTML
    chips: gr.HTML
    dossier: gr.Dropdown
    as_of: gr.Textbox
    question: gr.Textbox
    ask: gr.Button
    stop: gr.Button
    footer: gr.HTML
    outbox: gr.HTML
    again: gr.Textbox
    ask_again: gr.Button
    kept_chosen: gr.Textbox
    reopen: gr.Button
    forget: gr.Button
    export_answer: gr.Button
    open_dossier: gr.Button
    memory: gr.BrowserState
    kept_aside: gr.BrowserState
    kept_choice: gr.BrowserState
    firm: gr.Checkbox
    firm_start: gr.HTML

    @property
    def screen(self) -> tuple[Any, ...]:
        """The components that show a conversation, and what may be done with it."""
        return (
            self.start,
            self.here,
            self.past,
            self.current,
            self.memory,
            self.ask,
            self.stop,
            self.new,
            self.other_language,
            self.status,
            self.firm,
        )

    @property
    def beginning(self) -> tuple[Any, ...]:
        """What stands where nothing was asked yet, in the order of `rules_start`."""
        return (self.welcome, self.examples_heading, *self.examples)

    @property
    def scope(self) -> tuple[Any, ...]:
        """What says, asks and keeps what a question is asked of, in the order of `scoped`."""
        return (self.chips, self.dossier, self.as_of, self.kept_choice)

    @property
    def spoken(self) -> tuple[Any, ...]:
        """The components whose words change with the language, in the order of `spoken_in`."""
        return (
            self.masthead,
            self.other_language,
            self.ways,
            self.new,
            self.export_markdown,
            self.export_docx,
            *self.beginning,
            *self.scope,
            self.ask,
            self.stop,
            *self.side,
        )

    @property
    def side(self) -> tuple[Any, ...]:
        """What says otherwise to a firm, in the order of `sided_in`."""
        return (self.question, self.footer, self.firm, self.firm_start)


def html(elem_id: str | None = None) -> gr.HTML:
    """An HTML component without scripts or Gradio's typography."""
    return gr.HTML("", elem_id=elem_id, js_on_load=None, apply_default_css=False)


def lay_out() -> Layout:
    """Place the components inside the current Blocks, without words: `spoken_in` gives them."""
    placed: dict[str, Any] = {}
    with gr.Row(elem_id="top"):
        placed["masthead"] = html("masthead")
        placed["other_language"] = gr.Button("", elem_id="other-language", size="sm")
    with gr.Column(elem_id="side"):
        _place_side(placed)
    with gr.Row(elem_id="start") as placed["start"]:
        placed["welcome"] = html("welcome")
        with gr.Column(elem_id="examples"):
            placed["examples_heading"] = html()
            placed["examples"] = tuple(
                gr.Button("", elem_classes="example") for _ in range(EXAMPLES)
            )
            placed["firm_start"] = html("firm-start")
    placed |= {"past": html("past"), "current": html("current")}
    with gr.Column(elem_id="composer"):
        _place_composer(placed)
    placed |= {"status": html("status"), "outbox": html("outbox")}
    with gr.Row(elem_id="scope-change"):
        _place_what_the_script_fills(placed)
    for name, key in (("memory", ""), ("kept_aside", "-aside"), ("kept_choice", "-choice")):
        placed[name] = gr.BrowserState("", storage_key=f"sourcier{key}", secret="sourcier")
    return Layout(**placed)


def _place_side(placed: dict[str, Any]) -> None:
    placed["ways"] = html("ways")
    placed["new"] = gr.Button("", elem_id="new", size="sm")
    placed |= {"here": html("here"), "shelf": html("shelf")}
    with gr.Row(elem_id="exports"):
        placed["export_markdown"] = gr.Button("", elem_id="export-markdown", size="sm")
        placed["export_docx"] = gr.Button("", elem_id="export-docx", size="sm")


def _place_composer(placed: dict[str, Any]) -> None:
    with gr.Row(elem_id="scope-line"):
        placed["chips"] = html("chips")
        placed["firm"] = gr.Checkbox(elem_id="firm-field", min_width=0)
    with gr.Row(elem_id="scope-fields"):
        placed["dossier"] = gr.Dropdown(
            [("", RULES)], value=RULES, elem_id="dossier-field", filterable=False, visible=False
        )
        placed["as_of"] = gr.Textbox(elem_id="as-of-field", max_lines=1)
    with gr.Row(elem_id="fields"):
        # Until `sided_in` nothing can be typed: what the address chooses is not known yet.
        placed["question"] = gr.Textbox(
            elem_id="question-field", lines=1, max_lines=8, interactive=False
        )
        placed["ask"] = gr.Button("", elem_id="ask", variant="primary")
        placed["stop"] = gr.Button("", elem_id="stop", visible=False)
    placed["footer"] = html("footer")


def _place_what_the_script_fills(placed: dict[str, Any]) -> None:
    """A question asked otherwise, and what one of several buttons on the page names."""
    for name in ("again", "kept_chosen"):
        identity = name.replace("_", "-")
        placed[name] = gr.Textbox(elem_id=identity, container=False, show_label=False)
    for name in ("ask_again", "reopen", "forget", "export_answer", "open_dossier"):
        placed[name] = gr.Button("", elem_id=name.replace("_", "-"))
