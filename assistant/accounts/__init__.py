"""Accounts: who may use this machine, what opens their session, and what closes it."""
