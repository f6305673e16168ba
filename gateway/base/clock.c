/* gateway/base/clock.c: time and randomness. */
#include "gateway/base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "gateway/base/text.h"

enum { SECOND = 1000000, JST_MINUTES = 540 };

static instant system_now(const struct clock *c)
{
	(void)c;
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return (instant)t.tv_sec * SECOND + t.tv_nsec / 1000;
}

static int64_t system_elapsed(const struct clock *c)
{
	(void)c;
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * SECOND + t.tv_nsec / 1000;
}

const struct clock system_clock = { .now = system_now, .elapsed = system_elapsed };

static void system_fill(const struct random_source *r, void *out, size_t length)
{
	(void)r;
	unsigned char *at = out;
	while (length > 0) {
		ssize_t got = getrandom(at, length, 0);
		if (got <= 0) {
			fputs("minato: the kernel gives no random numbers; nothing is safe "
			      "without\n",
			      stderr);
			abort();
		}
		at += got;
		length -= (size_t)got;
	}
}

const struct random_source system_random = { .fill = system_fill };

static void broken_down(instant t, struct tm *out, int *micro)
{
	instant seconds = t / SECOND;
	int rest = (int)(t % SECOND);
	if (rest < 0) {
		rest += SECOND;
		seconds--;
	}
	time_t clock = (time_t)seconds;
	gmtime_r(&clock, out);
	*micro = rest;
}

void instant_to_dtm(instant t, char out[DTM_TEXT])
{
	struct tm tm;
	int micro;
	broken_down(t, &tm, &micro);
	strftime(out, DTM_TEXT, "%Y%m%d%H%M%S", &tm);
}

void instant_to_dtm_jst(instant t, char out[DTM_TEXT])
{
	instant_to_dtm(t + (instant)JST_MINUTES * 60 * SECOND, out);
}

void instant_to_xml(instant t, char out[XML_TIME_TEXT])
{
	struct tm tm;
	int micro;
	broken_down(t, &tm, &micro);
	size_t length = strftime(out, XML_TIME_TEXT, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out + length, XML_TIME_TEXT - length, ".%06uZ", (unsigned)micro % SECOND);
}

/* Takes exactly count digits; false if they are not there. */
static bool digits(const char **text, int count, int *out)
{
	int value = 0;
	for (int i = 0; i < count; i++) {
		char c = (*text)[i];
		if (c < '0' || c > '9')
			return false;
		value = value * 10 + (c - '0');
	}
	*text += count;
	*out = value;
	return true;
}

static bool zone(const char **text, int *minutes)
{
	int hours = 0, rest = 0, sign = **text == '-' ? -1 : 1;
	if (**text != '+' && **text != '-')
		return true;
	(*text)++;
	if (!digits(text, 2, &hours) || !digits(text, 2, &rest) || hours > 14 || rest > 59)
		return false;
	*minutes = sign * (hours * 60 + rest);
	return true;
}

static int days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month == 2 && leap ? 29 : days[month - 1];
}

bool instant_from_dtm(const char *text, int offset_minutes, instant *out)
{
	int part[6] = { 0, 1, 1, 0, 0, 0 }, micro = 0;
	if (!digits(&text, 4, &part[0]))
		return false;
	for (int i = 1; i < 6 && *text >= '0' && *text <= '9'; i++)
		if (!digits(&text, 2, &part[i]))
			return false;
	if (*text == '.') {
		int weight = SECOND / 10;
		for (text++; *text >= '0' && *text <= '9'; text++, weight /= 10)
			micro += (*text - '0') * weight;
	}
	if (!zone(&text, &offset_minutes) || *text != '\0')
		return false;
	if (part[1] < 1 || part[1] > 12 || part[2] < 1 || part[2] > days_in(part[0], part[1])
	    || part[3] > 23 || part[4] > 59 || part[5] > 60)
		return false;
	struct tm tm = { .tm_year = part[0] - 1900,
			 .tm_mon = part[1] - 1,
			 .tm_mday = part[2],
			 .tm_hour = part[3],
			 .tm_min = part[4],
			 .tm_sec = part[5] };
	*out = ((instant)timegm(&tm) - (instant)offset_minutes * 60) * SECOND + micro;
	return true;
}

