"""Which diseases explain a person's labs, and of which kind is a calcification?  With how much certainty?"""
