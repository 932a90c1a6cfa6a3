"""What axe-core says of the pages, by criterion of RGAA: python -m tests.studies.accessibility.

Prints the criteria that its rules touch, and on how many pages each holds or does not. A criterion
is kept when no page breaks a rule of it. What needs a person to judge is not in it: most of the 106
criteria are, so that this is no audit.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Page, expect

from assistant.web.serving import pages_beside
from assistant.web.site import SingleUser, Site
from tests.browser.visit import ask, examined, opened
from tests.support.fakes_page import FakeService
from tests.support.page_app import app_of
from tests.support.page_server import chromium, serving
from tests.support.review_home import house
from tests.support.small_index import answering_embedder, build_small_index
from tests.support.words_tuning import by_words, without_bank

PATHS = (
    "dossiers",
    "dossiers/montelyre-2026",
    "law/R2122-8",
    "law/R9999-9",
    "changes",
    "factures",
    "factures/import",
    "achats",
    "achats/import",
    "referent/",
    "referent/queue",
    "referent/gold",
    "referent/figures",
    "referent/touched",
    "admin/",
    "admin/sources",
    "admin/entretien",
)

RulesByEnd = dict[str, list[dict[str, Any]]]

CRITERION = re.compile(r"RGAA-(\d+\.\d+)\.\d+")


@contextmanager
def site() -> Iterator[str]:
    """The address of pages of the three roles, over a small index."""
    with TemporaryDirectory() as folder, by_words(), without_bank():
        home = Path(folder) / "home"
        build_small_index(home, Path(folder), answering_embedder())
        reviews, access, service = house(home), SingleUser(), FakeService()
        beside = pages_beside(home, reviews.review, reviews.journal, access)
        with serving(app_of(Site(lambda reader: service, access, beside))) as address:
            yield address


def visited(page: Page, address: str) -> Iterator[tuple[str, RulesByEnd]]:
    """What axe says of each page, and of the first one once a question is answered."""
    opened(page, address)
    yield "/", examined(page)
    ask(page)
    expect(page.locator(".turn.finished")).to_be_visible()
    yield "/ (réponse)", examined(page)
    for path in PATHS:
        page.goto(f"{address}{path}")
        yield f"/{path}", examined(page)


def criteria(rules: list[dict[str, Any]]) -> set[str]:
    """The criteria that some rules are about."""
    return {found[1] for rule in rules for tag in rule["tags"] if (found := CRITERION.match(tag))}


def main() -> None:
    """Visit every page, and print the table."""
    kept, broken = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    paths = list[str]()
    with site() as address, chromium() as browser:
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        for path, said in visited(page, address):
            paths.append(path)
            for each in criteria(said["passes"]):
                kept[each].add(path)
            for rule in said["violations"]:
                wrong = f"{rule['id']} ({rule['impact']}), {len(rule['nodes'])}"
                sys.stdout.write(f"{path} : {wrong}\n")
                for each in criteria([rule]):
                    broken[each].add(path)
    touched = sorted(kept.keys() | broken.keys(), key=lambda name: [*map(int, name.split("."))])
    for each in touched:
        whole, part = len(kept[each] - broken[each]), len(broken[each])
        sys.stdout.write(f"{each:>6}  tenu sur {whole:2}, manqué sur {part:2}\n")
    held = sum(not broken[each] for each in touched)
    sys.stdout.write(f"{len(paths)} pages ; {len(touched)} critères touchés, {held} tenus\n")


if __name__ == "__main__":
    main()
