"""Which traces are kept: the policies of a `tail_sampling` block, and ours."""
