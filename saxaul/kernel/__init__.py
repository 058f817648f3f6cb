"""What every room needs and nobody owns: amounts, ids, time, refusals, texts. Imports nothing of ours."""
