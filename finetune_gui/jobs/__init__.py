"""One file for each long-running job; what the window and the terminal start."""
