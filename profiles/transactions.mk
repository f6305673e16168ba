# One line a transaction: the file that holds its descriptor, which has the file's name.
TRANSACTIONS =
