"""The file for the homologation: what this installation is, and how it holds to the rules."""
