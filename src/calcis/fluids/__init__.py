"""What is dissolved in a given fluid, and what can crystallise from it: of one patient, or of a thousand."""
