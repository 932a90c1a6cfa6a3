"""Compartments: the rows of dossiers on a PostgreSQL server, which shows each reader theirs.

Every transaction names its reader, and row-level security holds each row against them: a query of
ours that forgets to ask whose a dossier is finds none of another team.
"""

import json
from dataclasses import dataclass
from functools import cache

from ingestion.errors import IngestionError, UnknownDossier
from ingestion.postgresql import SCHEMA, Connected, server_at, wait_alone

DESCRIPTION = "dossier.json"
RECORDS, ARCHIVE = "records", "archive"
"""Folders that only grow: their files are rows at once, and in no copy."""

_TABLES = """
CREATE TABLE {schema}.dossiers (
    id text COLLATE "C" PRIMARY KEY,
    team text NOT NULL,                                  -- '': everybody's
    description bytea NOT NULL,
    revision uuid NOT NULL DEFAULT gen_random_uuid()     -- of its files, but records and archive
);
CREATE TABLE {schema}.dossier_files (
    dossier text COLLATE "C" REFERENCES {schema}.dossiers ON DELETE CASCADE,
    name text COLLATE "C",
    content bytea NOT NULL,
    sha256 text GENERATED ALWAYS AS (encode(sha256(content), 'hex')) STORED,
    PRIMARY KEY (dossier, name)
);
CREATE FUNCTION {schema}.reader() RETURNS jsonb STABLE LANGUAGE sql AS
    $$SELECT nullif(current_setting('sourcier.reader', true), '')::jsonb$$;
ALTER TABLE {schema}.dossiers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE {schema}.dossier_files ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY compartment ON {schema}.dossiers USING (
    ({schema}.reader() -> 'only' = 'null' OR {schema}.reader() -> 'only' ? id)
    AND ({schema}.reader() -> 'teams' = 'null' OR team = '' OR {schema}.reader() -> 'teams' ? team)
);
CREATE POLICY compartment ON {schema}.dossier_files USING (
    EXISTS (SELECT FROM {schema}.dossiers WHERE id = dossier)
);
"""

_BOUND = "sourcier_dossiers"
"""A role that the policies bind, for an account that they do not: a superuser."""

_ROLE = f"""
DO $$ BEGIN CREATE ROLE {_BOUND} NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
GRANT USAGE ON SCHEMA {{schema}} TO {_BOUND};
GRANT SELECT, INSERT, UPDATE, DELETE ON {{schema}}.dossiers, {{schema}}.dossier_files TO {_BOUND};
"""


@dataclass(frozen=True, slots=True)
class DossierReader:
    """Who asks for dossiers: their teams, None for all; `only` these identifiers, None for all."""

    teams: frozenset[str] | None = None
    only: frozenset[str] | None = None

    @property
    def setting(self) -> str:
        """What the policies read."""
        allowed = {"teams": self.teams, "only": self.only}
        return json.dumps({k: v if v is None else sorted(v) for k, v in allowed.items()})


EVERYTHING = DossierReader()


def unknown_dossier(dossier_id: str) -> UnknownDossier:
    """The same words for one that is not there and one of another team. Pure."""
    return UnknownDossier(f"Il n'y a pas de dossier {dossier_id[:64]!r}.")


def see(connected: Connected, reader: DossierReader) -> None:
    """Name the reader of a transaction."""
    connected.run("SELECT set_config('sourcier.reader', %s, true)", reader.setting)


def keep_file(connected: Connected, dossier_id: str, name: str, content: bytes) -> None:
    """Keep a file of a dossier, unless there is one of this name; raises UnknownDossier."""
    revision_of(connected, dossier_id, "FOR KEY SHARE")
    into = (
        "INSERT INTO {schema}.dossier_files (dossier, name, content) VALUES (%s, %s, %s) "
        "ON CONFLICT DO NOTHING"
    )
    connected.run(into, dossier_id, name, content)


def file_content(connected: Connected, dossier_id: str, name: str) -> bytes | None:
    """The bytes of a file of a dossier, None when there are none."""
    asked = "SELECT content FROM {schema}.dossier_files WHERE dossier = %s AND name = %s"
    found = connected.rows(asked, dossier_id, name)
    return bytes(found[0][0]) if found else None


def file_names(connected: Connected, dossier_id: str, folder: str) -> list[str]:
    """The names of the files in a folder of a dossier, in order."""
    found = listed_files(connected, dossier_id, apart=True)
    return sorted(name.partition("/")[2] for name in found if name.startswith(f"{folder}/"))


def forget_files(connected: Connected, dossier_id: str, names: list[str]) -> None:
    """Delete files of a dossier."""
    gone = "DELETE FROM {schema}.dossier_files WHERE dossier = %s AND name = ANY(%s)"
    connected.run(gone, dossier_id, names)


@cache
def role_at(address: str) -> str:
    """The role under which an account asks; "none" is its own. Creates what is not there yet."""
    server = server_at(address)
    server.prepare()
    with server.transaction() as connected:
        wait_alone(connected, "dossiers")
        if not connected.rows("SELECT to_regclass(%s)", f"{SCHEMA}.dossier_files")[0][0]:
            connected.run(_TABLES)
        asked = "SELECT row_security_active(%s)"
        if connected.rows(asked, f"{SCHEMA}.dossier_files")[0][0]:
            return "none"
        connected.run(_ROLE)
    return _BOUND


def insert_dossier(connected: Connected, dossier_id: str, description: bytes) -> bool:
    """Whether the identifier was free, of dossiers that the reader does not see too."""
    into = (
        "INSERT INTO {schema}.dossiers (id, team, description) VALUES (%s, %s, %s) "
        "ON CONFLICT DO NOTHING"
    )
    return connected.run(into, dossier_id, _team(description), description) == 1


def describe_dossier(connected: Connected, dossier_id: str, description: bytes) -> None:
    """Describe one otherwise, with the team that this says."""
    change = "UPDATE {schema}.dossiers SET team = %s, description = %s WHERE id = %s"
    connected.run(change, _team(description), description, dossier_id)


def _team(description: bytes) -> str:
    try:
        return str(json.loads(description).get("team", ""))
    except ValueError as error:
        raise IngestionError(f"Un fichier {DESCRIPTION} est abîmé : rétablissez-le.") from error


def revision_of(connected: Connected, dossier_id: str, hold: str = "") -> str:
    """Of which state its files are; `hold` is a lock of its row. Raises UnknownDossier."""
    asked = f"SELECT revision::text FROM {{schema}}.dossiers WHERE id = %s {hold}"
    found = connected.rows(asked, dossier_id)
    if not found:
        raise unknown_dossier(dossier_id)
    return str(found[0][0])


def listed_files(connected: Connected, dossier_id: str, *, apart: bool) -> dict[str, str]:
    """The sha256 of each file of a dossier, by its name; `apart` with records and archive."""
    asked = "SELECT name, sha256 FROM {schema}.dossier_files WHERE dossier = %s"
    rows = connected.rows(asked, dossier_id)
    return {name: digest for name, digest in rows if apart or not _is_apart(name)}


def _is_apart(name: str) -> bool:
    return name.partition("/")[0] in (RECORDS, ARCHIVE)
