"""An independent calculation of the contract's arithmetic, to hold the product against."""
