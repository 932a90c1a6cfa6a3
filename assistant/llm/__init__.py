"""The language model in a process of its own: a crash of native code takes no answer along."""
