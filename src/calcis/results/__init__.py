"""What did a simulation give, in time and in space, and how is it kept on disk?"""
