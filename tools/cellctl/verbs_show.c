// SPDX-License-Identifier: GPL-2.0-only
/* Verbs that only look: status, list, show, console, stats. */
#include "verbs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bulkhead/abi/console.h>
#include <bulkhead/abi/exits.h>

#include "output.h"

#define EXIT_OWN 16 /* numbers below mean the same on every architecture */

#define REASON(n, NAME, text, help) { n, text, help },
static const struct exit_text reasons_arm64[] = { EXIT_REASONS_ARM64(REASON) }, reasons_riscv[] = { EXIT_REASONS_RISCV(REASON) },
			      reasons_x86[] = { EXIT_REASONS_X86(REASON) };
#undef REASON

/* General registers of a fault record, four in a row of text. */
#define REGISTER_ROWS ((FAULT_REGS + 3) / 4)

static const char *const names_x86[] = { "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8",  "r9",   "r10",
					 "r11", "r12", "r13", "r14", "r15", "cr0", "cr2", "cr3", "cr4", "efer", "cs_base" };

static const struct machine {
	u16 arch;
	const struct exit_text *reasons;
	u32 reason_count;
	const char *syndrome, *pstate;
	u32 first_register;       /* number of regs[0] */
	u32 register_count;       /* 0: all that a record holds */
	const char *const *names; /* of registers; NULL: x and the number */
	const char *rows[REGISTER_ROWS];
} machines[] = {
	{ .arch = BULKHEAD_ARCH_ARM64,
	  .reasons = reasons_arm64,
	  .reason_count = ARRAY_SIZE(reasons_arm64),
	  .syndrome = "  syndrome",
	  .pstate = "  pstate" },
	{ .arch = BULKHEAD_ARCH_RISCV,
	  .reasons = reasons_riscv,
	  .reason_count = ARRAY_SIZE(reasons_riscv),
	  .syndrome = "  scause",
	  .pstate = "  vsstatus",
	  .first_register = 1,
	  .rows = { "ra sp gp tp", "t0-t2 s0", "s1 a0-a2", "a3-a6", "a7 s2-s4", "s5-s8", "s9-s11 t3", "t4-t6" } },
	{ .arch = BULKHEAD_ARCH_X86,
	  .reasons = reasons_x86,
	  .reason_count = ARRAY_SIZE(reasons_x86),
	  .syndrome = "  exit",
	  .pstate = "  rflags",
	  .register_count = ARRAY_SIZE(names_x86),
	  .names = names_x86,
	  .rows = { "rax rcx rdx rbx", "rsp rbp rsi rdi", "r8-r11", "r12-r15", "cr0 cr2-cr4", "efer cs" } },
};

static const struct machine *machine_here(void)
{
	u16 arch = board_arch_here()->number;

	for (u32 i = 0; i < ARRAY_SIZE(machines); i++)
		if (machines[i].arch == arch)
			return &machines[i];
	return &machines[0];
}

static const char *kick_method(u32 method)
{
	static const char *const words[] = { "Group 0", "stage-2 pull", "software interrupt", "NMI" };

	return method < ARRAY_SIZE(words) ? words[method] : "unknown";
}

static const char *lost_cpus(u32 count)
{
	const char *list = "";

	for (u32 i = 0; i < count && i < BULKHEAD_MAX_CPUS; i++) {
		struct bulkhead_cpu_query q = { .info.cpu = i };

		if (!driver_query(BULKHEAD_CPU_QUERY, &q, sizeof(q)) && q.info.state == CPU_LOST)
			list = mem_format("%s%s%u", list, *list ? "," : "", i);
	}
	return list;
}

/* A row for each member: who is in it, and who is there. */
static void show_windows(void)
{
	struct window_header w;

	output_table_begin("windows", NULL);
	for (u32 id = 0; !live_next_window(id, &w); id = w.id + 1) {
		for (u32 i = 0; i < WINDOW_MEMBERS && w.window.members[i][0]; i++) {
			output_row();
			output_number("id", NULL, w.id);
			output_string("channel", "CHANNEL", w.window.channel);
			output_number_text("size", "SIZE", w.window.size, size_text(w.window.size));
			output_number("doorbells", "DOORBELLS", w.window.doorbells);
			output_number("index", NULL, i);
			output_string("member", "MEMBER", w.window.members[i]);
			output_string("state", "STATE", w.member[i].state ? live_state(w.member[i].state) : "absent");
		}
	}
	output_table_end();
}

