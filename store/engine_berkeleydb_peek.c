/* store/engine_berkeleydb_peek.c: a tree's file by itself, read and closed. */
#include "store/store_peek.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "store/engine_berkeleydb.h"

/* Who only looks is told nothing of what is wrong with a file: the start says that. */
static void unsaid(const DB_ENV *env, const char *prefix, const char *what)
{
	(void)env, (void)prefix, (void)what;
}

/* NULL: none that we can read. */
static DB *open_file(const char *directory, unsigned char space)
{
	char name[TREE_NAME], path[PATH_MAX];
	DB *tree;
	berkeleydb_tree_name(space, name);
	if (snprintf(path, sizeof path, "%s/keys/%s", directory, name) >= (int)sizeof path
	    || db_create(&tree, NULL, 0) != 0)
		return NULL;
	tree->set_errcall(tree, unsaid);
	if (tree->open(tree, NULL, path, NULL, DB_BTREE, DB_RDONLY, 0) == 0)
		return tree;
	tree->close(tree, 0);
	return NULL;
}

bool store_peek(const char *directory, struct bytes key, struct arena *a, struct bytes *out)
{
	DB *tree = open_file(directory, *(const unsigned char *)key.data);
	DBT k = { .data = (void *)key.data, .size = (u_int32_t)key.length }, value = { 0 };
	bool found = tree != NULL && tree->get(tree, NULL, &k, &value, 0) == 0;
	if (found)
		*out = (struct bytes){ memcpy(arena_alloc(a, value.size), value.data, value.size),
				       value.size };
	if (tree != NULL)
		tree->close(tree, 0);
	return found;
}

bool store_peek_any(const char *directory, unsigned char space)
{
	DB *tree = open_file(directory, space);
	DBC *at = NULL;
	DBT key = { 0 }, value = { 0 };
	bool any = tree != NULL && tree->cursor(tree, NULL, &at, 0) == 0
		   && at->get(at, &key, &value, DB_FIRST) == 0;
	if (at != NULL)
		at->close(at);
	if (tree != NULL)
		tree->close(tree, 0);
	return any;
}
