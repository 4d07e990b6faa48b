"""What does a reader of a validation see?  A table at the terminal, a page, or JSON."""
