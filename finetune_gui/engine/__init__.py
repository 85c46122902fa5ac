"""Devices, backbones, augmentation, training, evaluation, prediction: torch, no Qt."""
