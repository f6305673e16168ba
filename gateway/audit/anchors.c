/* gateway/audit/anchors.c: the anchors of an audit log, in a file outside of the data directory. */
#include "gateway/audit/anchors.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/audit/checkpoint.h"
#include "gateway/audit/event_record.h"
#include "gateway/audit/record.h"
#include "gateway/base/arena.h"
#include "gateway/base/regular_file.h"
#include "store/audit_expiring.h"
#include "store/store.h"

/* What a start looks at: some 180 anchors, three hours of them as shipped. */
enum { TAIL = 64 << 10 };
/* Anchors that are held against one snapshot; a year of them as shipped is some 500,000. */
enum { AT_ONCE = 1024 };

/* One look through the file, or at a record. */
struct looking {
	const struct anchors *at;
	struct store_txn *txn;
	struct arena *arena;
	struct anchors_verdict *verdict;
	struct text_list **last_note;
	const struct anchor *looked_at;
	bool in_log;         /* it is the one the log has a record of */
	bool covers;         /* it is known to be signed */
	uint64_t unreadable; /* lines since the last anchor */
	bool broken_off;     /* the file ends within a line */
	bool from_middle;    /* lines before it were not looked at */
	char last_line[ANCHOR_LINE];
	size_t last_length;
};

static unsigned long long ull(uint64_t n)
{
	return n;
}

/* An entry for people. */
static const char *entry_text(const struct looking *l, uint64_t sequence)
{
	return audit_place_text(sequence, arena_alloc(l->arena, AUDIT_PLACE_TEXT));
}

/* Who said what was found not to be so. */
static const char *signer(const struct looking *l)
{
	const struct anchor *a = l->looked_at;
	if (!l->in_log)
		return arena_printf(l->arena, "anchor %llu", ull(a->number));
	return arena_printf(l->arena, "anchor %llu of chain %llu, of which the log has a record,",
			    ull(a->number), ull(audit_chain(a->head.sequence)));
}

static void fault(struct looking *l, uint64_t sequence, const char *what)
{
	struct anchors_verdict *v = l->verdict;
	if (v->fault_count++ >= ANCHOR_FAULTS)
		return;
	struct anchors_fault *f = arena_new(l->arena, struct anchors_fault), **last = &v->faults;
	*f = (struct anchors_fault){ .sequence = sequence, .what = what };
	while (*last != NULL)
		last = &(*last)->next;
	*last = f;
}

static void note(struct looking *l, const char *what)
{
	l->last_note = text_list_add(l->arena, l->last_note, what);
}

/* Chains. */

/* One the log does not have is there, and empty. */
static struct anchored_chain *chain_of(struct looking *l, uint64_t sequence)
{
	struct anchors_verdict *v = l->verdict;
	uint64_t chain = audit_chain(sequence), begin = audit_number(chain, 0);
	if (audit_chain(v->own.head.sequence) == chain)
		return &v->own;
	for (size_t i = 0; i < v->other_count; i++)
		if (audit_chain(v->others[i].head.sequence) == chain)
			return &v->others[i];
	v->others = arena_resize(l->arena, v->others, v->other_count * sizeof *v->others,
				 (v->other_count + 1) * sizeof *v->others);
	v->others[v->other_count] = (struct anchored_chain){ { .sequence = begin },
							     begin,
							     { .sequence = begin } };
	return &v->others[v->other_count++];
}

static bool read_chains(struct looking *l)
{
	struct audit_heads heads;
	struct anchors_verdict *v = l->verdict;
	v->own.head.sequence = v->own.covered = audit_number(store_node(l->txn), 0);
	if (!audit_log_heads(l->txn, l->arena, &heads))
		return false;
	v->entries = heads.entries;
	for (size_t i = 0; i < heads.count; i++) {
		struct anchored_chain *c = chain_of(l, heads.heads[i].sequence);
		c->head = heads.heads[i];
		audit_checkpoint_look(l->txn, AUDIT_OWN, audit_chain(c->head.sequence), l->arena,
				      &c->gone);
	}
	return !store_failed(l->txn);
}

/* What has gone went by our doing, or that of a node whose key we have. */
static void check_gone(struct looking *l, const struct anchored_chain *c)
{
	const char *what = checkpoint_fault(&c->gone, AUDIT_OWN, l->at);
	if (what != NULL)
		fault(l, audit_number(audit_chain(c->gone.sequence), 1),
		      arena_printf(l->arena, "all up to entry %s %s",
				   entry_text(l, c->gone.sequence), what));
}

