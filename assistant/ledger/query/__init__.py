"""Plans of queries: what is computed of which rows, as SQL, as sums, in words."""
