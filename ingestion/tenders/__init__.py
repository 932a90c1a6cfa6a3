"""Tender files: what comes in, archives of it, dossiers kept to their team, here or on a server."""
