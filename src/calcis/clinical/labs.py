"""Which quantity of blood plasma is each lab of a case, and in which unit does the case keep it?"""

LABS = {
    "calcium": ("calcium_plasma", "mmol/L"),
    "calcium_ionised": ("calcium_ionised_plasma", "mmol/L"),
    "albumin": ("albumin_plasma", "g/L"),
    "phosphate": ("phosphate_plasma", "mmol/L"),
    "magnesium": ("magnesium_plasma", "mmol/L"),
    "creatinine": ("creatinine_plasma", "mmol/L"),
    "pth": ("pth_plasma", "pmol/L"),
    "vitamin_d_25": ("calcidiol_plasma", "nmol/L"),
    "calcitriol": ("calcitriol_plasma", "pmol/L"),
    "fgf23": ("fgf23_plasma", "pmol/L"),
    "alkaline_phosphatase": ("alkaline_phosphatase_plasma", "IU/L"),
}
