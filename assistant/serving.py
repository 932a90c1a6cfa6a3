"""Serving: settings to the pages of this machine, each role's behind its own check."""

import sys
from functools import partial
from pathlib import Path
from threading import Thread

from assistant.accounts.openid import Provider
from assistant.accounts.parts import open_accounts
from assistant.administration.decisions import settle_at_start
from assistant.administration.office import Office
from assistant.allowance import GIGABYTE
from assistant.board.local import LocalBoard
from assistant.desk import LocalDesk
from assistant.filing import untold
from assistant.identity import Role
from assistant.journal import Journal
from assistant.openid_settings import openid_secret
from assistant.page.access import Access, Members, SingleUser, requiring
from assistant.page.admin.app import admin_app
from assistant.page.referent import referent_app
from assistant.page.referent.board_routes import board_routes
from assistant.page.site import Beside, Site
from assistant.review.room import Room
from assistant.settings import Settings
from assistant.wiring import load_assistant, load_embedder
from ingestion.intake import index_waiting


def load_site(home: Path, settings: Settings) -> Site:
    """What the pages stand on."""
    assistant = load_assistant(home, settings)
    settle_at_start(home, assistant.journal)
    desks = partial(
        LocalDesk,
        home,
        assistant,
        partial(load_embedder, home, settings),
        most=settings.personal_gigabytes * GIGABYTE,
    )
    accounts = open_accounts(home, assistant.journal) if settings.access == "accounts" else None
    access = Members(accounts.sessions) if accounts else SingleUser()
    room = Room(home, assistant)
    room.follow()
    repair_beside(home, settings)
    beside = pages_beside(home, room, assistant.journal, access)
    openid = settings.openid
    provider = Provider(openid, openid_secret(openid)) if openid else None
    return Site(desks, access, beside, accounts, provider, settings.address)


def repair_beside(home: Path, settings: Settings) -> None:
    """Index, beside everything else, the dossiers whose last change was cut short."""
    embedder = partial(load_embedder, home, settings)
    Thread(target=index_waiting, args=(home, embedder, untold), name="repair", daemon=True).start()


def pages_beside(home: Path, room: Room, journal: Journal, access: Access) -> Beside:
    """The pages of the other roles, by the path where they stand."""
    reader = requiring(access, Role.REFERENT)
    board = board_routes(LocalBoard(home, room, journal), reader)
    office = load_office(home, journal)
    return {
        "/referent": referent_app(room, reader, board),
        "/admin": admin_app(office, requiring(access, Role.ADMINISTRATOR)),
    }


def load_office(home: Path, journal: Journal) -> Office:
    """What the administrator's page stands on; it builds by this command, out of the way."""
    command = ("nice", sys.executable, "-m", "assistant.cli", "--data", str(home.absolute()))
    return Office(home, journal, command)
