"""A line of the chain: how it is written, hashed and read back. Pure.

A line is the canonical JSON of an entry: keys in order, no blank. Its hash is that of the line
without `,"hash":"…"`, so that whoever cuts these characters out can compute it again.
"""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

GENESIS = "0" * 64
"""What the first line holds as the hash of the one before."""

_LINE = re.compile(
    rb'(?P<head>\{"at":"(?P<at>[0-9T:.+-]+)"),"hash":"(?P<hash>[0-9a-f]{64})"'
    rb'(?P<tail>,"kept":"(?P<kept>[^"\\]*)","kind":"(?P<kind>[a-z_]+)"'
    rb',"number":(?P<number>[1-9][0-9]{0,14}),"previous":"(?P<previous>[0-9a-f]{64})"'
    rb',"sha256":"(?P<sha256>[0-9a-f]{64})","user":"(?P<user>[A-Za-z0-9_.:@-]*)"\})'
)
"""An entry as it is written since bodies are kept apart; earlier lines hold them."""


def canonical(value: Mapping[str, Any]) -> bytes:
    """Plain JSON values as the one text that they are written as."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # Half a surrogate pair cannot be UTF-8; as a backslash escape it is JSON, and reads back.
    return text.encode(errors="backslashreplace")


def written(entry: Mapping[str, Any]) -> tuple[str, bytes]:
    """The hash of an entry that has none yet, and its line.

    Raises ValueError for a kind or a pseudonym with characters that a line may not hold.
    """
    digest = sha256(canonical(entry)).hexdigest()
    line = canonical({**entry, "hash": digest})
    if not _LINE.fullmatch(line):
        raise ValueError(f"{entry} is no entry of the journal")
    return digest, line + b"\n"


def read(line: bytes) -> tuple[dict[str, Any] | None, bool]:
    """The entry on a line, None when it is none, and whether it is as it was written."""
    line = line.removesuffix(b"\n")
    if (found := _LINE.fullmatch(line)) is None:
        return _read_earlier(line)
    entry: dict[str, Any] = {
        name: text.decode(errors="replace") for name, text in found.groupdict().items()
    }
    digest = sha256(found["head"] + found["tail"]).hexdigest()
    del entry["head"], entry["tail"]
    return entry | {"number": int(entry["number"])}, digest == entry["hash"]


def _read_earlier(line: bytes) -> tuple[dict[str, Any] | None, bool]:
    """The same for a line that holds its body, and no number."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None, False
    if not isinstance(entry, dict) or not isinstance(entry.get("body"), dict):
        return None, False
    if not all(isinstance(entry.get(name), str) for name in ("at", "hash", "kind", "previous")):
        return None, False
    entry.pop("number", None)
    bare = {name: value for name, value in entry.items() if name != "hash"}
    digest = sha256(canonical(bare)).hexdigest()
    return entry, line == canonical(bare | {"hash": digest})
