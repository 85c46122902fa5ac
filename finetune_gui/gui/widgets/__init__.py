"""Reusable pieces: curve plot, confusion matrix, recipe form, drop zone, photo grid."""
