/* store/key_file.h: a key that lies in a file of its own, outside of what it is for.
 *
 * Thread-safe. */
#ifndef STORE_KEY_FILE_H
#define STORE_KEY_FILE_H

enum { KEY_FILE = 64 }; /* octets of the file, and of the key */

/* The key, into memory of KEY_FILE octets that the caller keeps as secrets are kept
 * (gateway/secrets.h). NULL, or what is wrong with the file. */
const char *key_file_read(const char *path, unsigned char *key);

#endif
