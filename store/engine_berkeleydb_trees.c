/* store/engine_berkeleydb_trees.c: the trees of the engine, one for each space of keys. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "store/engine_berkeleydb.h"

/* Pages are as large as a block of the usual file systems, so that a power cut tears none. */
enum { PAGE = 4096, PATH = 4096 };

void berkeleydb_tree_name(unsigned char space, char name[TREE_NAME])
{
	snprintf(name, TREE_NAME, "%02x.db", (unsigned)space);
}

int berkeleydb_open_tree(DB_ENV *env, DB_TXN *txn, unsigned char space, u_int32_t flags, DB **tree)
{
	char name[TREE_NAME];
	int code = db_create(tree, env, 0);
	if (code != 0)
		return code;
	berkeleydb_tree_name(space, name);
	code = (*tree)->set_pagesize(*tree, PAGE);
	code = code != 0 ? code : (*tree)->set_flags(*tree, DB_CHKSUM);
	return code != 0 ? code : (*tree)->open(*tree, txn, name, NULL, DB_BTREE, flags, 0600);
}

/* In a transaction of its own: a tree that stays empty does no harm, and the handle outlives what
 * is undone. */
static int open_alone(struct environment *v, unsigned char space, u_int32_t flags)
{
	DB_TXN *txn;
	DB *tree = NULL;
	int code = v->env->txn_begin(v->env, NULL, &txn, DB_TXN_NOSYNC);
	if (code != 0)
		return code;
	code = berkeleydb_open_tree(v->env, txn, space, flags | DB_THREAD, &tree);
	if (code == 0)
		code = txn->commit(txn, DB_TXN_NOSYNC);
	else if (txn->abort(txn) != 0)
		code = DB_RUNRECOVERY;
	if (code == 0)
		v->trees[space] = tree;
	else if (tree != NULL)
		tree->close(tree, DB_NOSYNC);
	return code;
}

int berkeleydb_make_tree(struct environment *v, unsigned char space)
{
	if (v->trees[space] != NULL)
		return 0;
	atomic_fetch_add(&v->making, 1);
	int code = open_alone(v, space, DB_CREATE);
	atomic_fetch_add(&v->making, 1);
	return code;
}

/* Not a digit more nor less; false: another file. */
static bool is_tree(const char *file, unsigned *space)
{
	char name[TREE_NAME];
	if (sscanf(file, "%2x", space) != 1)
		return false;
	berkeleydb_tree_name((unsigned char)*space, name);
	return strcmp(file, name) == 0;
}

/* Up to form 4 all but the audit log and documents stood in one tree. */
static bool is_former(const char *home)
{
	char path[PATH];
	struct stat s;
	snprintf(path, sizeof path, "%s/main.db", home);
	return stat(path, &s) == 0;
}

size_t berkeleydb_trees_octets(const char *home)
{
	size_t all = 0;
	unsigned space;
	struct stat s;
	DIR *files = opendir(home);
	for (const struct dirent *f; files != NULL && (f = readdir(files)) != NULL;)
		if (is_tree(f->d_name, &space) && fstatat(dirfd(files), f->d_name, &s, 0) == 0)
			all += (size_t)s.st_size;
	if (files != NULL)
		closedir(files);
	return all;
}

int berkeleydb_open_trees(struct environment *v, const char *home, struct problem *p)
{
	unsigned space;
	int code = 0;
	DIR *files = opendir(home);
	if (files == NULL)
		return errno;
	if (is_former(home)
	    && !problem_set(p, PROBLEM_CONFIGURATION,
			    "the store was written by an earlier release, whose "
			    "trees were others: start it with that release, or "
			    "begin anew (minato init)"))
		code = EINVAL;
	for (const struct dirent *f; code == 0 && (f = readdir(files)) != NULL;)
		if (is_tree(f->d_name, &space))
			code = open_alone(v, (unsigned char)space, 0);
	closedir(files);
	v->opened = code == 0;
	return code;
}
