"""What is asked: language, day, scope, quantities, subjects, conversation, what to ask back."""
