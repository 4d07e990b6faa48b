"""How do runs and models reach other programs?  One format a file."""