enum exit_code verb_status(const struct options *o)
{
	struct bulkhead_status s = { 0 };
	enum exit_code code = driver_open();
	char sha[65] = "";

	if (code != EXIT_DONE)
		return code;
	if (driver_query(BULKHEAD_STATUS, &s, sizeof(s))) {
		message_error(NULL, "failed", "the driver does not answer");
		return EXIT_FAILED;
	}
	for (u32 i = 0; i < sizeof(s.image_sha256); i++)
		snprintf(sha + 2 * i, 3, "%02x", s.image_sha256[i]);
	output_bool("enabled", "enabled", s.enabled);
	output_string("driver_version", "driver", s.driver_version);
	output_string("abi", "ABI", mem_format("%u.%u", s.driver_abi >> 16, s.driver_abi & 0xffff));
	output_string("image_sha256", "hypervisor image", sha);
	if (o->trust)
		trust_print();
	if (!s.enabled)
		return EXIT_DONE;
	output_bool("unconfirmed", s.enabled == BULKHEAD_UNCONFIRMED ? "on trial until cellctl confirm" : NULL,
		    s.enabled == BULKHEAD_UNCONFIRMED);
	output_bool("locked", "locked", s.system.flags & SYSTEM_LOCKED);
	output_number("cpus", "CPUs", s.system.cpu_count);
	output_string("lost_cpus", *lost_cpus(s.system.cpu_count) ? "lost CPUs" : NULL, lost_cpus(s.system.cpu_count));
	output_number("cells", "cells", s.system.cell_count);
	output_hex("memory_base", "hypervisor memory", s.system.memory_base);
	output_number("memory_size", NULL, s.system.memory_size);
	output_string("pages_text", "pages used", mem_format("%u of %u", s.system.pages_used, s.system.pages_total));
	output_number("pages_used", NULL, s.system.pages_used);
	output_number("pages_total", NULL, s.system.pages_total);
	output_string("root_pool_text", "root pool used", mem_format("%u of %u pages", s.system.root_pool_used, s.system.root_pool_total));
	output_number("root_pool_used", NULL, s.system.root_pool_used);
	output_number("root_pool_total", NULL, s.system.root_pool_total);
	output_number("scrub_left", s.system.scrub_left ? "bytes to scrub" : NULL, s.system.scrub_left);
	output_number("root_faults", "root faults", s.system.root_faults);
	output_number("cell_faults", "cell faults", s.system.fault_sequence);
	output_number_text("kick_method", "kick method", s.system.kick_method, kick_method(s.system.kick_method));
	output_string("monitor", "monitor", live_monitor() ? mem_format("pid %d", live_monitor()) : "none");
	output_number_text("notify_irq", "cells' ends told by", s.notify_irq,
			   s.notify_irq ? mem_format("interrupt %u", s.notify_irq) : "polling");
	output_string("dma_isolation", "DMA isolation", s.system.dma_isolation ? "IOMMU" : "none on this board");
	show_windows();
	return EXIT_DONE;
}

static u64 memory_of(const struct cell_info *info)
{
	u64 sum = 0;

	for (u32 i = 0; i < info->memory_count && i < CELL_MAX_MEMORY; i++)
		if (!(info->memory[i].flags & CELL_MEM_SHARED))
			sum += info->memory[i].size;
	return sum;
}

enum exit_code verb_list(const struct options *o)
{
	struct cell_info info;
	enum exit_code code = driver_open_enabled();

	(void)o;
	if (code != EXIT_DONE)
		return code;
	output_table_begin("cells", "no cells");
	for (u32 id = 0; !live_next(id, &info); id = info.id + 1) {
		output_row();
		output_number("id", "ID", info.id);
		output_string("name", "NAME", info.name);
		output_string("state", "STATE", live_state(info.state));
		output_string("cpus", "CPUS", live_cpus(&info));
		output_number_text("memory", "MEMORY", memory_of(&info), size_text(memory_of(&info)));
		output_bool("critical", "CRITICAL", info.flags & BLOB_CELL_CRITICAL);
	}
	output_table_end();
	return EXIT_DONE;
}

