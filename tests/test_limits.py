"""What is too much for one request, and too often for one person."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from assistant.accounts.identity import Identity, UserRole
from assistant.web.protection import (
    ACTS,
    MOST_BYTES,
    READS,
    Buckets,
    Gate,
    Pace,
    RequestLimits,
    Shield,
)
from tests.accounts_home import Clock
from tests.page_app import ByHeader

ALICE, BOB = ({"X-User": name} for name in ("alice", "bob"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(clock: Clock) -> Iterator[TestClient]:
    app = FastAPI()

    @app.post("/length")
    @app.post("/{area}/{path:path}")
    async def length(request: Request) -> int:
        return len(await request.body())

    app.get("/page")(lambda: "read")
    app.add_middleware(RequestLimits, clock=clock)
    app.add_middleware(
        Gate, access=ByHeader(partial(Identity, name="", roles=frozenset(UserRole), teams=None))
    )
    app.add_middleware(Shield, rewrite=lambda page: page)
    with TestClient(app) as client:
        yield client


def post(client: TestClient, who: dict[str, str], content: bytes = b"") -> Any:
    return client.post("/length", content=content, headers=who)


def test_one_who_asks_too_often_is_told_when_to_come_back_and_others_are_not(
    client: TestClient, clock: Clock
) -> None:
    asked = [post(client, ALICE).status_code for _ in range(ACTS.most + 5)]
    assert asked == [200] * ACTS.most + [429] * 5
    refused = post(client, ALICE)
    assert refused.headers["retry-after"] == "1"
    assert "Recommencez dans 1 s" in refused.json()["detail"]
    assert post(client, BOB).status_code == 200
    assert client.get("/page", headers=ALICE).status_code == 200  # what is read is counted apart
    clock.now += 1
    assert [post(client, ALICE).status_code for _ in range(5)] == [200] * ACTS.refill + [429]


def test_the_page_with_its_hundred_files_is_not_too_often(client: TestClient) -> None:
    assert READS.most >= 300
    assert {client.get("/page", headers=ALICE).status_code for _ in range(300)} == {200}


def test_a_bucket_never_holds_more_than_it_can(clock: Clock) -> None:
    buckets = Buckets(Pace(2, 1), clock)
    clock.now += 100
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 1]
    clock.now += 0.5
    assert buckets.take("a") == 0.5


@pytest.mark.parametrize("chunked", [False, True])
def test_a_request_brings_so_much_and_no_more(client: TestClient, chunked: bool) -> None:
    def sent(size: int) -> Any:
        whole = b"x" * size
        content = iter([whole[: size // 2], whole[size // 2 :]]) if chunked else whole
        return client.post("/length", content=content, headers=ALICE)

    assert sent(MOST_BYTES).json() == MOST_BYTES
    refused = sent(MOST_BYTES + 1)
    assert refused.status_code == 413
    assert "au plus 12 Mo" in refused.json()["detail"]
    assert refused.headers["x-frame-options"] == "DENY"


def test_a_length_that_is_no_number_is_refused(client: TestClient) -> None:
    refused = client.post("/length", content=b"x", headers={"Content-Length": "-1"})
    assert refused.status_code == 413


SENT = ("/admin/sources", "/factures/import", "/achats/import", "/dossiers/ecole-2026/pieces")
FORMS = (
    "/admin/publish",
    "/factures/anomalies/expliquer",
    "/achats/import/x",
    "/dossiers/a/delete",
)


@pytest.mark.parametrize(
    ("path", "status"), [*((path, 200) for path in SENT), *((path, 413) for path in FORMS)]
)
def test_only_addresses_that_take_files_count_for_themselves(
    client: TestClient, path: str, status: int
) -> None:
    whole = b"x" * (MOST_BYTES + 1)
    assert client.post(path, content=whole, headers=ALICE).status_code == status
