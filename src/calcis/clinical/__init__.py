"""What does a clinician compute and read from a person's laboratory values, without any simulation?"""
