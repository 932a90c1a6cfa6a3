"""One file in, documents or a French reason out; each file is read in a process of its own."""
