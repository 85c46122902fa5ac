"""Fine-tune an image classifier on your own computer, understand what happened, use it."""

__version__ = "0.1.0"
