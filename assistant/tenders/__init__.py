"""Tender dossiers: kept, described, summed up and reviewed."""
