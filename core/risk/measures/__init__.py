"""The risk measures, one file for each family; MEASURES in core.risk lists them."""
