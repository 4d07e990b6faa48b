"""What does a dose mean, written as a clinician writes it: "100 IU SC every 12 h for 2 d"?

The format of a drug's file stands in calcis.case.drugs.
"""
