"""What is asked: language, day, scope, quantities, subjects, premises, rewriting, clarification."""
