"""What is done with a span: read, count, price, decide, add up. No I/O and no clock."""