/* --- show ------------------------------------------------------------------------------------------------------------------ */

static void show_registers(const struct fault_record *f)
{
	const struct machine *m = machine_here();

	output_table_begin("registers", NULL);
	for (u32 i = 0; i < (m->register_count ? m->register_count : FAULT_REGS); i++) {
		u32 number = m->first_register + i;

		if (i % 4 == 0)
			output_row();
		if (i % 4 == 0 && m->rows[i / 4] && !output_is_json())
			output_string("", "", m->rows[i / 4]);
		output_hex(m->names ? m->names[i] : mem_format("x%u", number),
			   m->names ? mem_format("+%u", i % 4) : mem_format("x%u+4n", m->first_register + i % 4), f->regs[i]);
	}
	output_table_end();
}

static void show_fault(const struct fault_record *f)
{
	const struct machine *m = machine_here();

	if (!f->cause)
		return;
	output_group_begin("fault");
	output_string("cause", f->cause < FAULT_RESET ? "fault" : "ended", fault_name(f->cause));
	output_string("help", NULL, fault_help(f->cause));
	if (f->cause >= FAULT_WATCHDOG) { /* no instruction did it */
		output_group_end();
		return;
	}
	output_hex("pc", "  pc", f->pc);
	output_hex("address", "  address", f->address);
	output_hex("vaddress", "  virtual address", f->vaddress);
	output_hex("syndrome", m->syndrome, f->syndrome);
	output_hex("pstate", m->pstate, f->pstate);
	output_hex("sp", "  sp", f->sp);
	output_number("cpu", "  CPU", f->cpu);
	output_number("vcpu", "  cell's CPU", f->vcpu);
	output_number("counter", "  counter", f->counter);
	output_number("sequence", "  fault number", f->sequence);
	show_registers(f);
	output_group_end();
}

static void show_policy(const struct cell_info *info)
{
	static const char *const words[] = { "never", "on-fault", "always" };
	struct bulkhead_comm comm = { .id = info->id };
	struct policy p;
	struct policy_tries tries = live_load_tries(info->name);

	if (!live_policy(info->name, &p))
		return;
	output_string("restart", p.restart ? "restart" : NULL, words[p.restart]);
	output_number("restart_limit", p.restart ? "  at most in 60 s" : NULL, p.limit);
	output_number("restarts", p.restart ? "  were" : NULL, tries.count);
	output_bool("given_up", tries.given_up ? "  given up" : NULL, tries.given_up);
	output_number("watchdog_ms", p.watchdog_ms ? "watchdog-ms" : NULL, p.watchdog_ms);
	if (!driver_query(BULKHEAD_COMM, &comm, sizeof(comm)))
		output_number("heartbeat", p.watchdog_ms ? "  heartbeat" : NULL, comm.heartbeat);
}

static void show_cpus(const struct cell_info *info)
{
	static const char *const states[] = { "native", "runs", "parked", "lost", "off", "suspended" };

	output_string("cpus", NULL, live_cpus(info));
	output_table_begin("cpu_details", NULL);
	for (u32 i = 0; i < info->cpu_count && i < BULKHEAD_MAX_CPUS; i++) {
		struct bulkhead_cpu_query q = { .info.cpu = info->cpus[i] };

		if (driver_query(BULKHEAD_CPU_QUERY, &q, sizeof(q)))
			continue;
		output_row();
		output_number("vcpu", "CELL CPU", i);
		output_number("cpu", "BOARD CPU", q.info.cpu);
		output_hex("hwid", board_arch_here()->hwid_name, q.info.hwid);
		output_string("linux", "LINUX", q.linux_cpu < 0 ? "-" : mem_format("cpu%d", q.linux_cpu));
		output_string("state", "STATE", q.info.state < ARRAY_SIZE(states) ? states[q.info.state] : "unknown");
	}
	output_table_end();
}

