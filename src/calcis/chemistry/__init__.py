"""How do calcium, phosphate and acid combine in body fluids?"""
