"""The web application: Gradio's page at the root of a FastAPI app, other pages beside it."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

import gradio as gr
import uvicorn
from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from starlette.requests import Request
from starlette.routing import Mount
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from assistant.identity import Role
from assistant.page.access import requiring
from assistant.page.account_routes import account_routes
from assistant.page.blocks import page_blocks
from assistant.page.dossier_routes import dossier_routes
from assistant.page.gate import Gate, KnownHosts
from assistant.page.gradio_door import GradioDoor
from assistant.page.law_routes import law_routes
from assistant.page.ledger.routes import ledger_routes
from assistant.page.limits import Limits
from assistant.page.openid_routes import openid_routes
from assistant.page.problem import with_problems
from assistant.page.routes import page_routes
from assistant.page.shield import Shield
from assistant.page.site import Site

LOOPBACK = ("127.0.0.1", "localhost")
SYSTEM_FONTS = [gr.themes.Font(name) for name in ("Segoe UI", "Helvetica Neue", "sans-serif")]
HEAD = (
    b'<link rel="stylesheet" href="/page/style.css"><script defer src="/page/script.js"></script>'
)


def create_app(site: Site, hosts: Sequence[str] = (), proxies: Sequence[str] = ()) -> FastAPI:
    """The application for a site; nothing in it calls out of the machine.

    `proxies` are the addresses and networks that are believed when they say for whom they ask, and
    whether that one came over https. When `hosts` are given, a request for another host name is
    refused: a web site that points its own name to this machine could otherwise read the page
    through the reader's browser.
    """
    app = with_problems(FastAPI(title="Sourcier", docs_url=None, redoc_url=None, openapi_url=None))
    app.include_router(page_routes(site))
    app.include_router(law_routes(site.desk_of))
    app.include_router(dossier_routes(site.desk_of))
    app.include_router(ledger_routes(site.desk_of, requiring(site.access, Role.BUYER)))
    if site.accounts:
        provider = site.provider
        reader = requiring(site.access)
        app.include_router(account_routes(site.accounts, reader, provider.name if provider else ""))
        if provider:
            app.include_router(openid_routes(site.accounts, provider, site.address))
    for path, beside in site.beside.items():
        app.add_route(path, into_folder)
        app.mount(path, beside)
    gr.mount_gradio_app(
        app,
        page_blocks(site.event_desk),
        path="/",
        server_name="127.0.0.1",
        auth_dependency=site.user_of,
        theme=gr.themes.Base(font=SYSTEM_FONTS, font_mono=SYSTEM_FONTS),
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size="1mb",
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
    )
    (gradio,) = [each.app for each in app.routes if isinstance(each, Mount) and not each.path]
    assert isinstance(gradio, FastAPI)
    gradio.add_middleware(GradioDoor)
    app.add_middleware(Limits)
    app.add_middleware(Gate, access=site.access)
    if hosts:
        app.add_middleware(KnownHosts, hosts=hosts)
    app.add_middleware(Shield, rewrite=own_head)
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(proxies))
    return app


def into_folder(request: Request) -> RedirectResponse:
    """From the path where an application stands to its first page."""
    return RedirectResponse(f"{request.url.path}/")


def own_head(page: bytes) -> bytes:
    """Gradio's page in French, without what it tells social networks, with our style. Pure."""
    if b"<gradio-app" not in page:
        return page
    page = re.sub(rb'<meta\s+(?:property="og|name="twitter):[^>]*>', b"", page)
    page = re.sub(rb'<html\s+lang="en"', b'<html lang="fr"', page, count=1)
    return page.replace(b"</head>", HEAD + b"</head>", 1)


def serve(
    site: Site, host: str = "127.0.0.1", port: int = 7860, proxies: Sequence[str] = ()
) -> None:
    """Serve the page until interrupted; `proxies` are those of `create_app`."""
    named = urlsplit(site.address).hostname
    hosts = (*LOOPBACK, named) if named else LOOPBACK if host in LOOPBACK else ()
    app = create_app(site, hosts, proxies)
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        proxy_headers=False,  # the application does it, for the proxies of the settings alone
    )
