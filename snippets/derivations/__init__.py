"""Programs that check the claims of the derivation page in numbers."""
