"""The demo: three months of a movement like One Village One Product, made from a seed."""
