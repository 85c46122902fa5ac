"""Index, splits, image decoding, thumbnails, health check: no torch, no Qt."""
