"""Which whole-body models are there?  One package each, named after its paper, exporting PARTS."""
