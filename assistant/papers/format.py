"""The formats of a paper, by the suffix of the file."""

from enum import StrEnum

from assistant.papers.paper import Paper


class PaperFormat(StrEnum):
    """What a paper is written as; the value is the suffix of the file."""

    HTML = "html"
    DOCX = "docx"
    PDF = "pdf"
    MARKDOWN = "md"


def rendered(paper: Paper, paper_format: PaperFormat) -> bytes:
    """The paper as a file."""
    match paper_format:
        case PaperFormat.HTML:
            from assistant.papers.html import as_html

            return as_html(paper)
        case PaperFormat.DOCX:
            from assistant.papers.word import as_docx

            return as_docx(paper)
        case PaperFormat.PDF:
            from assistant.papers.pdf import as_pdf

            return as_pdf(paper)
        case PaperFormat.MARKDOWN:
            from assistant.papers.markdown import as_markdown

            return as_markdown(paper)