static void check_all_gone(struct looking *l)
{
	const struct anchors_verdict *v = l->verdict;
	check_gone(l, &v->own);
	for (size_t i = 0; i < v->other_count; i++)
		check_gone(l, &v->others[i]);
}

/* Lines. */

/* One too long to be an anchor comes with the length it should not have. False: the end. */
static bool next_line(FILE *f, char out[ANCHOR_LINE], size_t *length, bool *ended)
{
	int c;
	*length = 0;
	while ((c = getc(f)) != EOF && c != '\n') {
		if (*length < ANCHOR_LINE)
			out[*length] = (char)c;
		*length += *length <= ANCHOR_LINE;
	}
	*ended = c == '\n';
	return c != EOF || *length != 0;
}

static void check_signature(struct looking *l)
{
	char name[ANCHOR_KEY_NAME];
	const struct anchor *a = &l->verdict->last;
	struct bytes line = { (const unsigned char *)l->last_line, l->last_length };
	if (a->number == 0 || anchor_signed(line, l->at->key))
		return;
	anchor_key_name(l->at->key, name);
	fault(l, a->head.sequence,
	      arena_printf(l->arena, "anchor %llu is not signed with the key configured (%s)",
			   ull(a->number), name));
}

/* What the anchor says of that chain. NULL: nothing. */
static const struct audit_head *named(const struct anchor *a, uint64_t chain)
{
	if (audit_chain(a->head.sequence) == chain)
		return &a->head;
	for (size_t i = 0; i < a->other_count; i++)
		if (audit_chain(a->others[i].sequence) == chain)
			return &a->others[i];
	return NULL;
}

/* b is the anchor before it. */
static void check_growth(struct looking *l, const struct audit_head *head, const struct anchor *b)
{
	const struct audit_head *was = named(b, audit_chain(head->sequence));
	if (was != NULL && head->sequence < was->sequence)
		fault(l, head->sequence,
		      arena_printf(l->arena,
				   "%s signed entry %s, the one before it entry %s: the log was "
				   "put back in between",
				   signer(l), entry_text(l, head->sequence),
				   entry_text(l, was->sequence)));
}

/* Each anchor holds the hash of the one before, so that the last signature speaks for all; one that
 * nothing follows on speaks for itself. */
static void check_order(struct looking *l, const struct anchor *a)
{
	struct anchors_verdict *v = l->verdict;
	const struct anchor *b = &v->last;
	if (b->number == 0)
		return;
	if (a->number > b->number + 1)
		fault(l, a->head.sequence,
		      arena_printf(l->arena, "anchors %llu to %llu are missing from %s",
				   ull(b->number + 1), ull(a->number - 1), l->at->file));
	else if (a->number <= b->number || memcmp(a->before, v->last_digest, AUDIT_HASH) != 0)
		fault(l, a->head.sequence,
		      arena_printf(l->arena, "anchor %llu does not follow on the one before it",
				   ull(a->number)));
	else if (l->unreadable != 0)
		note(l, arena_printf(l->arena,
				     "before anchor %llu a line broke off: a crash or a full disk",
				     ull(a->number)));
	if (a->number != b->number + 1 || memcmp(a->before, v->last_digest, AUDIT_HASH) != 0)
		check_signature(l);
	check_growth(l, &a->head, b);
	for (size_t i = 0; i < a->other_count; i++)
		check_growth(l, &a->others[i], b);
	if (a->time < b->time)
		note(l, arena_printf(l->arena, "at anchor %llu the clock had gone back",
				     ull(a->number)));
}

/* The file and the repositories go on while they are read, and may be ahead of the snapshot:
 * nothing is said to be missing before the log was asked as it is then. A record is never ahead of
 * the snapshot it is in, which others are walking, but that may be ahead of what was known of the
 * chain. False: the store failed. */
static bool catch_up(struct looking *l, struct anchored_chain *c, uint64_t sequence)
{
	unsigned char hash[AUDIT_HASH];
	if (sequence <= c->head.sequence)
		return true;
	if (!l->in_log)
		return store_renew(l->txn)
		       && audit_log_head_of(l->txn, audit_chain(sequence), &c->head);
	if (audit_log_hash(l->txn, sequence, hash))
		c->head.sequence = sequence;
	return !store_failed(l->txn);
}

