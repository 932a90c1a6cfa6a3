"""The library: the files that the next index is made of, and what was read in them."""
