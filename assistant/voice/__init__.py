"""Voice: what was said into a microphone, as text, on this machine."""
