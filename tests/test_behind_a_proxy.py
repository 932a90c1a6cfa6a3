"""Behind a proxy: who asks is the one for whom it asks, if it is one of ours, and nobody else."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from assistant.accounts.login import MOST
from assistant.errors import WrongSettings
from assistant.settings import load_settings
from assistant.web.site import COOKIE, Members, Site
from tests.accounts_home import PASSWORD, Hall
from tests.fakes_page import FakeDesk
from tests.page_app import app_of

PROXY, STRANGER, NETWORK = "10.7.0.5", "203.0.113.9", "10.8.0.0/24"
THE_RIGHT, THE_WRONG = PASSWORD, "un autre mot de passe"

LogIn = Callable[..., Response]


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Hall:
    hall = Hall(tmp_path_factory.mktemp("proxy") / "home")
    hall.settle("ana")
    return hall


@pytest.fixture(scope="module")
def app(hall: Hall) -> FastAPI:
    site = Site(lambda reader: FakeDesk(), Members(hall.accounts), accounts=hall.accounts)
    return app_of(site, proxies=[PROXY, NETWORK])


@pytest.fixture
def log_in(app: FastAPI, hall: Hall) -> Iterator[LogIn]:
    """Log in by way of a machine, which says for whom."""

    def sent(by: str, forwarded: str, password: str = THE_RIGHT, proto: str = "https") -> Response:
        client = TestClient(app, follow_redirects=False, client=(by, 40000))
        said = {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": proto}
        form = {"login": "ana" if password == THE_RIGHT else "nobody", "password": password}
        return client.post("/login", data=form, headers=said)

    yield sent
    hall.clock.now += 3600  # who failed too often may try again


def test_the_failures_of_one_lock_out_nobody_else(log_in: LogIn) -> None:
    for _ in range(MOST + 1):
        refused = log_in(PROXY, "192.0.2.66", THE_WRONG)
    assert refused.status_code == 429
    assert log_in(PROXY, "192.0.2.7").status_code == 303


def test_a_network_of_proxies_is_believed_too(log_in: LogIn) -> None:
    for _ in range(MOST + 1):
        refused = log_in("10.8.0.200", "192.0.2.67", THE_WRONG)
    assert refused.status_code == 429
    assert log_in("10.8.0.201", "192.0.2.7").status_code == 303


def test_who_writes_other_addresses_before_their_own_is_still_counted(log_in: LogIn) -> None:
    """The last address that no proxy of ours has is the one that the first of ours saw."""
    for number in range(MOST + 1):
        refused = log_in(PROXY, f"198.51.100.{number}, 192.0.2.68, 10.8.0.3", THE_WRONG)
    assert refused.status_code == 429


def test_who_is_no_proxy_is_believed_nothing(log_in: LogIn) -> None:
    for number in range(MOST + 1):
        refused = log_in(STRANGER, f"198.51.100.{number}", THE_WRONG)
    assert refused.status_code == 429
    entered = log_in("203.0.113.10", "192.0.2.7")
    assert "secure" not in entered.headers["set-cookie"].lower()
    assert "strict-transport-security" not in entered.headers


@pytest.mark.parametrize("by", [PROXY, "10.8.0.9"])
def test_the_cookie_is_secure_where_the_proxy_came_by_https(log_in: LogIn, by: str) -> None:
    entered = log_in(by, "192.0.2.7")
    assert entered.headers["set-cookie"].startswith(f"__Host-{COOKIE}=")
    assert "; Secure" in entered.headers["set-cookie"]
    assert entered.headers["strict-transport-security"] == "max-age=31536000"
    plain = log_in(by, "192.0.2.7", proto="http")
    assert "; Secure" not in plain.headers["set-cookie"]
    assert "strict-transport-security" not in plain.headers


def test_the_proxies_of_the_settings_are_read(tmp_path: Path) -> None:
    assert load_settings(tmp_path).trusted_proxies == ("127.0.0.1", "::1")
    (tmp_path / "settings.toml").write_text('trusted_proxies = ["10.0.0.5", "fd00::/8"]')
    assert load_settings(tmp_path).trusted_proxies == ("10.0.0.5", "fd00::/8")
    (tmp_path / "settings.toml").write_text("trusted_proxies = []")
    assert load_settings(tmp_path).trusted_proxies == ()


@pytest.mark.parametrize(
    "told",
    ['"10.0.0.5"', "[5]", '["*"]', '["proxy.mairie.fr"]', '["10.0.0.5/8"]', '["10.0.0.5", 1]'],
)
def test_what_is_no_address_and_no_network_is_refused(tmp_path: Path, told: str) -> None:
    (tmp_path / "settings.toml").write_text(f"trusted_proxies = {told}")
    with pytest.raises(WrongSettings, match="trusted_proxies"):
        load_settings(tmp_path)
