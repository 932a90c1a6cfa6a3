"""Conformity: the pieces of a tender dossier against the law of its day, and against each other.

Rules are data (corpus/conformite.toml); a finding is something to check and never a verdict.
"""
