"""What an image is worth in memory: named parts, a score in [0, 1], a choice under a budget."""
