"""What is learned from many runs together?  So far: whether they agree with what was observed."""
