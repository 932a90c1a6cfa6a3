"""Prompts: files with declared placeholders, checked when they are loaded.

```
placeholders: question
---
Question : $question
```
What replaces a placeholder is never searched for placeholders itself.
"""

from dataclasses import dataclass
from pathlib import Path
from string import Template

from assistant.errors import BrokenPrompt

FOLDER = Path(__file__).parent.parent / "prompts"


@dataclass(frozen=True, slots=True)
class PromptFile:
    """A loaded prompt."""

    template: Template

    def fill(self, **values: str) -> str:
        """The text with every placeholder replaced."""
        return self.template.substitute(values)


def load_prompt(name: str, *placeholders: str, folder: Path = FOLDER) -> PromptFile:
    """Load `name`.md, which must declare and use just these placeholders; raises BrokenPrompt."""
    path = folder / f"{name}.md"
    if not path.exists():
        raise BrokenPrompt(f"Le fichier d'invite {path} est introuvable.")
    head, _, body = path.read_text(encoding="utf-8").partition("\n---\n")
    if not head.startswith("placeholders:") or not body.strip():
        raise BrokenPrompt(
            f"L'invite {path} doit commencer par « placeholders: … », puis une ligne « --- »."
        )
    template = Template(body.strip("\n"))
    declared = set(head.removeprefix("placeholders:").split())
    used = set(template.get_identifiers())
    if not template.is_valid() or not declared == used == set(placeholders):
        raise BrokenPrompt(
            f"L'invite {path} annonce {sorted(declared)}, emploie {sorted(used)}, "
            f"et le programme lui donne {sorted(placeholders)}."
        )
    return PromptFile(template)
