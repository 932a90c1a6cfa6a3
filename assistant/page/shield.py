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


def policy(inline_scripts: Iterable[bytes] = ()) -> str:
    """The content security policy of a response.

    Gradio compiles its HTML template in the browser (hence `unsafe-eval`) and styles elements in
    place (hence `unsafe-inline` for styles). Its own inline scripts are allowed by their hash, so
    a script that a document or an answer would smuggle into the page does not run.
    """
    hashes = (base64.b64encode(hashlib.sha256(s).digest()).decode() for s in inline_scripts)
    allowed = " ".join(f"'sha256-{each}'" for each in hashes)
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' 'unsafe-eval' {allowed}".strip(),
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
        headers["Content-Security-Policy"] = policy(INLINE_SCRIPT.findall(body))
        headers["Content-Length"] = str(len(body))
        return start, {"type": "http.response.body", "body": body}
