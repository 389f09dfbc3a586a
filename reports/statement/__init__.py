"""Statements of account: one page that says what was delivered, sold, deducted, paid and left."""
