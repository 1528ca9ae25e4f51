"""What is kept: segments of the exports, a case folder a request, and the journal."""
