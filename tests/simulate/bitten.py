"""A case of a bite in failing skin, of which tests ask what a drug does."""


def bitten(competence: float, arms: str, run: str) -> str:
    """The case's text; `competence` is that of its macrophages, `arms` and `run` are as a case has them."""
    return f"""\
calcis: 1
person: {{age: 45 y, sex: female, mass: 65 kg}}
body: calcis
organs: none
lesion:
  tissue: dermis
  injury: {{kind: bite, at: 1 d, shape: {{cone: {{diameter: 6 mm, depth: 4 mm}}}}, killed: 0.9}}
changes: {{macrophage_competence: {competence}}}
arms:
{arms}run: {{{run}}}
"""
