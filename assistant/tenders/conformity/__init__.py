"""Conformity: the pieces of a tender dossier against the law of its day, and against each other."""
