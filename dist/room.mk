# Unit file, man pages, completion.
