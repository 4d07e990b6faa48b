"""What would each treatment do, to whom, and how sure is that?  The arms of a case over many persons."""
