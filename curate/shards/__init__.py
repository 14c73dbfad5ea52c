"""Long work in shards: Parquet files with completion markers, and the engines that do one shard after the other."""
