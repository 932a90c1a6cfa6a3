"""Whether a sentence stands on the passages it cites: quotes, figures, references, words."""