/* Before the last that went: nothing of it is left that it could be held against. More may have
 * gone since the checkpoint was read. */
static bool has_gone(struct looking *l, struct anchored_chain *c, uint64_t sequence)
{
	unsigned char hash[AUDIT_HASH];
	if (audit_place(sequence) == 0 || sequence == c->gone.sequence)
		return false;
	if (sequence > c->gone.sequence && !audit_log_hash(l->txn, sequence, hash))
		audit_checkpoint_look(l->txn, AUDIT_OWN, audit_chain(sequence), l->arena, &c->gone);
	return sequence < c->gone.sequence;
}

static bool hash_of(struct looking *l, const struct anchored_chain *c, uint64_t sequence,
		    unsigned char out[AUDIT_HASH])
{
	if (sequence != c->gone.sequence)
		return audit_log_hash(l->txn, sequence, out);
	memcpy(out, c->gone.hash, AUDIT_HASH);
	return true;
}

/* What was signed is still there. */
static void check_entry(struct looking *l, const struct audit_head *head)
{
	unsigned char hash[AUDIT_HASH];
	struct anchored_chain *c = chain_of(l, head->sequence);
	if (!catch_up(l, c, head->sequence))
		return;
	if (head->sequence > c->head.sequence)
		fault(l, c->head.sequence + 1,
		      arena_printf(l->arena,
				   "%s signed entry %s, but the log ends at %s: "
				   "it was cut, or put back to what it was before",
				   signer(l), entry_text(l, head->sequence),
				   entry_text(l, c->head.sequence)));
	else if (has_gone(l, c, head->sequence))
		l->verdict->past += head->sequence < c->gone.sequence;
	else if (audit_place(head->sequence) != 0
		 && (!hash_of(l, c, head->sequence, hash)
		     || memcmp(hash, head->hash, AUDIT_HASH) != 0))
		fault(l, head->sequence,
		      arena_printf(l->arena,
				   "%s signed another entry %s than the log has: "
				   "the log was rewritten",
				   signer(l), entry_text(l, head->sequence)));
	else if (l->covers && head->sequence > c->covered)
		c->covered = head->sequence;
}

static void check_entries(struct looking *l)
{
	const struct anchor *a = l->looked_at;
	check_entry(l, &a->head);
	for (size_t i = 0; i < a->other_count; i++)
		check_entry(l, &a->others[i]);
}

static void look_at(struct looking *l, const char *line, size_t length, bool ended)
{
	struct anchors_verdict *v = l->verdict;
	struct bytes octets = { (const unsigned char *)line, length };
	struct anchor a;
	if (length > ANCHOR_LINE || !ended || !anchor_read(octets, &a)) {
		l->broken_off = !ended;
		l->unreadable += ended;
		return;
	}
	l->looked_at = &a;
	l->covers = true; /* or the file's end, or the one after it, tells that it is not signed */
	check_order(l, &a);
	check_entries(l);
	if (v->count++ == 0)
		v->first = a.number;
	l->unreadable = 0;
	v->last = a;
	anchor_digest(octets, v->last_digest);
	memcpy(l->last_line, line, length);
	l->last_length = length;
}

/* A start looks at the end only; a line that began before is left out. */
static bool go_to_tail(struct looking *l, FILE *f)
{
	char line[ANCHOR_LINE];
	size_t length;
	bool ended;
	struct stat s;
	if (fstat(fileno(f), &s) != 0 || s.st_size <= TAIL)
		return true;
	l->from_middle = true;
	if (fseeko(f, s.st_size - TAIL - 1, SEEK_SET) != 0)
		return false;
	next_line(f, line, &length, &ended);
	return true;
}

static bool look_through(struct looking *l, bool whole, struct problem *p)
{
	char line[ANCHOR_LINE];
	size_t length;
	bool ended;
	FILE *f = regular_stream(l->at->file);
	if (f == NULL && errno == ENOENT)
		return true;
	if (f == NULL)
		return problem_at(p, PROBLEM_CONFIGURATION, l->at->file, "cannot read %s: %s",
				  l->at->file, regular_why(errno));
	bool read = whole || go_to_tail(l, f);
	for (unsigned n = 1; read && !store_failed(l->txn) && next_line(f, line, &length, &ended);
	     n++) {
		look_at(l, line, length, ended);
		if (n % AT_ONCE == 0)
			store_renew(l->txn);
	}
	read = read && ferror(f) == 0;
	fclose(f);
	if (read)
		return true;
	return problem_at(p, PROBLEM_CONFIGURATION, l->at->file, "%s could not be read to its end",
			  l->at->file);
}

