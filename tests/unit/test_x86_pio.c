/* SPDX-License-Identifier: GPL-2.0-only */
/* x86: the map of I/O ports, what a trapped access to one leads to, and what a cell is told by CPUID. */
#define arch_window x86_window
#define cell_refuses_reset x86_refuses_reset
#include "x86.h"

#include "../../hypervisor/arch/x86/cpuid.c"
#include "../../hypervisor/arch/x86/pio.c"

#define PORTS 0x10000
#define MAP 0x1000

static u8 map[3 * PAGE_SIZE];
static struct cpu cpu;
static u64 counters[EXIT_COUNTERS];
static struct cell cell_table[2];
static const struct blob_x86 doors = { .pm1a_control = 0x604, .pm1b_control = 0x704, .reset_port = 0xb2, .reset_value = 0x5a };
static u32 faults, skipped;
static struct port_access done; /* the machine's port that was reached, width 0: none */
static u32 done_value;
static bool critical;
static u64 cr4;

void *x86_window(enum window_slot slot, struct pa pa, u32 pages)
{
	assert_int_equal(pages, 1);
	assert_true(pa.v >= MAP && pa.v < MAP + sizeof(map) && pa.v % PAGE_SIZE == 0);
	return &map[pa.v - MAP];
}

void inject_gp(struct cpu *c)
{
	faults++;
}

void vcpu_skip(struct cpu *c, u32 length)
{
	skipped = length;
}

u64 vcpu_read(enum vcpu_register reg)
{
	assert_int_equal(reg, VCPU_CR4);
	return cr4;
}

bool x86_refuses_reset(void)
{
	return critical;
}

u32 port_read(u16 port, u32 width)
{
	done = (struct port_access){ .port = port, .width = (u8)width, .in = true };
	return 0x12345678;
}

void port_write(u16 port, u32 width, u32 value)
{
	done = (struct port_access){ .port = port, .width = (u8)width };
	done_value = value;
}

/* A machine that has everything. */
struct cpuid_result cpuid(u32 leaf, u32 subleaf)
{
	return (struct cpuid_result){ ~0u, ~0u, ~0u, ~0u };
}

static int start(void **state)
{
	fake_reset();
	memset(cell_table, 0, sizeof(cell_table));
	cells = cell_table;
	cell_capacity = 2;
	cell_table[1].id = 1;
	memset(&cpu, 0, sizeof(cpu));
	cpu.cell = &cell_table[1];
	cpu.counters = counters;
	system_plan.x86 = &doors;
	return 0;
}

/* APM vol. 2, 15.10.1: an access looks at a bit for each of its bytes; the last may lie beyond the 65,536th. */
static bool traps(u32 port, u32 width)
{
	for (u32 i = port; i < port + width; i++)
		if (map[i / 8] >> i % 8 & 1)
			return true;
	return false;
}

/* [ISO-344] a range of ports opens those and no other, whatever its ends; an access that crosses an end traps */
static void ranges(void **state)
{
	static const struct range cases[] = { { 0x2f8, 8 },  { 0, 1 },      { 0x3ff, 2 },     { 0x7, 0x12 },
					      { 0xfff8, 8 }, { 0x7fff, 2 }, { 0x7ff0, 0x20 }, { 0, PORTS } };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(cases); i++) {
		memset(map, 0xff, sizeof(map));
		port_map_set((struct pa){ MAP }, cases[i], false);
		for (u32 port = 0; port < PORTS; port++)
			for (u32 width = 1; width <= 4; width *= 2)
				if (traps(port, width) == range_contains(cases[i], (struct range){ port, width }))
					fail_msg("port 0x%x, %u bytes", port, width);
		port_map_set((struct pa){ MAP }, cases[i], true);
		for (u32 n = 0; n < sizeof(map); n++)
			assert_int_equal(map[n], 0xff);
	}
}

static void call_trap(void *argument)
{
	const struct port_access *access = argument;

	trap_port(&cpu, (struct trap_frame *)fake_memory(FAKE_RAM_BASE), *access);
}

static u64 trapped(struct port_access access, u64 rax)
{
	struct trap_frame *frame = fake_memory(FAKE_RAM_BASE);

	memset(frame, 0, sizeof(*frame));
	frame->r[REG_RAX] = rax;
	faults = skipped = 0;
	done.width = 0;
	access.length = 2;
	call_trap(&access);
	return frame->r[REG_RAX];
}

