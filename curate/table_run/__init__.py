"""A catalogue judged by its table alone: no file is opened, and no more than a few shards are in memory at a time."""
