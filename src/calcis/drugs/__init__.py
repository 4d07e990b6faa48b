"""Which drugs are there?  One file each: how the drug spreads and leaves, and what it gives the body."""
