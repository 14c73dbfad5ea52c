"""What policy says: rules as data, forbid wins, unknown holds."""
