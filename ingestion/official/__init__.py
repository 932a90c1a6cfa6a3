"""Official sources of French law, read into the library's own format and merged with it.

LEGI archives (legi.py, archive.py, sandbox.py) and the Légifrance API (legifrance.py) both give
changes; merge.py applies them to what the library holds of a text, as one `.jsonl` file a text.
"""
