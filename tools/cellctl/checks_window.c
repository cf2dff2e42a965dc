// SPDX-License-Identifier: GPL-2.0-only
/* Checks of shared windows: each by itself, then what all that name a channel must agree on. Where windows are: checks_memory.c. */
#include "checks.h"

#include <stdio.h>
#include <string.h>

#define for_each_window(w, c) for (const struct cell_window *w = (c)->cell->windows; w < (c)->cell->windows + (c)->cell->window_count; w++)

static bool name_ok(const char *s)
{
	char name[BULKHEAD_NAME_SIZE] = { 0 };

	snprintf(name, sizeof(name), "%s", s);
	return strlen(s) < sizeof(name) && blob_name_ok(name);
}

static bool is_root(const char *name)
{
	return !strcmp(name, WINDOW_MEMBER_ROOT);
}

void check_channel_syntax(const struct check *check, const struct check_context *c)
{
	for_each_window(w, c)
	{
		if (name_ok(w->channel))
			continue;
		check_fail(check, c, w->node, "channel", "'%s' cannot be a channel's name", w->channel);
		message_fix("use 1 to 31 of a-z, 0-9 and '-', not starting with '-'");
	}
}

void check_channel_duplicate(const struct check *check, const struct check_context *c)
{
	for_each_window(w, c)
	{
		if (window_find(c->cell, w->channel) == w)
			continue;
		check_fail(check, c, w->node, "channel", "the cell has a window '%s' already", w->channel);
		message_fix("remove one, or give it a channel of its own");
	}
}

void check_window_zero(const struct check *check, const struct check_context *c)
{
	for_each_window(w, c)
	{
		if (w->range.start)
			continue;
		check_fail(check, c, w->node, "reg", "a window at guest address 0, which in the comm page means that there is none");
		message_fix("put it anywhere else");
	}
}

/* NULL: nothing is wrong with it. */
static const char *peer_error(const struct check_context *c, const struct cell_window *w, u32 index)
{
	const char *name = window_peer(c->cell, w, index);

	if (!name_ok(name) && !is_root(name))
		return "cannot be a cell's name";
	if (!strcmp(name, c->cell->name))
		return "is this cell itself";
	for (u32 i = 0; i < index; i++)
		if (!strcmp(window_peer(c->cell, w, i), name))
			return "is named twice";
	return NULL;
}

void check_peer_value(const struct check *check, const struct check_context *c)
{
	for_each_window(w, c)
	{
		for (u32 i = 0; i < w->peer_count; i++) {
			const char *error = peer_error(c, w, i);

			if (!error)
				continue;
			check_fail(check, c, w->node, "peers", "peer '%s' %s", window_peer(c->cell, w, i), error);
			message_fix("name each other member of the window once: cells, and \"root\"");
		}
		if (w->peer_count < WINDOW_MEMBERS)
			continue;
		check_fail(check, c, w->node, "peers", "%u peers", w->peer_count);
		message_fix("name %u at most: a window has %u members, this cell included", WINDOW_MEMBERS - 1, WINDOW_MEMBERS);
	}
}

void check_access_value(const struct check *check, const struct check_context *c)
{
	for_each_window(w, c)
	{
		const char *s = tree_string(&c->cell->tree, w->node, "access");

		if (!s || !strcmp(s, "read-write") || !strcmp(s, "read-only"))
			continue;
		check_fail(check, c, w->node, "access", "there is no access '%s'", s);
		message_fix("write access = \"read-write\" or \"read-only\"");
	}
}

void check_doorbell_count(const struct check *check, const struct check_context *c)
{
	for_each_window(w, c)
	{
		if (w->doorbells <= WINDOW_DOORBELLS)
			continue;
		check_fail(check, c, w->node, "doorbells", "%u doorbells", w->doorbells);
		message_fix("use 0 to %u", WINDOW_DOORBELLS);
	}
}

void check_doorbell_irqs(const struct check *check, const struct check_context *c)
{
	for_each_window(w, c)
	{
		if (!w->doorbells || w->irq || c->board->arch->number == BULKHEAD_ARCH_X86)
			continue;
		check_fail(check, c, w->node, "doorbells", "no unused interrupt of the %s is left for the doorbells of '%s'",
			   c->board->arch->controller, w->channel);
		message_fix("write doorbells = <0> and let the guest look, or free an interrupt that irqs or another window has");
	}
}

/* --- peers ----------------------------------------------------------------------------------------------------------------- */

static const struct cell *cell_named(const struct cell *const *cells, u32 count, const char *name)
{
	for (u32 i = 0; i < count; i++)
		if (!strcmp(cells[i]->name, name))
			return cells[i];
	return NULL;
}

static const struct cell *peer_file(const struct check_context *c, const char *name)
{
	return cell_named(c->peers, c->peer_count, name);
}

/* What is wrong with that file is said when it is checked itself. */
static const struct cell *read_beside(const struct cell *cell, const char *name)
{
	static const char *const suffixes[] = { "dts", "cell" };
	const struct message *before = message_last();
	struct cell *peer = mem_alloc(sizeof(*peer));

	for (u32 i = 0; i < ARRAY_SIZE(suffixes); i++) {
		const char *path = path_join(cell->tree.dir, mem_format("%s.%s", name, suffixes[i]));
		bool ok = file_exists(path) && !cell_load(path, cell->board, peer) && !strcmp(peer->name, name);

		message_drop_after(before);
		if (ok)
			return peer;
	}
	return NULL;
}

