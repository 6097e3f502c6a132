"""Which rows and columns stay, in which order and with which weights."""