/* [ISO-344] a foreign port reads as ones in its width; a string instruction faults */
static void foreign(void **state)
{
	const u64 rax = 0x1122334455667788;

	(void)state;
	assert_int_equal(trapped((struct port_access){ .port = 0x3f8, .width = 1, .in = true }, rax), 0x11223344556677ff);
	assert_int_equal(trapped((struct port_access){ .port = 0x3f8, .width = 2, .in = true }, rax), 0x112233445566ffff);
	assert_int_equal(trapped((struct port_access){ .port = 0xcfc, .width = 4, .in = true }, rax), 0xffffffff);
	assert_int_equal(skipped, 2);
	assert_int_equal(trapped((struct port_access){ .port = 0x3f8, .width = 1 }, rax), rax);
	assert_int_equal(skipped, 2);
	for (u32 in = 0; in < 2; in++) {
		assert_int_equal(trapped((struct port_access){ .port = 0x3f8, .width = 1, .in = in, .string = true }, rax), rax);
		assert_int_equal(faults, 1);
		assert_int_equal(skipped, 0);
	}
}

/* What ends a cell that writes this: -1 nothing at all. */
static int end_of(u32 port, u32 width, u64 value)
{
	struct door d[DOORS];
	u32 i;

	doors_list(d);
	i = door_opened(d, port, width, value);
	return i < DOORS ? d[i].end : -1;
}

/* [ISO-344] what switches a PC off or resets it: exactly those values at those ports */
static void power(void **state)
{
	(void)state;
	for (u32 value = 0; value < 0x100; value++) {
		bool pulse = value >= 0xf0 && value % 2 == 0;

		assert_int_equal(end_of(0x64, 1, value), pulse ? FAULT_RESET : value == 0xd1 ? FAULT_NONE : -1);
		assert_int_equal(end_of(0x92, 1, value), (value & 1) != 0 ? FAULT_RESET : -1);
		assert_int_equal(end_of(0xcf9, 1, value), (value & 4) != 0 ? FAULT_RESET : -1);
		assert_int_equal(end_of(0xb2, 1, value), value == 0x5a ? FAULT_RESET : -1);
		assert_int_equal(end_of(0, 1, value), -1);
		assert_int_equal(end_of(1, 1, value), -1);
		assert_int_equal(end_of(0x3f8, 1, value), -1);
		assert_int_equal(end_of(0x604, 1, value), -1);
		assert_int_equal(end_of(0x605, 1, value), (value & 0x20) != 0 ? FAULT_OFF : -1);
	}
	assert_int_equal(end_of(0x604, 2, 0x2000), FAULT_OFF);
	assert_int_equal(end_of(0x704, 2, 0x3400), FAULT_OFF);
	assert_int_equal(end_of(0x604, 2, 0xdfff), -1);
	assert_int_equal(end_of(0x605, 2, 0x2000), -1);
	assert_int_equal(end_of(0x63, 2, 0xfe00), FAULT_RESET);
}

/* [ROOT-322] the root's doors, and no other port of its, trap; no cell is given one */
static void doors_trap(void **state)
{
	static const u16 trapping[] = { 0x64, 0x92, 0xb2, 0x604, 0x605, 0x704, 0x705, 0xcf9 };
	u32 count = 0;

	(void)state;
	memset(map, 0, sizeof(map));
	port_doors_close((struct pa){ MAP });
	for (u32 port = 0; port < PORTS; port++) {
		assert_int_equal(traps(port, 1), port_is_door(range_make(port, 1)));
		count += traps(port, 1);
	}
	assert_int_equal(count, ARRAY_SIZE(trapping));
	for (u32 i = 0; i < count; i++)
		assert_true(traps(trapping[i], 1));
	assert_true(port_is_door(range_make(0x60, 5)));
	assert_false(port_is_door(range_make(0x60, 4)));
}

/* The root writes: did the machine get it, as it was? */
static bool reached(u16 port, u8 width, u32 value)
{
	assert_int_equal(trapped((struct port_access){ .port = port, .width = width }, value), value);
	assert_int_equal(skipped, 2);
	if (done.width)
		assert_true(done.port == port && done.width == width && done_value == value && !done.in);
	return done.width;
}