/* The file as a whole. */
static void check_end(struct looking *l)
{
	struct anchors_verdict *v = l->verdict;
	check_signature(l);
	if (l->unreadable != 0)
		fault(l, v->own.head.sequence,
		      arena_printf(l->arena, "%s ends with %llu lines that are no anchors",
				   l->at->file, ull(l->unreadable)));
	if (l->broken_off)
		note(l,
		     arena_printf(l->arena, "the last line of %s broke off: a crash or a full disk",
				  l->at->file));
	if (v->noted != 0 && v->last.number == 0 && l->unreadable == 0) {
		v->gone = arena_printf(l->arena,
				       "the log had %llu anchors, and none of them is in %s: "
				       "it was taken away, or this is a restored copy",
				       ull(v->noted), l->at->file);
		note(l, v->gone);
	} else if (v->noted > v->last.number) {
		fault(l, v->own.head.sequence,
		      arena_printf(l->arena,
				   "the log had %llu anchors, and %s ends with %llu: anchors "
				   "were taken out",
				   ull(v->noted), l->at->file, ull(v->last.number)));
	}
	if (v->past != 0)
		note(l, arena_printf(l->arena,
				     "%llu ends that were signed are of records that have gone by "
				     "rule since: the checkpoint stands for them",
				     ull(v->past)));
	if (v->first > 1 && !l->from_middle)
		note(l, arena_printf(l->arena, "anchors before %llu are not in %s any more",
				     ull(v->first), l->at->file));
}

/* Records. */

/* The line in the record of an anchor. False: it has none. */
static bool read_record(const struct audit_entry *e, struct arena *a, struct bytes *line,
			struct anchor *out)
{
	struct kept_event kept;
	if (!text_equal(e->terms.transaction, audit_doing_name(AUDIT_DOING_ANCHOR))
	    || !event_record_read(a, e, &kept))
		return false;
	const struct audit_object *o = kept.event.objects;
	if (o == NULL || o->details == NULL)
		return false;
	*line = (struct bytes){ o->details->value, o->details->length };
	return anchor_read(*line, out);
}

/* The file has it too. */
static bool is_known(const struct looking *l, const struct anchor *a)
{
	const struct anchors_verdict *v = l->verdict;
	return v->count != 0 && audit_chain(a->head.sequence) == audit_chain(v->own.head.sequence)
	       && a->number >= v->first && a->number <= v->last.number;
}

void anchors_see(void *with, struct store_txn *t, const struct audit_entry *e, struct arena *a)
{
	struct anchors_seeing *s = with;
	struct looking l = {
		.at = s->at, .txn = t, .arena = s->arena, .verdict = s->verdict, .in_log = true
	};
	struct bytes line;
	struct anchor anchor;
	if (!read_record(e, a, &line, &anchor) || is_known(&l, &anchor))
		return;
	l.looked_at = &anchor;
	check_entries(&l);
}

/* With our key, which signs our chain alone, or another chain's with one of theirs. */
static bool is_signed(const struct looking *l, struct bytes line, uint64_t chain)
{
	return anchor_signed(line, l->at->key)
	       || (chain != audit_chain(l->verdict->own.head.sequence)
		   && anchor_signed_by_any(line, l->at->others));
}

/* The youngest of a chain. What the log notes of an anchor stands behind the entry it signed, and
 * is cut with it. */
static void check_record(struct looking *l, uint64_t chain)
{
	struct audit_anchored noted;
	struct bytes line;
	struct anchor a;
	if (!audit_log_anchored(l->txn, chain, &noted) || noted.record == 0)
		return;
	const struct audit_entry *e = audit_log_entry(l->txn, noted.record, l->arena);
	if (e == NULL || !read_record(e, l->arena, &line, &a)
	    || audit_chain(a.head.sequence) != chain) {
		fault(l, noted.record,
		      arena_printf(l->arena,
				   "entry %s should be the record of anchor %llu, and is not: it "
				   "was cut, or rewritten",
				   entry_text(l, noted.record), ull(noted.number)));
		return;
	}
	if (is_known(l, &a))
		return;
	l->covers = is_signed(l, line, chain);
	l->verdict->foreign += !l->covers;
	l->looked_at = &a;
	check_entries(l);
}

