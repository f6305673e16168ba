/* gateway/walls_calls.c: system calls, by seccomp. */
#include "gateway/walls_calls.h"

#include <asm/ioctls.h>
#include <errno.h>
#include <linux/fs.h>
#include <linux/fscrypt.h>
#include <linux/sockios.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "gateway/base/text.h"

/* Names that an architecture does not have are passed over. What is not here, and not below, is
 * refused with EPERM: libraries try what is new and do without. */
static const char *const allowed[] = {
	/* files and descriptors */
	"read", "write", "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev", "preadv2",
	"pwritev2", "open", "openat", "openat2", "creat", "close", "close_range", "stat", "fstat",
	"lstat", "newfstatat", "fstatat64", "statx", "statfs", "fstatfs", "lseek", "access",
	"faccessat", "faccessat2", "dup", "dup2", "dup3", "fcntl", "flock", "fsync", "fdatasync",
	"sync_file_range", "syncfs", "sync", "msync", "truncate", "ftruncate", "fallocate",
	"fadvise64", "readahead", "getdents", "getdents64", "getcwd", "chdir", "fchdir", "rename",
	"renameat", "renameat2", "mkdir", "mkdirat", "rmdir", "link", "linkat", "unlink",
	"unlinkat", "symlink", "symlinkat", "readlink", "readlinkat", "chmod", "fchmod", "fchmodat",
	"chown", "fchown", "fchownat", "lchown", "umask", "utime", "utimes", "utimensat",
	"sendfile", "copy_file_range", "inotify_init", "inotify_init1", "inotify_add_watch",
	"inotify_rm_watch",
	/* waiting */
	"pipe", "pipe2", "eventfd", "eventfd2", "timerfd_create", "timerfd_settime",
	"timerfd_gettime", "signalfd", "signalfd4", "epoll_create", "epoll_create1", "epoll_ctl",
	"epoll_wait", "epoll_pwait", "epoll_pwait2", "poll", "ppoll", "select", "pselect6",
	/* the network; socket() is below */
	"socketpair", "bind", "listen", "accept", "accept4", "connect", "getsockname",
	"getpeername", "sendto", "recvfrom", "sendmsg", "recvmsg", "sendmmsg", "recvmmsg",
	"setsockopt", "getsockopt", "shutdown",
	/* memory */
	"mmap", "munmap", "mprotect", "mremap", "madvise", "brk", "mlock", "mlock2", "munlock",
	"mincore", "membarrier",
	/* threads, times, limits; clone() is below */
	"rseq", "set_robust_list", "get_robust_list", "set_tid_address", "futex", "futex_waitv",
	"exit", "exit_group", "gettid", "getpid", "getppid", "getuid", "geteuid", "getgid",
	"getegid", "getgroups", "getresuid", "getresgid", "getpgrp", "getpgid", "getsid",
	"sched_yield", "sched_getaffinity", "sched_getattr", "sched_setattr", "sched_getparam",
	"sched_getscheduler", "sched_get_priority_max", "sched_get_priority_min", "getpriority",
	"setpriority", "getrusage", "getrlimit", "setrlimit", "prlimit64", "times", "sysinfo",
	"uname", "getcpu", "clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep",
	"gettimeofday", "time", "alarm", "getitimer", "setitimer", "timer_create", "timer_settime",
	"timer_gettime", "timer_getoverrun", "timer_delete", "getrandom", "arch_prctl", "capget",
	/* signals; to nobody but our own threads */
	"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigtimedwait", "rt_sigpending",
	"rt_sigsuspend", "sigaltstack", "restart_syscall", "tgkill", "pause",
	/* walls can only become narrower */
	"seccomp", "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self", NULL
};

/* Whoever asks for one of these is not us any more. */
static const char *const deadly[] = { "execve",
				      "execveat",
				      "ptrace",
				      "process_vm_readv",
				      "process_vm_writev",
				      "pidfd_getfd",
				      "kexec_load",
				      "kexec_file_load",
				      "init_module",
				      "finit_module",
				      "delete_module",
				      "bpf",
				      "perf_event_open",
				      "userfaultfd",
				      "mount",
				      "umount2",
				      "pivot_root",
				      "chroot",
				      "setns",
				      "unshare",
				      "open_tree",
				      "move_mount",
				      "fsopen",
				      "fsmount",
				      "add_key",
				      "request_key",
				      "keyctl",
				      "reboot",
				      "swapon",
				      "swapoff",
				      "iopl",
				      "ioperm",
				      NULL };

