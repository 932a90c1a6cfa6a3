"""Where the checkout lies, and the questions and sentences of our own that tests read."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