static const char *others_of(const struct blob_window *w, const char *self)
{
	const char *list = "";

	for (u32 i = 0; i < WINDOW_MEMBERS && w->members[i][0]; i++)
		if (strncmp(w->members[i], self, BULKHEAD_NAME_SIZE))
			list = mem_format("%s%s%.*s", list, *list ? "," : "", BULKHEAD_NAME_SIZE, w->members[i]);
	return list;
}

/* As the cell was created; who is there now: status. */
static void show_cell_windows(const char *name)
{
	struct blob_cell_window windows[WINDOW_CELL_MAX];
	u32 count = live_windows(name, windows);
	bool vectors = board_arch_here()->number == BULKHEAD_ARCH_X86;

	output_table_begin("windows", NULL);
	for (u32 i = 0; i < count; i++) {
		const struct blob_cell_window *w = &windows[i];
		u32 irq = vectors ? w->irq >> 16 : w->irq;

		output_row();
		output_string("channel", "CHANNEL", mem_format("%.*s", BULKHEAD_NAME_SIZE, w->window.channel));
		output_hex("guest", "GUEST", w->gpa);
		output_number_text("size", "SIZE", w->window.size, size_text(w->window.size));
		output_string("access", "ACCESS", w->flags & BLOB_WINDOW_READ_ONLY ? "read-only" : "read-write");
		output_number("doorbells", "DOORBELLS", w->window.doorbells);
		output_number_text("irq", vectors ? "VECTOR" : "INTERRUPT", irq, irq ? mem_format("%u", irq) : "-");
		output_string("peers", "PEERS", others_of(&w->window, name));
	}
	output_table_end();
}

enum exit_code verb_show(const struct options *o)
{
	struct cell_info info;
	enum exit_code code = driver_open_enabled();

	if (code == EXIT_DONE)
		code = live_find(o->operands[0], &info);
	if (code != EXIT_DONE)
		return code;
	output_string("cell", "cell", info.name);
	output_number("id", "id", info.id);
	output_string("state", "state", live_state(info.state));
	output_bool("critical", "critical", info.flags & BLOB_CELL_CRITICAL);
	output_bool("console", "console ring", info.flags & BLOB_CELL_CONSOLE);
	show_policy(&info);
	output_string("pool_text", "page pool", mem_format("%u of %u pages used", info.pool_used, info.pool_pages));
	output_number("pool_used", NULL, info.pool_used);
	output_number("pool_pages", NULL, info.pool_pages);
	output_number("scrub_left", info.scrub_left ? "bytes to scrub" : NULL, info.scrub_left);
	show_cpus(&info);
	output_table_begin("memory", NULL);
	for (u32 i = 0; i < info.memory_count && i < CELL_MAX_MEMORY; i++) {
		u64 flags = info.memory[i].flags;

		if (flags & CELL_MEM_SHARED)
			continue;
		output_row();
		output_hex("guest", "GUEST", info.memory[i].gpa);
		output_hex("host", "HOST", info.memory[i].host);
		output_number_text("size", "SIZE", info.memory[i].size, size_text(info.memory[i].size));
		output_string("rights", "RIGHTS",
			      mem_format("r%c%c", flags & BLOB_MEM_WRITE ? 'w' : '-', flags & BLOB_MEM_EXEC ? 'x' : '-'));
	}
	output_table_end();
	show_cell_windows(info.name);
	show_fault(&info.fault);
	return EXIT_DONE;
}

/* --- console --------------------------------------------------------------------------------------------------------------- */

static void print_lines(char *data, u32 length)
{
	char *line = data;

	for (u32 i = 0; i < length; i++) {
		if (data[i] != '\n')
			continue;
		data[i] = '\0';
		output_line("%s", line);
		line = data + i + 1;
	}
	if (line < data + length) {
		data[length] = '\0';
		output_line("%s", line);
	}
}

/* One read of the ring; returns the bytes, or negative errno. */
static int read_ring(u32 id, u64 *position, char *data)
{
	struct bulkhead_console c = { .id = id, .length = CONSOLE_RING_DATA, .position = *position, .data = (uintptr_t)data };
	int err = driver_query(BULKHEAD_CONSOLE, &c, sizeof(c));

	if (err)
		return err;
	if (c.length > CONSOLE_RING_DATA)
		return -EPROTO;
	if (*position && c.position - c.length != *position)
		fprintf(stderr, "cellctl: %llu bytes were overwritten before they were read\n",
			(unsigned long long)(c.position - c.length - *position));
	*position = c.position;
	return (int)c.length;
}

