"""Tender files: their pieces, versions and archives, kept to their team."""