static void check_records(struct looking *l)
{
	struct anchors_verdict *v = l->verdict;
	size_t count = v->other_count; /* an anchor may name more */
	l->in_log = true;
	check_record(l, audit_chain(v->own.head.sequence));
	for (size_t i = 0; i < count; i++)
		check_record(l, audit_chain(v->others[i].head.sequence));
	l->in_log = false;
	if (v->foreign != 0)
		note(l,
		     arena_printf(l->arena,
				  "the youngest anchors of %llu chains are signed with keys this "
				  "node does not have: anybody may have made them",
				  ull(v->foreign)));
}

/* Places. */

static void check_place(struct looking *l, const char *repository, uint64_t chain)
{
	uint64_t has = audit_log_acknowledged(l->txn, repository, chain);
	struct anchored_chain *c = chain_of(l, has);
	if (!catch_up(l, c, has) || has <= c->head.sequence)
		return;
	fault(l, c->head.sequence + 1,
	      arena_printf(l->arena,
			   "repository %s has acknowledged entry %s, but the log ends at %s",
			   repository, entry_text(l, has), entry_text(l, c->head.sequence)));
}

static void check_repositories(struct looking *l)
{
	struct audit_chains chains;
	if (!audit_log_chains(l->txn, l->arena, &chains))
		return;
	for (size_t i = 0; i < l->at->repository_count; i++)
		for (size_t k = 0; k < chains.count; k++)
			check_place(l, l->at->repositories[i], chains.numbers[k]);
}

bool anchors_compare(const struct anchors *at, struct store_txn *t, struct arena *a, bool whole,
		     struct anchors_verdict *out, struct problem *p)
{
	struct text_list *notes = NULL;
	struct audit_anchored noted;
	*out = (struct anchors_verdict){ 0 };
	struct looking l = { .at = at, .txn = t, .arena = a, .verdict = out, .last_note = &notes };
	bool read = read_chains(&l) && audit_log_anchored(t, store_node(t), &noted);
	if (read)
		check_all_gone(&l);
	out->noted = read ? noted.number : 0;
	if (read && at->key != NULL) {
		read = look_through(&l, whole, p);
		if (read) {
			check_end(&l);
			check_records(&l);
		}
	} else if (read && out->noted != 0) {
		fault(&l, out->own.head.sequence,
		      arena_printf(a,
				   "the log had %llu anchors, and no anchor-key is configured to "
				   "verify them with",
				   ull(out->noted)));
	}
	if (read)
		check_repositories(&l);
	out->notes = notes;
	if (store_failed(t))
		return problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
	return read;
}

/* Adding. */

static bool refuse(const struct anchors *at, int error, struct problem *p)
{
	bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
	return problem_at(p, full ? PROBLEM_STORE_FULL : PROBLEM_CONFIGURATION, at->file,
			  "could not write %s: %s", at->file, regular_why(error));
}

/* A new file is only there for sure when its directory is. */
static bool sync_directory(const char *file)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s", file);
	int fd = open(dirname(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return false;
	bool durable = fsync(fd) == 0;
	close(fd);
	return durable;
}

/* What a crash left of a line is ended, so that it spoils itself only. */
static bool ends_in_line(int fd, off_t size)
{
	char last = '\n';
	return size > 0 && pread(fd, &last, 1, size - 1) == 1 && last != '\n';
}

/* One write(): a reader sees the line whole or not at all. 0: it is there for sure; else errno. */
static int add_line(int fd, const char *file, const char *line)
{
	char text[ANCHOR_LINE + sizeof "\n\n"];
	struct stat s;
	if (fstat(fd, &s) != 0)
		return errno;
	int length = snprintf(text, sizeof text, "%s%s\n", ends_in_line(fd, s.st_size) ? "\n" : "",
			      line);
	ssize_t wrote = write(fd, text, (size_t)length);
	if (wrote != length)
		return wrote == -1 ? errno : ENOSPC;
	return fsync(fd) == 0 && (s.st_size != 0 || sync_directory(file)) ? 0 : errno;
}

/* O_APPEND: the file may be append-only to the system (chattr +a). */
bool anchors_append(const struct anchors *at, const char *line, struct problem *p)
{
	int fd = regular_open(at->file, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW);
	if (fd == -1)
		return refuse(at, errno, p);
	int error = add_line(fd, at->file, line);
	close(fd);
	if (error == 0)
		return true;
	return refuse(at, error, p);
}