/* [ROOT-322] what the root writes to a door reaches the machine, unless it opens the door while a critical cell runs */
static void doors_of_root(void **state)
{
	static const struct {
		u16 port;
		u8 width;
		u32 open, shut;
	} doors_open[] = {
		{ 0x64, 1, 0xfe, 0xff },   { 0x64, 1, 0xf0, 0xf1 },  { 0x64, 1, 0xd1, 0xd0 },
		{ 0x92, 1, 0x03, 0x02 },   { 0xcf9, 1, 0x06, 0x02 }, { 0xb2, 1, 0x5a, 0x5b },
		{ 0x604, 2, 0x3401, 0x1 }, { 0x605, 1, 0x34, 0x14 }, { 0x704, 2, 0x2000, 0x1c00 },
	};

	(void)state;
	cpu.cell = &cell_table[0];
	for (u32 runs = 0; runs < 2; runs++) {
		critical = runs;
		for (u32 i = 0; i < ARRAY_SIZE(doors_open); i++) {
			assert_int_equal(reached(doors_open[i].port, doors_open[i].width, doors_open[i].open), !runs);
			assert_true(reached(doors_open[i].port, doors_open[i].width, doors_open[i].shut));
		}
		assert_true(reached(0xcf8, 4, 0x80000600)); /* PCI configuration's address */
		assert_false(reached(0xcf8, 2, 0x0200));
		assert_false(reached(0x63, 2, 0)); /* the one before may be another's */
		assert_false(reached(0x3f8, 1, 0));
	}
	assert_int_equal(trapped((struct port_access){ .port = 0x64, .width = 1, .in = true }, ~0ull), 0xffffffffffffff78);
	assert_true(done.in && done.port == 0x64 && done.width == 1);
	trapped((struct port_access){ .port = 0x3f8, .width = 1, .in = true }, 0);
	assert_int_equal(done.width, 0);
}

static struct cpuid_result asked(u32 leaf, u32 subleaf)
{
	struct trap_frame frame = { .r = { [REG_RAX] = leaf, [REG_RCX] = subleaf } };

	trap_cpuid(&cpu, &frame);
	for (u32 i = 0; i < 4; i++)
		assert_int_equal(frame.r[i] >> 32, 0);
	return (struct cpuid_result){ (u32)frame.r[REG_RAX], (u32)frame.r[REG_RBX], (u32)frame.r[REG_RCX], (u32)frame.r[REG_RDX] };
}

/* [ISO-345] a cell sees no virtualization, no MONITOR, no topology of the machine, and none of what its registers refuse */
static void hidden_leaves(void **state)
{
	struct cpuid_result r;

	(void)state;
	r = asked(0x80000001, 0);
	assert_int_equal(r.ecx & (1u << 2 | 1u << 10 | 1u << 12 | 1u << 22 | 1u << 29), 0); /* SVM, IBS, SKINIT, topology, MONITORX */
	r = asked(1, 0);
	assert_int_equal(r.ecx & (1u << 3 | 1u << 5), 0);             /* MONITOR, VMX */
	assert_int_equal(r.edx & (1u << 7 | 1u << 14 | 1u << 28), 0); /* machine checks, threads */
	assert_true(r.ecx & 1u << 21 && r.ecx & 1u << 31);            /* x2APIC, hypervisor */
	assert_int_equal(r.ebx >> 16 & 0xff, 0);                      /* logical CPUs */
	static const u32 absent[] = { 0xf, 0x14, 0x20, 0x3fffffff, 0x8000000a, 0x8000001e, 0x8000001f, 0x80000022, 0xffffffff };
	for (u32 i = 0; i < ARRAY_SIZE(absent); i++) {
		r = asked(absent[i], 0);
		assert_int_equal(r.eax | r.ebx | r.ecx | r.edx, 0);
	}
	assert_int_equal(asked(7, 0).edx & (1u << 20), 0);  /* CET */
	assert_int_equal(asked(0xd, 1).eax & (1u << 3), 0); /* XSAVES */
	cr4 = 0;
	assert_int_equal(asked(1, 0).ecx & (1u << 27), 0);
	cr4 = CR4_OSXSAVE;
	assert_true(asked(1, 0).ecx & (1u << 27));
}

/* [ISO-345] the hypervisor's leaves: KVM's name and clock, ours, and nothing else in all of the range */
static void own_leaves(void **state)
{
	(void)state;
	for (u32 leaf = 0x40000000; leaf < 0x40010000; leaf++) {
		struct cpuid_result r = asked(leaf, 0);

		if (leaf == 0x40000000) {
			assert_int_equal(r.eax, 0x40000001);
			assert_memory_equal(&r.ebx, "KVMKVMKVM\0\0\0", 12);
		} else if (leaf == 0x40000001) {
			assert_int_equal(r.eax, 1u << 3 | 1u << 24);
			assert_int_equal(r.ebx | r.ecx | r.edx, 0);
		} else if (leaf == 0x40000100) {
			assert_memory_equal(&r.ebx, "BulkheadHv\0\0", 12);
		} else {
			assert_int_equal(r.eax | r.ebx | r.ecx | r.edx, 0);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(ranges, start),        cmocka_unit_test_setup(foreign, start),
		cmocka_unit_test_setup(power, start),         cmocka_unit_test_setup(hidden_leaves, start),
		cmocka_unit_test_setup(own_leaves, start),    cmocka_unit_test_setup(doors_trap, start),
		cmocka_unit_test_setup(doors_of_root, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
