"""What is wrong with an image: text, file metadata, rights, pixels, quality, duplicates."""
