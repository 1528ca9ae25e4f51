"""The invented sample company that `dsar demo` runs on and that the tests read."""
