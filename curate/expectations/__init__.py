"""What a table must fulfil before anything believes it: Great Expectations suites, run offline."""
