/* tests/faults/disk.c: preloaded into minatod, a disk whose cache is lost with the power.
 *
 * What is written to a file under MINATO_DISK is held in this process until the file is flushed
 * (fsync, fdatasync), as a disk may hold it; whoever reads it sees it. SIGKILL then is a power cut:
 * what was not flushed is gone, but for some of it that the disk wrote by itself, in no order.
 *
 * Names given by linkat() and mkdirat() come into being at once, but a diary, MINATO_DISK_NAMES,
 * tells which of them no flush of their directory has made last (a line each: "+NAME", and
 * "=DIRECTORY" for a flush): whoever kills takes them away.
 *
 * In spells the disk is slow as well: one quick enough is flushed by the committer, a slow one by a
 * thread of its own (store/flusher.c), and in spells the work changes hands again and again. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { SPELL = 8, SLOW_NS = 2000000, BY_ITSELF = 4, BLOCK = 4096, SECTOR = 512, PATH = 4096 };

struct piece {
	struct piece *next;
	off_t at;
	size_t length;
	unsigned char octets[];
};

/* A file with something not flushed. Its descriptor is ours: the writer's may be closed by then,
 * and no other file gets its number meanwhile. */
struct file {
	struct file *next;
	dev_t device;
	ino_t number;
	int fd;
	off_t end;
	struct piece *first, **last;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct file *files;
static unsigned flushes;

/* Each life of the daemon another way. */
__attribute__((constructor)) static void begin(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	srandom((unsigned)now.tv_nsec);
}

/* With the lock held. */
static struct file **find(const struct stat *of)
{
	struct file **f = &files;
	while (*f != NULL && ((*f)->device != of->st_dev || (*f)->number != of->st_ino))
		f = &(*f)->next;
	return f;
}

/* The path of what the descriptor stands for; false when that is not on our disk. */
static bool path_of(int fd, char path[PATH])
{
	char link[32];
	const char *disk = getenv("MINATO_DISK");
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t length = disk == NULL ? -1 : readlink(link, path, PATH - 1);
	if (length < 0)
		return false;
	path[length] = '\0';
	return strncmp(path, disk, strlen(disk)) == 0;
}

static bool is_ours(int fd, struct stat *of)
{
	char path[PATH];
	return syscall(SYS_fstat, fd, of) == 0 && S_ISREG(of->st_mode) && path_of(fd, path);
}

/* In one write, so that the lines of several threads do not mix. */
static void note(char kind, const char *directory, const char *name)
{
	char line[2 * PATH];
	const char *diary = getenv("MINATO_DISK_NAMES");
	int fd = diary == NULL ? -1 : open(diary, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	int length = snprintf(line, sizeof line, "%c%s%s%s\n", kind, directory,
			      *name == '\0' ? "" : "/", name);
	if (fd < 0 || syscall(SYS_write, fd, line, length) != length)
		perror("tests/faults/disk");
	close(fd);
}

/* With the lock held. NULL: no memory, or no descriptor. */
static struct file *file_of(int fd, const struct stat *of)
{
	struct file **place = find(of), *f = *place;
	if (f != NULL)
		return f;
	f = calloc(1, sizeof *f);
	int own = f == NULL ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (own < 0) {
		free(f);
		return NULL;
	}
	*f = (struct file){ .device = of->st_dev,
			    .number = of->st_ino,
			    .fd = own,
			    .end = of->st_size,
			    .last = &f->first };
	return *place = f;
}

/* One in so many the disk writes before it must; of less than a block perhaps only the first
 * sectors. */
static void write_early(int fd, const struct piece *p)
{
	size_t length = p->length;
	if (random() % BY_ITSELF != 0)
		return;
	if (length % BLOCK != 0 && random() % 2 == 0)
		length = length / 2 / SECTOR * SECTOR;
	if (syscall(SYS_pwrite64, fd, p->octets, length, p->at) < 0)
		perror("tests/faults/disk");
}

static ssize_t hold(int fd, const struct stat *of, const void *data, size_t length, off_t at)
{
	struct piece *p = malloc(sizeof *p + length);
	if (p == NULL)
		return -1;
	*p = (struct piece){ .at = at, .length = length };
	memcpy(p->octets, data, length);
	pthread_mutex_lock(&lock);
	struct file *f = file_of(fd, of);
	if (f != NULL) {
		write_early(fd, p);
		*f->last = p;
		f->last = &p->next;
		if (f->end < at + (off_t)length)
			f->end = at + (off_t)length;
	}
	pthread_mutex_unlock(&lock);
	if (f == NULL)
		free(p);
	return f == NULL ? -1 : (ssize_t)length;
}

/* What is held, over what the disk itself has. */
static size_t lay_over(const struct file *f, unsigned char *into, size_t got, size_t wanted,
		       off_t at)
{
	off_t past = f->end - at;
	size_t whole = past <= 0 ? 0 : (size_t)past < wanted ? (size_t)past : wanted;
	if (whole > got)
		memset(into + got, 0, whole - got);
	else
		whole = got;
	for (const struct piece *p = f->first; p != NULL; p = p->next) {
		off_t from = p->at > at ? p->at : at;
		off_t to = p->at + (off_t)p->length;
		if (to > at + (off_t)whole)
			to = at + (off_t)whole;
		if (from < to)
			memcpy(into + (from - at), p->octets + (from - p->at), (size_t)(to - from));
	}
	return whole;
}

static ssize_t look(int fd, const struct stat *of, void *into, size_t wanted, off_t at)
{
	pthread_mutex_lock(&lock);
	ssize_t got = syscall(SYS_pread64, fd, into, wanted, at);
	const struct file *f = *find(of);
	if (got >= 0 && f != NULL)
		got = (ssize_t)lay_over(f, into, (size_t)got, wanted, at);
	pthread_mutex_unlock(&lock);
	return got;
}

/* With the lock held. */
static void write_out(struct file **place)
{
	struct file *f = *place;
	*place = f->next;
	for (struct piece *p = f->first, *next; p != NULL; p = next) {
		next = p->next;
		if (syscall(SYS_pwrite64, f->fd, p->octets, p->length, p->at) < 0)
			perror("tests/faults/disk");
		free(p);
	}
	close(f->fd);
	free(f);
}

static int flush(long call, int fd)
{
	struct timespec length = { .tv_nsec = SLOW_NS };
	struct stat of;
	bool ours = is_ours(fd, &of);
	pthread_mutex_lock(&lock);
	bool slow = flushes++ / SPELL % 2 == 0;
	pthread_mutex_unlock(&lock);
	if (slow)
		while (nanosleep(&length, &length) != 0 && errno == EINTR)
			continue;
	pthread_mutex_lock(&lock);
	struct file **place = ours ? find(&of) : NULL;
	if (place != NULL && *place != NULL)
		write_out(place);
	pthread_mutex_unlock(&lock);
	return (int)syscall(call, fd);
}

/* An end in order is no power cut. */
__attribute__((destructor)) static void end(void)
{
	while (files != NULL)
		write_out(&files);
}

/* What the daemon and its libraries call. */

int fsync(int fd)
{
	char path[PATH];
	struct stat of;
	int code = flush(SYS_fsync, fd);
	if (code == 0 && syscall(SYS_fstat, fd, &of) == 0 && S_ISDIR(of.st_mode)
	    && path_of(fd, path))
		note('=', path, "");
	return code;
}

int linkat(int from_directory, const char *from, int to_directory, const char *to, int flags)
{
	char path[PATH];
	int code = (int)syscall(SYS_linkat, from_directory, from, to_directory, to, flags);
	if (code == 0 && path_of(to_directory, path))
		note('+', path, to);
	return code;
}

int mkdirat(int directory, const char *name, mode_t mode)
{
	char path[PATH];
	int code = (int)syscall(SYS_mkdirat, directory, name, mode);
	if (code == 0 && path_of(directory, path))
		note('+', path, name);
	return code;
}

int fdatasync(int fd)
{
	return flush(SYS_fdatasync, fd);
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t at)
{
	struct stat of;
	return is_ours(fd, &of) ? hold(fd, &of, data, length, at)
				: syscall(SYS_pwrite64, fd, data, length, at);
}

ssize_t write(int fd, const void *data, size_t length)
{
	struct stat of;
	if (!is_ours(fd, &of))
		return syscall(SYS_write, fd, data, length);
	ssize_t held = hold(fd, &of, data, length, lseek(fd, 0, SEEK_CUR));
	if (held > 0)
		lseek(fd, held, SEEK_CUR);
	return held;
}

ssize_t pread(int fd, void *into, size_t length, off_t at)
{
	struct stat of;
	return is_ours(fd, &of) ? look(fd, &of, into, length, at)
				: syscall(SYS_pread64, fd, into, length, at);
}

ssize_t read(int fd, void *into, size_t length)
{
	struct stat of;
	if (!is_ours(fd, &of))
		return syscall(SYS_read, fd, into, length);
	ssize_t got = look(fd, &of, into, length, lseek(fd, 0, SEEK_CUR));
	if (got > 0)
		lseek(fd, got, SEEK_CUR);
	return got;
}

static ssize_t one_by_one(int fd, const struct iovec *parts, int count, bool writes)
{
	ssize_t all = 0;
	for (int i = 0; i < count; i++) {
		void *at = parts[i].iov_base;
		size_t length = parts[i].iov_len;
		ssize_t done = writes ? write(fd, at, length) : read(fd, at, length);
		if (done < 0)
			return all > 0 ? all : -1;
		all += done;
		if ((size_t)done < length)
			break;
	}
	return all;
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
	struct stat of;
	return is_ours(fd, &of) ? one_by_one(fd, parts, count, true)
				: syscall(SYS_writev, fd, parts, count);
}

ssize_t readv(int fd, const struct iovec *parts, int count)
{
	struct stat of;
	return is_ours(fd, &of) ? one_by_one(fd, parts, count, false)
				: syscall(SYS_readv, fd, parts, count);
}

int fstat(int fd, struct stat *out)
{
	int code = (int)syscall(SYS_fstat, fd, out);
	if (code != 0)
		return code;
	pthread_mutex_lock(&lock);
	const struct file *f = *find(out);
	if (f != NULL)
		out->st_size = f->end;
	pthread_mutex_unlock(&lock);
	return 0;
}

/* What was cut off must not come back: then it is written out first. */
int ftruncate(int fd, off_t length)
{
	struct stat of;
	if (is_ours(fd, &of)) {
		pthread_mutex_lock(&lock);
		struct file **place = find(&of);
		if (*place != NULL)
			write_out(place);
		pthread_mutex_unlock(&lock);
	}
	return (int)syscall(SYS_ftruncate, fd, length);
}
