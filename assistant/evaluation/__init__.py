"""Evaluation: question sets, answers graded, measures, and runs against an earlier one."""
