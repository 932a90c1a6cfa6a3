"""The journal: a chain of lines, each holding the hash of the line before, and bodies kept apart.

```
journal.jsonl         one line an event: kind, time, number, user's pseudonym, hash of the body
records/2026-11/      the bodies, one file each, salted; those of a dossier stay in its folder
anchors               day, number and hash of the last line of each day, to be kept elsewhere too
```
No line holds a text: a body can be forgotten, after which its hash proves that it was. Other parts
use `append`, `entries`, `entry`, `body`, `apart` and `faults`, and the kinds of `vocabulary`.

A changed, missing, added or moved line is found and located, and so is an altered body. A cut tail
is only seen by who kept an anchor that names it. `verify.sh` says the same with a shell's tools.
"""

from assistant.journal.anchors import Anchor
from assistant.journal.faults import Fault, Tampering
from assistant.journal.journal import Journal, journal_of
from assistant.journal.lines import GENESIS

__all__ = ["GENESIS", "Anchor", "Fault", "Journal", "Tampering", "journal_of"]
