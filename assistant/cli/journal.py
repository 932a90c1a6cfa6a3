"""`sourcier journal`: list, show, verify, anchor, purge. Door of rich, for these."""

import json
import sys
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import asdict
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from time import monotonic
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from rich.table import Table
from rich.text import Text
from typer import Context

from assistant.cli.actions import Actions
from assistant.cli.options import (
    AS_JSON,
    AS_JSON_LIST,
    Terminal,
    argument,
    flag,
    iso_date,
    number,
    one_of,
    option,
    print_json,
    progress_bars,
)
from assistant.identity import ALONE
from assistant.journal.chain import entry_id
from assistant.journal.journal import (
    ACTS,
    KINDS,
    Journal,
    erase,
    journal_of,
    months_before,
    purge,
    records,
)
from assistant.journal.verification import ChainFault
from assistant.review.gold import promoted_from, take_out
from assistant.settings import load_settings
from ingestion.durable import lock_for_writing, replace_bytes

OK, BROKEN = 0, 1


FORGOTTEN = "texte oublié : l'empreinte en reste"


app = Actions("journal")
KIND = option("--kind GENRE", ", ".join(KINDS), one_of(KINDS))
DAY = option("--day AAAA-MM-JJ", "jour (UTC)", iso_date)
USER = option("--user PSEUDONYME", "de qui")
AS_OBJECT = flag("--json", "un objet JSON")


def _chosen(
    kind: str | None, day: date | None, user: str | None
) -> Callable[[Mapping[str, Any]], bool]:
    def is_chosen(entry: Mapping[str, Any]) -> bool:
        return (
            kind in (None, entry["kind"])
            and user in (None, entry["user"])
            and (day is None or str(entry["at"]).startswith(f"{day}"))
        )

    return is_chosen


@app.action("list")
def _list_records(
    ctx: Context,
    last: int = option(
        "--last N", "combien (défaut : 20)", number(0, 10**9, "un nombre"), default=20
    ),
    as_json: bool = AS_JSON_LIST,
    kind: str | None = KIND,
    day: date | None = DAY,
    user: str | None = USER,
) -> int:
    journal, is_chosen = journal_of(ctx.obj), _chosen(kind, day, user)
    kept = deque((each for each in journal.entries() if is_chosen(each)), last)
    found = [entry | {"body": journal.body(entry)} for entry in kept]
    if as_json:
        print_json([_fields(each) for each in found])
        return OK
    table = Table("identifiant", "le (UTC)", "quoi", "qui", "dont")
    for each in found:
        kind = KINDS.get(each["kind"], each["kind"])
        words = (entry_id(each), each["at"][:16].replace("T", " "), kind, each["user"], _gist(each))
        table.add_row(*map(Text, words))
    Terminal().print(table if found else "Aucun enregistrement.")
    return OK


@app.action("show")
def _show(
    ctx: Context,
    identifier: str = argument("ID", "l'identifiant (voir : journal list)"),
    as_json: bool = AS_JSON_LIST,
) -> int:
    journal = journal_of(ctx.obj)
    entry = journal.entry(identifier)
    if entry is None:
        sys.stderr.write(f"Le journal n'a pas d'enregistrement {identifier}.\n")
        return BROKEN
    record = entry | {"body": journal.body(entry)}
    if not as_json:
        about = (f"n° {entry['number']}", entry["at"], KINDS.get(entry["kind"], entry["kind"]))
        Terminal().print(Text(" · ".join((*about, entry["user"] or "personne")), style="bold"))
    print_json(_fields(record) if as_json else record["body"] or FORGOTTEN)
    return OK


@app.action("export")
def _export(
    ctx: Context,
    out: Path | None = option(
        "--out FICHIER", "un .json, ou un .zip qui le contient (défaut : l'écran)", Path
    ),
    as_json: bool = flag("--json", "sans effet : c'est toujours du JSON"),
    kind: str | None = KIND,
    day: date | None = DAY,
    user: str | None = USER,
) -> int:
    journal = journal_of(ctx.obj)
    found = [_fields(each) for each in records(journal, _chosen(kind, day, user))]
    told = {"what": "journal", "user": user, "kind": kind, "day": day and f"{day}"}
    journal.append("export", told | {"records": len(found)}, user=ALONE.user)
    if out is None:
        print_json(found)
        return OK
    written = json.dumps(found, ensure_ascii=False, indent=2)
    if out.suffix == ".zip":
        with ZipFile(out, "w", ZIP_DEFLATED) as archive:
            archive.writestr("journal.json", written)
    else:
        out.write_text(written, encoding="utf-8")
    sys.stdout.write(f"{len(found)} enregistrements écrits : {out}\n")
    return OK


