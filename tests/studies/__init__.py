"""Programs that measure and print a table, apart from the tests: python -m tests.studies.NAME."""
