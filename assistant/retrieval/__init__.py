"""Retrieval: candidates, ranking, evidence, answerability, subquestions, snapshots in use."""