bool instant_span_from_dtm(const char *text, int offset_minutes, instant *first, instant *last)
{
	static const instant spans[] = { [10] = (instant)3600 * SECOND,
					 [12] = 60 * SECOND,
					 [8] = (instant)86400 * SECOND,
					 [14] = SECOND };
	char next[16];
	if (!instant_from_dtm(text, offset_minutes, first))
		return false;
	size_t given = strspn(text, "0123456789");
	offset_minutes = dtm_zone(text, offset_minutes);
	if (given < COUNT(spans) && spans[given] != 0) {
		*last = *first + (text[given] == '.' ? 1 : spans[given]) - 1;
		return true;
	}
	/* A year or a month: until the next one begins. */
	int year = (int)strtol(text, NULL, 10), month = 1;
	if (given == 6) {
		month = year % 100 + 1;
		year = year / 100 + (month > 12);
		month = month > 12 ? 1 : month;
	} else {
		year++;
	}
	snprintf(next, sizeof next, "%04d%02d01", year % 10000, month);
	if (!instant_from_dtm(next, offset_minutes, last))
		return false;
	*last -= 1;
	return true;
}

int dtm_zone(const char *text, int otherwise)
{
	const char *sign = text == NULL ? NULL : strpbrk(text, "+-");
	if (sign != NULL)
		zone(&sign, &otherwise);
	return otherwise;
}

static void supply(const struct random_source *r, void *out, size_t length)
{
	struct random_supply *s = (struct random_supply *)r;
	if (length > sizeof s->octets) {
		s->from->fill(s->from, out, length);
		return;
	}
	pthread_mutex_lock(&s->lock);
	if (length > s->left) {
		s->from->fill(s->from, s->octets, sizeof s->octets);
		s->left = sizeof s->octets;
	}
	unsigned char *given = s->octets + sizeof s->octets - s->left;
	memcpy(out, given, length);
	memset(given, 0, length);
	s->left -= length;
	pthread_mutex_unlock(&s->lock);
}

void random_supply_begin(struct random_supply *s, const struct random_source *from)
{
	s->source.fill = supply;
	s->from = from;
	s->left = 0;
	pthread_mutex_init(&s->lock, NULL);
}

void random_supply_end(struct random_supply *s)
{
	pthread_mutex_destroy(&s->lock);
}

void uuid_to_urn(const unsigned char octets[16], char out[UUID_URN_TEXT])
{
	static const char digit[] = "0123456789abcdef";
	memcpy(out, "urn:uuid:", 9);
	char *at = out + 9;
	for (size_t i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*at++ = '-';
		*at++ = digit[octets[i] >> 4];
		*at++ = digit[octets[i] & 15];
	}
	*at = '\0';
}

static void mark_uuid(unsigned char u[16], unsigned version)
{
	u[6] = (unsigned char)((u[6] & 0x0f) | version << 4);
	u[8] = (unsigned char)((u[8] & 0x3f) | 0x80);
}

void random_uuid(const struct random_source *r, char out[UUID_URN_TEXT])
{
	unsigned char u[16];
	r->fill(r, u, sizeof u);
	mark_uuid(u, 4);
	uuid_to_urn(u, out);
}

/* RFC 9562, 5.7, and 6.2, method 3: 48 bits of milliseconds, 12 of a part of one. */
void time_uuid(instant t, const struct random_source *r, char out[UUID_URN_TEXT])
{
	uint64_t us = t < 0 ? 0 : (uint64_t)t, ms = us / 1000, part = us % 1000 * 4096 / 1000;
	unsigned char u[16];
	r->fill(r, u + 8, sizeof u - 8);
	for (unsigned i = 0; i < 6; i++)
		u[i] = (unsigned char)(ms >> (8 * (5 - i)));
	u[6] = (unsigned char)(part >> 8);
	u[7] = (unsigned char)part;
	mark_uuid(u, 7);
	uuid_to_urn(u, out);
}
