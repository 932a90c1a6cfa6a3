"""Public data asked of a portal on this machine: what is asked, paged, cut, refused, too much."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ingestion.errors import IngestionError
from ingestion.opendata.fetching import (
    PublicDataCriteria,
    contracts_where,
    count_contracts,
    fetch_contracts,
    fetch_notice,
    find_notices,
    notices_where,
)
from ingestion.opendata.portal import OpenDataset, RecordQuery
from tests.dila_server import code, cut
from tests.opendata_server import Portal, publishing

LINES = [{"id": str(n), "acheteur_id": "21270681800012", "objet": "x" * 200} for n in range(40)]


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with publishing(Portal(LINES)) as portal:
        yield portal


def dataset(portal: Portal, waits: list[float] | None = None) -> OpenDataset:
    return OpenDataset(portal.address, "purchases_source", ([] if waits is None else waits).append)


# What is asked


@pytest.mark.parametrize(
    ("criteria", "contracts", "notices"),
    [
        (
            PublicDataCriteria("212 706 818 00012", "45", date(2026, 1, 1), date(2026, 2, 1)),
            'acheteur_id="21270681800012" and startswith(codecpv,"45") '
            "and datenotification>=date'2026-01-01' and datenotification<=date'2026-02-01'",
            "un code entier",
        ),
        (
            PublicDataCriteria("212706818", "45210000-2"),
            'startswith(acheteur_id,"212706818") and startswith(codecpv,"45210000")',
            'search(donnees,"212706818") and search(donnees,"45210000")',
        ),
        (
            PublicDataCriteria('Ville "Or\\" or 1=1', since=date(2026, 1, 1)),
            "SIRET",
            "search(nomacheteur,\"Ville  Or   or 1=1\") and dateparution>=date'2026-01-01'",
        ),
        (PublicDataCriteria(), "Dites ce qui est cherché", "Dites ce qui est cherché"),
        (PublicDataCriteria(cpv="4"), "ni un code CPV", "ni un code CPV"),
        (
            PublicDataCriteria(since=date(2026, 2, 1), until=date(2026, 1, 1)),
            "précède",
            "précède",
        ),
    ],
)
def test_what_is_looked_for_is_said_in_the_language_of_the_portal(
    criteria: PublicDataCriteria, contracts: str, notices: str
) -> None:
    for said, expected in ((contracts_where, contracts), (notices_where, notices)):
        if "(" in expected or "=" in expected:
            assert said(criteria) == expected
        else:
            with pytest.raises(IngestionError, match=expected):
                said(criteria)


# What comes of it


def test_what_is_cut_or_refused_for_a_moment_is_asked_again(portal: Portal, tmp_path: Path) -> None:
    portal.failures.extend([code(429, **{"Retry-After": "7"}), code(500)])
    waits: list[float] = []
    assert count_contracts(dataset(portal, waits), "x") == len(LINES)
    portal.failures.extend([cut(1000), cut(0)])
    heard: list[int] = []
    fetched = fetch_contracts(dataset(portal, waits), "x", 40, tmp_path / "f", heard.append)
    assert waits == [7, 4, 2, 4]
    assert fetched.lines == 40
    assert fetched.address.startswith(f"{portal.address}/exports/json?where=x")
    assert heard[-1] == fetched.path.stat().st_size
    assert list((tmp_path / "f").iterdir()) == [fetched.path]


@pytest.mark.parametrize(
    ("failures", "announced", "said"),
    [
        ([code(503)] * 5, 40, "127.0.0.1 ne répond pas comme il faut"),
        ([cut(500)] * 5, 40, "Rien n'est gardé"),
        ([], 41, "annonçait 41 lignes et en a envoyé 40"),
        ([code(404)], 40, "purchases_source"),
        ([code(302, Location="http://localhost:9/x")], 40, "vers localhost, qui est un autre"),
        ([code(302, Location="?where=x")] * 6, 40, "sans fin"),
    ],
)
def test_what_does_not_come_whole_leaves_nothing(
    portal: Portal, tmp_path: Path, failures: list[object], announced: int, said: str
) -> None:
    portal.failures.extend(failures)  # type: ignore[arg-type]
    with pytest.raises(IngestionError, match=said):
        fetch_contracts(dataset(portal), "x", announced, tmp_path / "f", lambda _: None)
    assert not (tmp_path / "f").exists()


def test_too_much_is_refused_before_it_is_asked_for_and_while_it_comes(
    portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal.announced = 30_001
    with pytest.raises(IngestionError, match="30001 lignes correspondent"):
        count_contracts(dataset(portal), "x")
    monkeypatch.setattr("ingestion.opendata.portal._LARGEST_EXPORT", 2000)
    with pytest.raises(IngestionError, match="dépasse"):
        fetch_contracts(dataset(portal), "x", 40, tmp_path / "f", lambda _: None)
    assert not (tmp_path / "f").exists()


def test_an_answer_that_drips_is_given_up(portal: Portal) -> None:
    clock = iter([0.0, 901.0])
    slow = OpenDataset(portal.address, "x", clock=clock.__next__)
    with pytest.raises(IngestionError, match="en 15 minutes"):
        count_contracts(slow, "x")


def test_the_proxy_of_the_environment_is_asked(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = portal.address.split("/")[2]
    monkeypatch.setenv("http_proxy", f"http://{host}")
    portal.address = portal.address.replace(host, "portail.invalid")
    assert count_contracts(dataset(portal), "x") == len(LINES)


def test_a_refusal_says_why(portal: Portal) -> None:
    with pytest.raises(IngestionError, match=r"code 400 : limit or offset"):
        dataset(portal).page(RecordQuery("x"), limit=101)


def test_another_page_than_a_portal_s_names_the_setting(portal: Portal) -> None:
    portal.announced = "beaucoup"  # type: ignore[assignment]
    with pytest.raises(IngestionError, match=r"API Explore 2\.1.*purchases_source"):
        dataset(portal).page(RecordQuery("x"))


def test_notices_are_paged_and_shown_once(portal: Portal) -> None:
    portal.records = [{"idweb": f"26-{n}", "objet": f" Objet\n{n}"} for n in range(249)]
    portal.records.insert(100, portal.records[99])
    heard: list[int] = []
    found = find_notices(dataset(portal), "x", 230, heard.append)
    assert heard == [100, 200, 230]
    assert (len(found.notices), found.total) == (229, 250)
    assert found.notices[1].subject == "Objet 1"
    asked = [(each["offset"], each["limit"]) for _, each in portal.asked]
    assert asked == [("0", "100"), ("100", "100"), ("200", "30")]
    assert portal.asked[0][1]["order_by"] == "dateparution desc,idweb desc"
    assert "donnees" not in portal.asked[0][1]["select"]


def test_notices_that_stop_before_their_number_are_refused(portal: Portal) -> None:
    portal.announced = 60
    with pytest.raises(IngestionError, match="annonce 60 avis et s'arrête à 40"):
        find_notices(dataset(portal), "x", 60, lambda _: None)


def test_a_notice_comes_as_it_is(portal: Portal) -> None:
    portal.records = [{"idweb": "26-1", "donnees": "{}"}, {"idweb": "26-2"}]
    answer = fetch_notice(dataset(portal), "26-1")
    assert answer is not None
    assert answer.content == b'{"total_count": 1, "results": [{"idweb": "26-1", "donnees": "{}"}]}'
    assert fetch_notice(dataset(portal), "26-9") is None
    asked = len(portal.asked)
    with pytest.raises(IngestionError, match="n'est pas un numéro"):
        fetch_notice(dataset(portal), '26-1" or idweb="26-2')
    assert len(portal.asked) == asked
