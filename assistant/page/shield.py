"""Headers that keep the browser from loading or running anything but the page itself."""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)

HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


ENCRYPTED = "max-age=31536000"
"""For a year a browser that was here over https comes in no other way."""


def policy(inline_scripts: Iterable[bytes] | None = None) -> str:
    """The content security policy of a response; with `inline_scripts`, of Gradio's page.

    Gradio compiles its HTML template in the browser (hence `unsafe-eval`). Its own inline scripts
    are allowed by their hash, so a script that a document or an answer would smuggle into the page
    does not run. It styles elements in place, and so do our charts (hence `unsafe-inline` for
    styles). Our own pages run the scripts of this site and nothing else.
    """
    hashes = (base64.b64encode(hashlib.sha256(s).digest()).decode() for s in inline_scripts or ())
    allowed = " ".join(f"'sha256-{each}'" for each in hashes)
    evaluated = "" if inline_scripts is None else "'unsafe-eval' "
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' {evaluated}{allowed}".strip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "object-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'self'",
            "form-action 'self'",
        ]
    )


class Shield:
    """ASGI middleware: puts the headers on every response, and the language on Gradio's page.

    `rewrite` changes the HTML pages that are not ours before they are hashed.
    """

    def __init__(self, app: ASGIApp, rewrite: Callable[[bytes], bytes]) -> None:
        self._app = app
        self._rewrite = rewrite

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, the headers put on; an HTML page is held until it is complete."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        held: list[Message] = []

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                if scope.get("scheme") == "https":
                    headers["Strict-Transport-Security"] = ENCRYPTED
                headers["Content-Security-Policy"] = policy()
                if headers.get("content-type", "").startswith("text/html"):
                    held.append(message)
                    return
            if not held:
                await send(message)
                return
            held.append(message)
            if not message.get("more_body"):
                for each in self._complete(held):
                    await send(each)

        await self._app(scope, receive, guarded)

    def _complete(self, held: list[Message]) -> tuple[Message, Message]:
        start, *bodies = held
        body = self._rewrite(b"".join(each.get("body", b"") for each in bodies))
        headers = MutableHeaders(scope=start)
        scripts = INLINE_SCRIPT.findall(body) if b"<gradio-app" in body else None
        headers["Content-Security-Policy"] = policy(scripts)
        headers["Content-Length"] = str(len(body))
        headers.setdefault("Cache-Control", "no-store")
        return start, {"type": "http.response.body", "body": body}
