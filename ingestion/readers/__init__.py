"""One file in, documents or a French reason out; each file is read in a process of its own."""

from ingestion.readers.sandbox import read_file

__all__ = ["read_file"]
