"""The journal: a chain of lines, each holding the hash of the one before, and bodies apart."""
