"""Serving: settings to the pages of this machine, each role's behind its own check."""

import logging
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Event, Thread

from assistant.accounts.openid import Provider
from assistant.accounts.service import AccountAdministration, Accounts, open_accounts
from assistant.answering.pipeline import Assistant
from assistant.container import load_assistant, load_embedder
from assistant.errors import AssistantError, WrongAccount
from assistant.identity import Identity, UserRole
from assistant.journal.journal import Journal, purge_daily
from assistant.operations.monitoring import TurnMeasures, monitoring_of, watching
from assistant.publishing.decisions import settle_at_start
from assistant.publishing.service import AdministrationService
from assistant.reports.management import LocalDashboard
from assistant.review.service import ReviewService
from assistant.settings import Settings, openid_secret, other_servers
from assistant.voice.transcriber import installed_voice
from assistant.web.admin.app import admin_app
from assistant.web.local_service import LocalBuyerService
from assistant.web.reviewer.app import referent_app
from assistant.web.site import Access, Beside, Members, SingleUser, Site, requiring
from assistant.web.workers import do_alone
from ingestion.errors import IngestionError
from ingestion.progress import untold
from ingestion.setup.preflight import GIGABYTE
from ingestion.tenders.intake import index_waiting


def load_site(home: Path, settings: Settings, lent: Path | None = None) -> Site:
    """What the pages stand on; `lent` is where another process lends the model, if one does."""
    turns = TurnMeasures()
    assistant = load_assistant(home, settings, watch=watching(settings, turns), lent=lent)
    settle_at_start(home, assistant.journal)
    accounts = open_accounts(home, assistant.journal) if settings.access == "accounts" else None
    access = Members(accounts) if accounts else SingleUser()
    review = ReviewService(home, assistant, called=naming(accounts, settings))
    review.follow()
    assistant.follow_publications()
    open_case_law_beside(assistant)
    do_alone(home, partial(see_to_folder, home, settings, assistant.journal))
    services, openid = services_over(home, settings, assistant), settings.openid
    return Site(
        services,
        access,
        beside=pages_beside(home, review, assistant.journal, access, accounts, settings.address),
        accounts=accounts,
        provider=Provider(openid, openid_secret(openid)) if openid else None,
        address=settings.address,
        tools=services,
        monitoring=monitoring_of(home, settings, assistant, turns),
    )


def services_over(
    home: Path, settings: Settings, assistant: Assistant
) -> Callable[[Identity], LocalBuyerService]:
    """The service of each reader of a data folder."""
    return partial(
        LocalBuyerService,
        home,
        assistant,
        partial(load_embedder, home, settings),
        most=settings.personal_gigabytes * GIGABYTE,
        voice=installed_voice(home),
        servers=other_servers(settings),
    )


def naming(accounts: Accounts | None, settings: Settings) -> Callable[[str], str]:
    """What a reader is called, by their pseudonym: who has no account any more has no name."""
    if accounts is None or settings.readers == "pseudonyms":
        return str
    known = accounts.register

    def called(user: str) -> str:
        with suppress(WrongAccount):
            return known.of(user).identity.name
        return user

    return called


def open_case_law_beside(assistant: Assistant) -> None:
    """Open what courts decided before anyone asks: it may be large, and every answer looks there.

    What is wrong with it is said to who asks for it.
    """

    def opening() -> None:
        with suppress(IngestionError):
            _ = assistant.case_law

    Thread(target=opening, name="case law", daemon=True).start()


def pages_beside(
    home: Path,
    review: ReviewService,
    journal: Journal,
    access: Access,
    accounts: Accounts | None = None,
    address: str = "",
) -> Beside:
    """The pages of the other roles, by the path where they stand.

    `accounts` are those that people log in to, if any, by the `address` that they type.
    """
    board = LocalDashboard(home, review, journal)
    administration = load_administration(home, journal)
    of_accounts = AccountAdministration(home, accounts, address) if accounts else None
    return {
        "/referent": referent_app(review, requiring(access, UserRole.REFERENT), board),
        "/admin": admin_app(administration, requiring(access, UserRole.ADMINISTRATOR), of_accounts),
    }


def load_administration(home: Path, journal: Journal) -> AdministrationService:
    """What the administrator's page stands on; it builds by this command, out of the way."""
    command = ("nice", sys.executable, "-m", "assistant.cli", "--data", str(home.absolute()))
    return AdministrationService(home, journal, command)


# What one process of a data folder does for all: repairs, the purge, the schedule.


def see_to_folder(home: Path, settings: Settings, journal: Journal) -> None:
    """Begin all of it."""
    repair_beside(home, settings)
    purge_daily(journal, settings.retention_months)
    keep_schedule(load_administration(home, journal))


def repair_beside(home: Path, settings: Settings) -> None:
    """Index, beside everything else, the dossiers whose last change was cut short."""
    embedder = partial(load_embedder, home, settings)
    Thread(target=index_waiting, args=(home, embedder, untold), name="repair", daemon=True).start()


LOOK = 30
"""Seconds between two looks at the schedule."""


def keep_schedule(administration: AdministrationService) -> None:
    """Begin updates when they are due, for as long as this process runs."""
    Thread(
        target=_watch_clock, args=(administration, Event()), name="schedule", daemon=True
    ).start()


def _watch_clock(administration: AdministrationService, ending: Event) -> None:
    while not ending.wait(LOOK):
        try:
            administration.start_due(datetime.now().astimezone())
        except (AssistantError, IngestionError, OSError) as failure:
            logging.getLogger(__name__).warning("Mise à jour programmée : %s", failure)
