"""The payout run: what a month brings each payee, what is taken, what is paid (contract §5)."""
