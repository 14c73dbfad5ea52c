"""What lies in a picture file beside the pixels, taken out of its container as bytes: one module per container."""
