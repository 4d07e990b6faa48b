"""Who is simulated, and what is done when?"""
