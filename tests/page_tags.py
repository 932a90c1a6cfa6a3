"""HTML read back: its tags with their attributes, and its text."""

from html.parser import HTMLParser


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def parsed(html: str) -> Tags:
    tags = Tags()
    tags.feed(str(html))
    return tags


def words_of(page: str) -> str:
    """What a page says, with single spaces."""
    return " ".join(parsed(page).text.replace("\u00a0", " ").split())
