"""What every screen stands on: who acts, addresses, forms, refusals, charts, navigation."""
