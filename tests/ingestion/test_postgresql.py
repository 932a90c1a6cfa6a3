"""What a server refuses is told in French, with the remedy that fits."""

import logging
from pathlib import Path

import psycopg
import pytest

from ingestion.errors import UnreachableStore
from ingestion.postgresql import STORE, PostgresServer
from tests.support.postgresql_server import Server

AT = 'connection failed: connection to server at "10.0.0.5", port 5432 failed: '


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (f'{AT}FATAL:  database "vide" does not exist', "n'a pas de base « vide »"),
        (f"{AT}FATAL:  la base de données « vide » n'existe pas", r"createdb vide"),
        (f'{AT}FATAL:  role "ana" does not exist', r"refuse le compte « ana ».*settings\.toml"),
        (f'{AT}FATAL:  password authentication failed for user "ana"', "compte « ana ».*PGPASS"),
        (
            f"{AT}FATAL:  authentification par mot de passe échouée pour l'utilisateur « ana »",
            "compte « ana »",
        ),
        (
            f'{AT}FATAL:  no pg_hba.conf entry for host "10.0.0.9", user "ana", database "vide"',
            r"compte « ana » depuis cette machine.*pg_hba\.conf",
        ),
        (f"{AT}fe_sendauth: no password supplied", "demande un mot de passe.*PGPASSWORD"),
        (f"{AT}Connection refused", r"rien n'écoute à son adresse\. Démarrez-le"),
        (f'{AT}FATAL:  too many connections for role "ana"', "ne répond pas .*too many"),
    ],
)
def test_a_refusal_to_connect_is_told_with_its_own_remedy(said: str, told: str) -> None:
    with pytest.raises(UnreachableStore, match=told), STORE.in_french():
        raise psycopg.OperationalError(said)


def test_the_library_of_the_server_writes_nothing_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("ingestion.postgresql.CONNECTING", 1)
    with caplog.at_level(logging.WARNING), pytest.raises(UnreachableStore, match="rien n'écoute"):
        PostgresServer(f"postgresql://a@/b?host={tmp_path}").rows("SELECT 1")
    assert not caplog.records


@pytest.mark.slow
def test_a_server_that_lets_nobody_in_says_why(
    postgresql: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingestion.postgresql.CONNECTING", 1)
    with pytest.raises(UnreachableStore, match="n'a pas de base « absente »"):
        PostgresServer(postgresql.address("absente")).rows("SELECT 1")
    stranger = postgresql.address().replace("postgresql://", "postgresql://x", 1)
    with pytest.raises(UnreachableStore, match="refuse le compte « x"):
        PostgresServer(stranger).rows("SELECT 1")


@pytest.mark.slow
def test_a_server_whose_connections_are_all_taken_is_not_said_to_be_down(
    postgresql: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingestion.postgresql.CONNECTING", 1)
    monkeypatch.setattr("ingestion.postgresql.CONNECTIONS", 1)
    server = PostgresServer(postgresql.address())
    with (
        server.asked(),
        pytest.raises(UnreachableStore, match="aucune connexion en 1 secondes"),
    ):
        server.rows("SELECT 1")
