"""What is to be memorized, and what a manifest says was, as a table; and the suite that it has to fulfil."""