static const char *const of_files[] = {
	"open",     "openat",     "openat2",   "creat",  "mkdir",     "mkdirat",
	"mknod",    "mknodat",    "rmdir",     "link",   "linkat",    "unlink",
	"unlinkat", "symlink",    "symlinkat", "rename", "renameat",  "renameat2",
	"truncate", "chmod",      "fchmodat",  "chown",  "fchownat",  "lchown",
	"readlink", "readlinkat", "utime",     "utimes", "utimensat", NULL
};
static const char *const outward[] = { "socket", "connect", NULL };
static const char *const inward[] = { "bind", "listen", "accept", "accept4", NULL };
static const char *const more_doors[] = { "bind", "listen", NULL };

static const char *const *const refused[WALLS][4] = {
	[WALL_LISTENING] = { of_files, outward, more_doors },
	[WALL_CALLING] = { inward },
	[WALL_DELIVERING] = { inward },
	[WALL_KEEPING] = { outward, inward },
};

static bool add_names(scmp_filter_ctx f, uint32_t action, const char *const *names)
{
	bool added = true;
	for (; added && *names != NULL; names++) {
		int number = seccomp_syscall_resolve_name(*names);
		added = number == __NR_SCMP_ERROR || seccomp_rule_add(f, action, number, 0) == 0;
	}
	return added;
}

/* Calls that depend on what is asked: allowed only with one of these words in that argument. */
static const struct {
	const char *name;
	unsigned argument;
	scmp_datum_t word;
} with_words[] = {
	{ "socket", 0, AF_UNIX },
	{ "socket", 0, AF_INET },
	{ "socket", 0, AF_INET6 },
	{ "ioctl", 1, TCGETS },   /* isatty(3) */
	{ "ioctl", 1, SIOCOUTQ }, /* what a peer has not acknowledged */
	{ "ioctl", 1, FIONREAD },
	{ "ioctl", 1, FIONBIO },
	{ "ioctl", 1, FIOCLEX },
	{ "ioctl", 1, FICLONE },                   /* a backup's copies */
	{ "ioctl", 1, FS_IOC_ADD_ENCRYPTION_KEY }, /* store/at_rest.h */
	{ "ioctl", 1, FS_IOC_REMOVE_ENCRYPTION_KEY },
	{ "ioctl", 1, FS_IOC_SET_ENCRYPTION_POLICY },
	{ "prctl", 0, PR_SET_NAME },
	{ "prctl", 0, PR_GET_NAME },
	{ "prctl", 0, PR_GET_DUMPABLE },
	{ "prctl", 0, PR_GET_SECCOMP },
	{ "prctl", 0, PR_SET_NO_NEW_PRIVS },
	{ "prctl", 0, PR_SET_SECCOMP },
};

/* clone3() hides its flags in memory: glibc goes back to clone() where there is none, and that
 * makes threads only. */
static bool add_with_words(scmp_filter_ctx f)
{
	bool added = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
				      SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD))
			     == 0
		     && seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
	for (size_t i = 0; added && i < COUNT(with_words); i++) {
		struct scmp_arg_cmp is = { .arg = with_words[i].argument,
					   .op = SCMP_CMP_MASKED_EQ,
					   .datum_a = UINT32_MAX,
					   .datum_b = with_words[i].word };
		added = seccomp_rule_add_array(f, SCMP_ACT_ALLOW,
					       seccomp_syscall_resolve_name(with_words[i].name), 1,
					       &is)
			== 0;
	}
	return added;
}

bool walls_calls_known(void)
{
	return seccomp_api_get() >= 3; /* a process can be ended, not only a thread */
}

bool walls_calls_of_all(void)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	bool stands = f != NULL && add_names(f, SCMP_ACT_ALLOW, allowed)
		      && add_names(f, SCMP_ACT_KILL_PROCESS, deadly) && add_with_words(f)
		      && seccomp_attr_set(f, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0
		      && seccomp_load(f) == 0;
	if (f != NULL)
		seccomp_release(f);
	return stands;
}

bool walls_calls_of(enum wall wall)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);
	bool stands = f != NULL;
	for (const char *const *const *names = refused[wall]; stands && *names != NULL; names++)
		stands = add_names(f, SCMP_ACT_ERRNO(EACCES), *names);
	stands = stands && seccomp_load(f) == 0;
	if (f != NULL)
		seccomp_release(f);
	return stands;
}
