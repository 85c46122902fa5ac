"""The coach: reads a run and says what is wrong with it, why, and what to turn next."""
