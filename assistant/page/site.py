"""The site: whose desk a request is served from, and the applications that stand beside it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import gradio as gr
from fastapi import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp

from assistant.accounts.openid import Provider
from assistant.accounts.parts import Accounts
from assistant.identity import Identity, Role
from assistant.language import Language
from assistant.page.access import Access, requiring
from assistant.page.desk import Desk
from assistant.page.words import words

DeskOf = Callable[[Request], Desk]
"""A dependency of a route: the desk of the buyer who asks; the request ends there for others."""

EventDesk = Callable[[gr.Request], Desk]
"""The same for a handler of the Gradio page."""


Beside = Mapping[str, ASGIApp]
"""Applications by the path where they are mounted."""


@dataclass(frozen=True, slots=True)
class Site:
    """What the pages stand on.

    `desks` gives each reader their own desk, `access` says who sends a request. `beside` are the
    applications of the other roles by the path where they are mounted: "/referent", "/admin".
    `accounts` are what people log in to, None where the machine has one user; `provider` vouches
    for them as well, if any. `address` is the one that people elsewhere type, "" when none do.
    """

    desks: Callable[[Identity], Desk]
    access: Access
    beside: Beside = field(default_factory=dict)
    accounts: Accounts | None = None
    provider: Provider | None = None
    address: str = ""

    def desk_of(self, request: Request) -> Desk:
        """The desk of the buyer who sends a request; an HTTPException for anyone else."""
        return self.desks(requiring(self.access, Role.BUYER)(request))

    def user_of(self, request: Request) -> str | None:
        """The pseudonym of the buyer who sends a request, as Gradio wants to be told."""
        identity = self.access.identify(request)
        return identity.user if identity and Role.BUYER in identity.roles else None

    def event_desk(self, event: gr.Request) -> Desk:
        """The desk of the buyer at a Gradio page; a gr.Error for anyone else.

        Gradio runs any handler for who names its number, so every handler begins here.
        """
        assert event.request is not None
        try:
            return self.desk_of(event.request)
        except HTTPException as refusal:
            said = words(Language.FRENCH)["event_refused"]
            raise gr.Error(said, print_exception=False) from refusal
