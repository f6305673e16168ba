/* tests/transport/peer.h: the other end of a door, blocking, and a house to stand behind it. */
#ifndef TESTS_TRANSPORT_PEER_H
#define TESTS_TRANSPORT_PEER_H

#include <openssl/ssl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "gateway/transport/door.h"

/* --- a client; reads wait twenty seconds at most
 * ------------------------------------------------ */
struct peer_end {
	int fd;
	SSL_CTX *context;
	SSL *ssl;
	char in[4096];
	size_t length;
	char address[128];
};

/* pem: certificate and key in folder, NULL for none. False when the handshake failed. */
bool peer_open(struct peer_end *p, unsigned port, const char *folder, const char *pem);
/* With a TLS version at most, its suites of TLS 1.2, and a session to resume; 0 and NULL: any,
 * none. */
bool peer_open_as(struct peer_end *p, unsigned port, const char *folder, const char *pem,
		  int version, const char *suites, SSL_SESSION *session);
bool peer_open_plain(struct peer_end *p, const char *path, unsigned port);
void peer_close(struct peer_end *p);
bool peer_send(struct peer_end *p, const void *data, size_t length);
bool peer_say(struct peer_end *p, const char *text);
void peer_end_sending(struct peer_end *p); /* close_notify and FIN, still reads */
/* The next answer: its status, 0 when there is none. body is cut at room; its length in *length. */
int peer_answer(struct peer_end *p, char *body, size_t room, size_t *length);
/* The next frame without its framing; false when there is none. */
bool peer_frame(struct peer_end *p, char *body, size_t room);
bool peer_ended(struct peer_end *p); /* the door has closed */

/* --- a house: what it does depends on the path ------------------------------------------------- *
 *	/refuse   arrive() refuses with 403		/stop     body() stops
 *	/file     answers with the file			/hold     answers when let go, from another
 *	thread
 *	/slow     takes its time in body()		else      "METHOD path?query N" (N: octets)
 *	/long     answers when nobody wants it any more, which it counts
 * A frame is answered with "A:" and its own text. */
struct house_state {
	struct house house;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned octets; /* of all bodies */
	unsigned arrived, gone, released, sent, held, refused, cut, unwanted;
	bool let_go;
	char barred[65]; /* whose connections end when they are looked at; "": nobody's */
	bool closes;     /* every answer ends its connection */
	char last_body[64];
	char reason[192], cut_why[192], refused_sha256[65], gone_why[128];
	char last_sha256[65], last_url[128];
	unsigned last_uid;
	uint64_t last_peer;
	unsigned loud; /* messages of peers that had many under way */
	int file;
	uint64_t file_length;
};

void house_begin(struct house_state *h);
void house_let_go(struct house_state *h);
void house_bar(struct house_state *h, const char *sha256);
/* Waits, twenty seconds at most, until the counter is at least wanted. */
bool house_wait(struct house_state *h, const unsigned *counter, unsigned wanted);

#endif
