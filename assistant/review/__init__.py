"""Review: recorded answers read again by people who judge them, and what they find."""
