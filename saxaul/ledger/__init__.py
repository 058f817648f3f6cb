"""The book: accounts, transfers, holds, usage and records, written by one clerk, a unit of work at a time."""
