# One line a transaction lives in profiles/transactions.mk.