void peers_read(struct check_context *c)
{
	const struct cell **peers = mem_alloc(WINDOW_CELL_MAX * WINDOW_MEMBERS * sizeof(*peers));

	c->peers = peers;
	c->peer_count = 0;
	for_each_window(w, c)
	{
		for (u32 i = 0; i < w->peer_count && i < WINDOW_MEMBERS; i++) {
			const char *name = window_peer(c->cell, w, i);
			const struct cell *peer = name_ok(name) && !peer_file(c, name) ? read_beside(c->cell, name) : NULL;

			if (peer)
				peers[c->peer_count++] = peer;
		}
	}
}

void check_peer_missing(const struct check *check, const struct check_context *c)
{
	for_each_window(w, c)
	{
		for (u32 i = 0; i < w->peer_count; i++) {
			const char *name = window_peer(c->cell, w, i);

			if (is_root(name) || peer_file(c, name) || cell_named(c->others, c->other_count, name))
				continue;
			check_warn(check, c, w->node, "peers",
				   "there is no cell '%s', and no file %s.dts beside this one that describes it", name, name);
			message_fix("nothing, if it comes later; else correct the name");
		}
	}
}

static bool names(const struct cell *peer, const struct cell_window *w, const char *name)
{
	for (u32 i = 0; i < w->peer_count; i++)
		if (!strcmp(window_peer(peer, w, i), name))
			return true;
	return false;
}

void check_peer_one_sided(const struct check *check, const struct check_context *c)
{
	for_each_window(w, c)
	{
		for (u32 i = 0; i < w->peer_count; i++) {
			const struct cell *peer = peer_file(c, window_peer(c->cell, w, i));
			const struct cell_window *theirs = peer ? window_find(peer, w->channel) : NULL;

			if (!peer || (theirs && names(peer, theirs, c->cell->name)))
				continue;
			check_fail(check, c, w->node, "peers", "%s %s '%s'", peer->tree.file,
				   theirs ? mem_format("does not name '%s' as a peer of", c->cell->name) : "has no window", w->channel);
			message_fix("add it there, or remove '%s' here", peer->name);
		}
	}
}

/* --- what all must agree on ------------------------------------------------------------------------------------------------ */

/* All that have a window of this channel, by number: cells, then files of peers that are none of these. */
static const struct cell *partner(const struct check_context *c, const char *channel, u32 index)
{
	for (u32 i = 0; i < c->other_count; i++)
		if (window_find(c->others[i], channel) && !index--)
			return c->others[i];
	for (u32 i = 0; i < c->peer_count; i++)
		if (window_find(c->peers[i], channel) && !cell_named(c->others, c->other_count, c->peers[i]->name) && !index--)
			return c->peers[i];
	return NULL;
}

struct agreement {
	const char *property;
	bool (*same)(const struct blob_window *a, const struct blob_window *b);
	const char *(*text)(const struct blob_window *w);
	const char *fix;
};

static void check_agreement(const struct check *check, const struct check_context *c, const struct agreement *a)
{
	for_each_window(w, c)
	{
		struct blob_window ours = window_record(c->cell, w);
		const struct cell *other;

		for (u32 i = 0; (other = partner(c, w->channel, i)); i++) {
			struct blob_window theirs = window_record(other, window_find(other, w->channel));

			if (a->same(&ours, &theirs))
				continue;
			check_fail(check, c, w->node, a->property, "channel '%s' has %s here, and %s in cell '%s'", w->channel,
				   a->text(&ours), a->text(&theirs), other->name);
			message_fix("%s", a->fix);
		}
	}
}

static bool same_size(const struct blob_window *a, const struct blob_window *b)
{
	return a->size == b->size;
}

static const char *size_of_window(const struct blob_window *w)
{
	return size_text(w->size);
}

void check_channel_size(const struct check *check, const struct check_context *c)
{
	static const struct agreement size = { "reg", same_size, size_of_window, "give all its windows the same size" };

	check_agreement(check, c, &size);
}

static bool same_doorbells(const struct blob_window *a, const struct blob_window *b)
{
	return a->doorbells == b->doorbells;
}

static const char *doorbells_of_window(const struct blob_window *w)
{
	return mem_format("%u doorbell%s", w->doorbells, w->doorbells == 1 ? "" : "s");
}

void check_channel_doorbells(const struct check *check, const struct check_context *c)
{
	static const struct agreement doorbells = { "doorbells", same_doorbells, doorbells_of_window,
						    "write the same number of doorbells in all of them" };

	check_agreement(check, c, &doorbells);
}

static bool same_members(const struct blob_window *a, const struct blob_window *b)
{
	return !memcmp(a->members, b->members, sizeof(a->members));
}

static const char *members_of_window(const struct blob_window *w)
{
	const char *list = "members";

	for (u32 i = 0; i < WINDOW_MEMBERS && w->members[i][0]; i++)
		list = mem_format("%s%s %s", list, i ? "," : "", w->members[i]);
	return list;
}

void check_channel_members(const struct check *check, const struct check_context *c)
{
	static const struct agreement members = { "peers", same_members, members_of_window, "name in each all the others as peers" };

	check_agreement(check, c, &members);
}
