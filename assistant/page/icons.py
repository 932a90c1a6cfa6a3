"""The two drawings of the page."""

from assistant.page.markup import Html

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