static enum exit_code follow(u32 id, u64 position, char *data)
{
	const struct timespec pause = { .tv_nsec = 50000000 };

	for (;;) {
		int n = read_ring(id, &position, data);

		/* The cell was destroyed or the hypervisor left: the text has ended. */
		if (n < 0)
			return EXIT_DONE;
		if (n > 0 && (fwrite(data, 1, (size_t)n, stdout) != (size_t)n || fflush(stdout)))
			return EXIT_FAILED;
		if (n == 0)
			nanosleep(&pause, NULL);
	}
}

enum exit_code verb_console(const struct options *o)
{
	u32 id = BULKHEAD_CONSOLE_HYPERVISOR;
	char *data = mem_alloc(CONSOLE_RING_DATA + 1);
	struct cell_info info;
	u64 position = 0;
	enum exit_code code = driver_open_enabled();
	int n;

	if (code == EXIT_DONE && o->count) {
		code = live_find(o->operands[0], &info);
		id = info.id;
	}
	if (code != EXIT_DONE)
		return code;
	if (o->count && !(info.flags & BLOB_CELL_CONSOLE)) {
		message_error(NULL, "failed", "cell '%s' has no console ring", info.name);
		message_fix("add console; to its file and create it again");
		return EXIT_FAILED;
	}
	n = read_ring(id, &position, data);
	if (n < 0) {
		message_error(NULL, "failed", "cannot read the console: %s", strerror(-n));
		return EXIT_FAILED;
	}
	if (o->json) {
		print_lines(data, (u32)n);
		return EXIT_DONE;
	}
	if (fwrite(data, 1, (size_t)n, stdout) != (size_t)n || fflush(stdout))
		return EXIT_FAILED;
	return o->follow ? follow(id, position, data) : EXIT_DONE;
}

/* --- stats ----------------------------------------------------------------------------------------------------------------- */

static bool any_count(const u64 *counters, u32 cpus, u32 number)
{
	for (u32 cpu = 0; cpu < cpus; cpu++)
		if (counters[cpu * EXIT_COUNTERS + number])
			return true;
	return false;
}

enum exit_code verb_stats(const struct options *o)
{
	u64 *counters = mem_alloc(BULKHEAD_MAX_CPUS * EXIT_COUNTERS * sizeof(*counters));
	struct bulkhead_stats s = { .cpu_count = BULKHEAD_MAX_CPUS, .data = (uintptr_t)counters };
	const struct machine *m = machine_here();
	enum exit_code code = driver_open_enabled();

	if (code != EXIT_DONE)
		return code;
	if (driver_query(BULKHEAD_STATS, &s, sizeof(s)) || s.counter_count != EXIT_COUNTERS) {
		message_error(NULL, "version-mismatch", "the driver's counters are not those this cellctl knows");
		message_fix("install cellctl and bulkhead.ko from one build");
		return EXIT_FAILED;
	}
	output_table_begin("cpus", NULL);
	for (u32 cpu = 0; cpu < s.cpu_count && cpu < BULKHEAD_MAX_CPUS; cpu++) {
		output_row();
		output_number("cpu", "CPU", cpu);
		for (const struct exit_text *r = m->reasons; r < m->reasons + m->reason_count; r++)
			if (o->json || !r->number || any_count(counters, s.cpu_count, r->number))
				output_number(r->name, r->name, counters[cpu * EXIT_COUNTERS + r->number]);
	}
	output_table_end();
	return EXIT_DONE;
}

/* Reasons of all architectures, each name once: an id may be looked up on another machine. "" ends the list. */
const struct exit_text *exit_text(u32 index)
{
	static const struct exit_text none = { .name = "" };

	for (u32 i = 0; i < ARRAY_SIZE(machines); i++) {
		for (u32 j = 0; j < machines[i].reason_count; j++) {
			const struct exit_text *r = &machines[i].reasons[j];

			if ((!i || r->number >= EXIT_OWN) && !index--)
				return r;
		}
	}
	return &none;
}
