// SPDX-License-Identifier: BSD-2-Clause
/*
 * One of the cells at a shared window. With the other cell it exchanges messages, COUNT each way, each with a doorbell, and says what came;
 * to the root it sends back what it gets. It says when members come and go, and with each coming of the other cell the exchange begins
 * anew. Parameter target: another count; option 1: an exchange begins when the root sends GO. Reads its window by interrupts, and sleeps.
 */
#include "inmate.h"
#include "ring.h"
#include "window.h"

#define COUNT 10000
#define AHEAD 8 /* messages sent before the other's arrive: both rings together have room for more */
#define GO "go"

struct message {
	u32 run, number;
	u8 pattern[RING_BYTES - 8];
};

/* Of one exchange. Both cells know it by the same number: how often either of them came or went. */
static struct {
	u32 id;
	bool on, told;
	u32 sent, received, wrong, stale;
} run;

static struct window window;
static int peer = -1, root;
static bool go;
static u32 count, rang;
static volatile u32 interrupts;
static struct {
	bool up;
	u32 changes;
} link[WINDOW_MEMBERS];

static void woken(u32 intid)
{
	(void)intid;
	interrupts++;
}

static void ring(u32 member)
{
	rang++;
	window_ring(&window, member, 0);
}

static void say_link(u32 member, bool up)
{
	print("link: %s %s\n", window.header->window.members[member], up ? "up" : "down");
	link[member].up = up;
}

static void follow_links(void)
{
	for (u32 i = 0; i < WINDOW_MEMBERS; i++) {
		u32 changes = window_changes(&window, i);
		bool up = window_runs(&window, i);

		if (i == window.self || window.header->window.members[i][0] == '\0')
			continue;
		if (link[i].up && (!up || changes != link[i].changes)) /* perhaps it went and came */
			say_link(i, false);
		if (!link[i].up && up)
			say_link(i, true);
		link[i].changes = changes;
	}
}

static u32 run_now(void)
{
	return window_changes(&window, window.self) + window_changes(&window, (u32)peer);
}

static void follow_run(void)
{
	u32 id = run_now();
	bool on = window_runs(&window, (u32)peer);

	if (id == run.id && on == run.on)
		return;
	memset(&run, 0, sizeof(run));
	run.id = id;
	run.on = on;
}

static struct message message_of(u32 member)
{
	struct message m = { .run = run.id, .number = member == window.self ? run.sent : run.received };

	for (u32 i = 0; i < sizeof(m.pattern); i++)
		m.pattern[i] = (u8)(m.number * 7 + member * 31 + i);
	return m;
}

static bool receive(void)
{
	struct ring *from = ring_between(window.data, (u32)peer, window.self);
	struct message m, wanted;
	int length = ring_get(from, &m);

	if (length < 0)
		return false;
	if (ring_was_full(from))
		ring((u32)peer);
	follow_run(); /* its number of the run may be newer than ours, not than what the header says now */
	if (length != sizeof(m) || m.run != run.id) {
		run.stale++;
		return true;
	}
	wanted = message_of((u32)peer);
	run.wrong += memcmp(&m, &wanted, sizeof(m)) != 0;
	run.received++;
	return true;
}

static bool send(void)
{
	struct message m = message_of(window.self);

	if (!run.on || !go || run.sent == count || run.sent >= run.received + AHEAD)
		return false;
	if (ring_put(ring_between(window.data, window.self, (u32)peer), &m, sizeof(m)) != 0)
		return false;
	run.sent++;
	ring((u32)peer);
	return true;
}

static bool exchange(void)
{
	bool more;

	if (peer < 0)
		return false;
	follow_run();
	more = receive();
	more = send() || more;
	if (!run.told && run.on && run.sent == count && run.received >= count) {
		print("run: sent %u received %u wrong %u rang %u\n", run.sent, run.received, run.wrong, rang);
		run.told = true;
	}
	return more;
}

static bool answer_root(void)
{
	static u8 bytes[RING_BYTES];
	static int length = RING_EMPTY; /* of what is to be sent back */
	struct ring *from = ring_between(window.data, (u32)root, window.self);

	if (length < 0) {
		length = ring_get(from, bytes);
		if (length < 0)
			return false;
		if (ring_was_full(from))
			ring((u32)root);
	}
	if (length == sizeof(GO) && memcmp(bytes, GO, sizeof(GO)) == 0)
		go = true;
	else if (ring_put(ring_between(window.data, window.self, (u32)root), bytes, (u32)length) != 0)
		return false;
	else
		ring((u32)root);
	length = RING_EMPTY;
	return true;
}

static bool work(void)
{
	bool more = exchange();

	if (root >= 0)
		more = answer_root() || more;
	follow_links();
	return more;
}

static void find_members(void)
{
	root = window_member(&window, "root");
	for (int i = 0; i < WINDOW_MEMBERS; i++)
		if (window.header->window.members[i][0] != '\0' && i != root && i != (int)window.self)
			peer = i;
}

int main(void)
{
	if (!window_open(&window, NULL) || window.size < RING_SPACE) {
		print("window: no window of %u KiB\n", (u32)(RING_SPACE >> 10) + 4);
		return 0;
	}
	find_members();
	count = inmate_param()->target != 0 ? (u32)inmate_param()->target : COUNT;
	go = inmate_param()->option != 1;
	print("window: %s as %s, %lu bytes\n", window.header->window.channel, comm->cell, window.size);
	irq_init();
	window_listen(&window, woken);
	for (;;) {
		irqs_disable(); /* what interrupts between the look and the sleep ends the sleep */
		if (!work())
			cpu_idle();
		irqs_enable();
	}
}