def _fields(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record as programs read it; `body` is null once it was forgotten."""
    names = ("number", "at", "kind", "user", "body", "hash")
    return {"id": entry_id(record)} | {name: record[name] for name in names}


def _gist(record: Mapping[str, Any]) -> str:
    """What a record is about, in a few words."""
    body = record["body"]
    if body is None:
        return FORGOTTEN
    act = body.get("act")
    if act:
        return ACTS.get(record["kind"], {}).get(act, str(act))
    told = next(
        (
            body[name]
            for name in ("question", "file", "what", "day", "before", "user")
            if body.get(name)
        ),
        "",
    )
    return str(told)[:80]


@app.action("purge")
def _purge_texts(
    ctx: Context,
    months: int | None = option(
        "--months N", "une autre durée, en mois", number(1, 10**4, "un nombre de mois")
    ),
    as_json: bool = AS_OBJECT,
) -> int:
    months = months or load_settings(ctx.obj).retention_months
    before = months_before(datetime.now(UTC), months)
    journal = journal_of(ctx.obj)
    count = purge(journal, before, user=ALONE.user)
    _warn(journal)
    return _told(count, f"antérieurs au {before:%d/%m/%Y}", as_json)


@app.action("erase")
def _erase_person(
    ctx: Context,
    pseudonym: str = option("--user PSEUDONYME", "de qui", default=...),
    takes_out: bool = flag("--questions", "retire aussi ses questions du jeu d'évaluation"),
    as_json: bool = AS_OBJECT,
) -> int:
    journal = journal_of(ctx.obj)
    with lock_for_writing(ctx.obj) if takes_out else nullcontext():  # before words are forgotten
        questions = promoted_from(ctx.obj, journal, pseudonym)
        count = erase(journal, pseudonym, user=ALONE.user)
        if takes_out:
            take_out(ctx.obj, journal, questions, user=ALONE.user)
    _warn(journal)
    if as_json:
        return _written({"forgotten": count, "questions": questions})
    _told(count, f"de {pseudonym}", as_json)
    if questions:
        named = " ; ".join(questions)
        sys.stdout.write(
            f"Questions retirées du jeu d'évaluation : {named}.\n"
            if takes_out
            else f"Restent au jeu d'évaluation, avec ses mots : {named}. Pour les retirer : page "
            f"du référent, ou sourcier journal erase --user {pseudonym} --questions\n"
        )
    return OK


def _warn(journal: Journal) -> None:
    """Say that lines of an earlier version keep their texts."""
    if held := sum("body" in entry for entry in journal.entries()):
        sys.stderr.write(
            f"Attention : {held} lignes d'une version antérieure portent leur texte, qui ne peut "
            "en être ôté sans rompre la chaîne.\n"
        )


def _told(count: int, whose: str, as_json: bool) -> int:
    if as_json:
        return _written({"forgotten": count})
    sys.stdout.write(f"Textes {whose} oubliés : {count}.\n")
    return OK


def _written(told: Mapping[str, object]) -> int:
    sys.stdout.write(f"{json.dumps(told)}\n")
    return OK


_SLOW = 2
"""Seconds after which a wait is shown."""


@app.action("verify", script=files("assistant.journal").joinpath("verify.sh"))
def _verify(
    ctx: Context,
    anchors: Path | None = option("--anchors FICHIER", "des ancres gardées ailleurs", Path),
    as_json: bool = AS_JSON,
) -> int:
    """Say what was touched; the exit code says whether anything was."""
    faults = _watched(journal_of(ctx.obj), anchors)
    if as_json:
        print_json({"intact": not faults, "faults": [asdict(fault) for fault in faults]})
    else:
        _tell(faults)
    return BROKEN if faults else OK


def _watched(journal: Journal, anchors: Path | None) -> tuple[ChainFault, ...]:
    """The faults of a journal; a bar appears when finding them takes more than two seconds."""
    progress, begun = progress_bars(Terminal(is_stderr=True)), monotonic()
    bar = progress.add_task("Vérification")

    def told(done: int, total: int) -> None:
        progress.update(bar, completed=done, total=total)
        if monotonic() - begun > _SLOW:
            progress.start()

    try:
        return journal.faults(anchors, told)
    finally:
        if progress.live.is_started:
            progress.stop()


def _tell(faults: tuple[ChainFault, ...]) -> None:
    for fault in faults:
        sys.stdout.write(f"{fault.what}, ligne {fault.line} : {fault.reason}\n")
    if not faults:
        sys.stdout.write("Le journal est intact.\n")


@app.action("anchor")
def _anchor_last(
    ctx: Context,
    out: Path | None = option("--out FICHIER", "y écrit toutes les ancres, pour ailleurs", Path),
    as_json: bool = AS_JSON,
) -> int:
    journal = journal_of(ctx.obj)
    anchor = journal.anchor(user=ALONE.user)
    if anchor is None:
        sys.stderr.write("Le journal est vide : rien à ancrer.\n")
        return BROKEN
    if out:
        replace_bytes(out, "".join(each.line for each in journal.anchored()).encode())
    if as_json:
        return _written({"day": f"{anchor.day}", "number": anchor.number, "hash": anchor.hash})
    sys.stdout.write(f"Ancré : n° {anchor.number}, {anchor.hash}, le {anchor.day:%d/%m/%Y}.\n")
    return OK
