"""The report of an evaluation: one HTML page that opens anywhere, with every answer. Pure."""

from collections.abc import Sequence
from html import escape

from assistant.measures import Graded, table

_PAGE = """<!doctype html>
<html lang="fr"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sourcier : évaluation</title>
<style>
body {{
  font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
}}
td, th {{ text-align: left; padding: .2rem 1rem .2rem 0; vertical-align: top }}
article {{ border-top: 1px solid #ccc; padding: 1rem 0 }}
.wrong h3::before {{ content: "✗ "; color: #a00 }}
.right h3::before {{ content: "✓ "; color: #070 }}
.answer {{ white-space: pre-wrap }} small {{ color: #555 }}
</style>
<h1>Évaluation</h1><table>{rows}</table>{answers}</html>
"""


def report(graded: Sequence[Graded]) -> str:
    """The measures, then every question with its answer, wrong ones first."""
    rows = "".join(f"<tr><th>{escape(name)}<td>{escape(value)}" for name, value in table(graded))
    ordered = sorted(graded, key=lambda item: item.correct)
    return _PAGE.format(rows=rows, answers="".join(map(_article, ordered)))


def _article(item: Graded) -> str:
    cited = ", ".join(dict.fromkeys(citation.locator for citation in item.result.answer.citations))
    expected = ", ".join(item.question.articles) or "un refus"
    return (
        f'<article class="{"right" if item.correct else "wrong"}">'
        f"<h3>{escape(item.question.id)} {escape(item.question.text)}</h3>"
        f'<div class="answer">{escape(item.result.answer.markdown)}</div>'
        f"<small>cité : {escape(cited) or 'rien'} ; attendu : {escape(expected)} ; "
        f"{item.result.seconds.total:.1f} s</small></article>"
    )
