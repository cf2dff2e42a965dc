/* SPDX-License-Identifier: GPL-2.0-only */
/* arm64 firmware calls of guests: who may call what, which CPUs a call reaches, and what firmware is asked in turn. */
#define cpu_power_on arm64_cpu_power_on
#define cpu_power_off arm64_cpu_power_off
#define cell_halt arm64_cell_halt
#define cell_refuses_reset arm64_refuses_reset
#include "../../hypervisor/arch/arm64/include/asm/arch_cell.h"
#include "../../hypervisor/arch/arm64/include/asm/arch_cpu.h"

#include "unit.h"

#include "fake/fake.h"

#include <asm/sysregs.h>

static u32 waits;
#undef wfi
#define wfi() (waits++)

#include "power.h"

#include "../../hypervisor/arch/arm64/psci.c"

#define CPUS 8
#define ENTRY 0x40080000ull
#define PSCI64(function) ((function) | SMCCC_64BIT)

static struct cell cell_table[2];
static struct cpu_slot slot_table[CPUS];
/* Two clusters, as MPIDR names them. */
static const u64 affinities[CPUS] = { 0x000, 0x001, 0x002, 0x003, 0x100, 0x101, 0x102, 0x103 };
static struct blob_machine machine;

/* --- what the calls lead to --------------------------------------------------------------------------------------------- */

static u64 asked[18]; /* the last call */
static u32 firmware_calls;
static u64 answer[4];

void smc_call(u64 regs[18])
{
	memcpy(asked, regs, sizeof(asked));
	firmware_calls++;
	memcpy(regs, answer, sizeof(answer));
}

/* --- guests ------------------------------------------------------------------------------------------------------------- */

/* The root has CPUs 0 to 3, cell 1 has 6 and 5. */
static int setup(void **state)
{
	static const u8 given[] = { 6, 5 };

	(void)state;
	fake_reset();
	memset(cell_table, 0, sizeof(cell_table));
	memset(&power_on, 0, sizeof(power_on));
	machine = (struct blob_machine){ .flags = 0 };
	system_plan = (struct system_plan){ .machine = &machine, .cpu_count = CPUS };
	cells = cell_table;
	cell_capacity = ARRAY_SIZE(cell_table);
	cpu_slots = slot_table;
	cpu_count = CPUS;
	critical_runs = false;
	firmware_calls = waits = 0;
	cell_table[1].id = 1;
	cell_table[0].cpu_count = CPUS;
	for (u32 i = 0; i < CPUS; i++) {
		slot_table[i] = (struct cpu_slot){ .hwid = affinities[i], .index = i, .vcpu = i, .cell = cell_table };
		slot_table[i].state = CPU_GUEST;
		slot_table[i].power = POWER_ON;
		cell_table[0].cpus[i] = (u8)i;
	}
	for (u32 i = 0; i < ARRAY_SIZE(given); i++) {
		slot_table[given[i]].cell = &cell_table[1];
		slot_table[given[i]].vcpu = i;
		cell_table[1].cpus[cell_table[1].cpu_count++] = given[i];
	}
	return 0;
}

static u64 exits[EXIT_COUNTERS];
static int left; /* GONE_*, 0: the call returned */
static u64 results[4];

/* A call by the first CPU of a cell: x0 of its result; the rest in results. */
static s64 call(u32 c, u64 function, u64 a1, u64 a2, u64 a3)
{
	u32 index = cell_table[c].cpus[0];
	struct trap_frame frame;
	struct cpu cpu = { .slot = &slot_table[index], .cell = &cell_table[c], .counters = exits, .index = index };
	u64 before = exits[EXIT_FIRMWARE];

	for (u32 i = 0; i < ARRAY_SIZE(frame.x); i++)
		frame.x[i] = 0x1000 + i;
	frame.x[0] = function;
	frame.x[1] = a1;
	frame.x[2] = a2;
	frame.x[3] = a3;
	cpu.arch.frame = &frame;
	left = setjmp(gone);
	if (left == 0)
		firmware_call(&cpu, &frame);
	assert_int_equal(exits[EXIT_FIRMWARE], before + 1);
	for (u32 i = 4; i < ARRAY_SIZE(frame.x); i++)
		assert_int_equal(frame.x[i], 0x1000 + i); /* no other register changes */
	memcpy(results, frame.x, sizeof(results));
	return (s64)frame.x[0];
}

/* --- tests -------------------------------------------------------------------------------------------------------------- */

/* [ISO-362] [ROOT-341] a call is there for those who may make it, and firmware hears of no other */
static void callers(void **state)
{
	static const u32 nobody[] = {
		PSCI_VERSION + 5,    PSCI_VERSION + 7,    /* MIGRATE, MIGRATE_INFO_UP_CPU */
		PSCI_VERSION + 0xb,                       /* CPU_FREEZE */
		PSCI_VERSION + 0xc,                       /* CPU_DEFAULT_SUSPEND */
		PSCI_VERSION + 0xd,                       /* NODE_HW_STATE */
		PSCI_VERSION + 0xe,                       /* SYSTEM_SUSPEND */
		PSCI_VERSION + 0xf,                       /* SET_SUSPEND_MODE */
		PSCI_VERSION + 0x13, PSCI_VERSION + 0x14, /* MEM_PROTECT, MEM_PROTECT_CHECK_RANGE */
		PSCI_LAST,
	};
	/* Arch, CPU, SiP and OEM services of SMCCC, the standard ones beside PSCI, a trusted OS */
	static const u32 only_root[] = { 0x80000002, 0x81000000, 0x82000001, 0x83000001, 0x84000020, 0x84000050, 0xb2000000, 0xbf00ff01 };
	static const u32 all[] = { SMCCC_ARCH_FEATURES, 0x80003fff, 0x80007fff, 0x80008000 };

	(void)state;
	for (u32 wide = 0; wide < 2; wide++)
		for (u32 i = 0; i < ARRAY_SIZE(nobody); i++)
			for (u32 c = 0; c < 2; c++) {
				assert_int_equal(call(c, nobody[i] | wide * SMCCC_64BIT, 1, 2, 3), PSCI_NOT_SUPPORTED);
				assert_int_equal(call(c, PSCI_FEATURES, nobody[i] | wide * SMCCC_64BIT, 0, 0), PSCI_NOT_SUPPORTED);
			}
	for (u32 i = 0; i < ARRAY_SIZE(only_root); i++)
		assert_int_equal(call(1, only_root[i], 1, 2, 3), PSCI_NOT_SUPPORTED);
	assert_int_equal(firmware_calls, 0);

	memcpy(answer, (const u64[]){ 77, 78, 79, 80 }, sizeof(answer));
	for (u32 i = 0; i < ARRAY_SIZE(only_root); i++) {
		assert_int_equal(call(0, only_root[i], 11, 12, 13), 77);
		assert_memory_equal(results, answer, sizeof(answer));
		assert_int_equal(asked[0], only_root[i]);
		assert_int_equal(asked[3], 13);
		assert_int_equal(asked[17], 0x1011);
	}
	for (u32 i = 0; i < ARRAY_SIZE(all); i++)
		for (u32 c = 0; c < 2; c++)
			assert_int_equal(call(c, all[i], 0, 0, 0), 77);
	assert_int_equal(firmware_calls, ARRAY_SIZE(only_root) + 2 * ARRAY_SIZE(all));

	machine.flags = BLOB_MACHINE_DENY_ROOT_SMC;
	for (u32 i = 0; i < ARRAY_SIZE(only_root); i++)
		assert_int_equal(call(0, only_root[i], 0, 0, 0), PSCI_NOT_SUPPORTED);
	assert_int_equal(firmware_calls, ARRAY_SIZE(only_root) + 2 * ARRAY_SIZE(all));
}

/* [ISO-362] [ROOT-327] a cell that resets or switches off ends alone; the root's goes to firmware, if it may */
static void resets(void **state)
{
	static const u32 doors[] = { PSCI_SYSTEM_OFF, PSCI_SYSTEM_RESET, PSCI_SYSTEM_RESET2, PSCI64(PSCI_SYSTEM_RESET2) };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(doors); i++) {
		(void)call(1, doors[i], 0, 0, 0);
		assert_int_equal(left, GONE_HALT);
		assert_int_equal(halted, doors[i] == PSCI_SYSTEM_OFF ? FAULT_OFF : FAULT_RESET);
	}
	assert_int_equal(firmware_calls, 0);
	for (u32 i = 0; i < ARRAY_SIZE(doors); i++) {
		(void)call(0, doors[i], 5, 0, 0);
		assert_int_equal(left, 0);
		assert_int_equal(firmware_calls, i + 1);
		assert_int_equal(asked[0], doors[i]);
		assert_int_equal(asked[1], 5);
	}
	machine.flags = BLOB_MACHINE_DENY_ROOT_SMC;
	for (u32 i = 0; i < ARRAY_SIZE(doors); i++)
		assert_int_equal(call(0, doors[i], 0, 0, 0), PSCI_NOT_SUPPORTED);
	assert_int_equal(firmware_calls, ARRAY_SIZE(doors));
}

/* [ROOT-320] reset and power of the root while a critical cell runs: firmware does not hear of it; a cell's is its own */
static void resets_critical(void **state)
{
	(void)state;
	critical_runs = true;
	assert_int_equal(call(0, PSCI_SYSTEM_OFF, 0, 0, 0), PSCI_DENIED);
	assert_int_equal(call(0, PSCI_SYSTEM_RESET, 0, 0, 0), PSCI_DENIED);
	assert_int_equal(call(0, PSCI64(PSCI_SYSTEM_RESET2), 0, 0, 0), PSCI_DENIED);
	assert_int_equal(firmware_calls, 0);
	(void)call(1, PSCI_SYSTEM_OFF, 0, 0, 0);
	assert_int_equal(halted, FAULT_OFF);
}

/* [ISO-362] a CPU is started, asked about and stopped by its own cell only, under the name the cell knows */
static void cpus(void **state)
{
	static const u64 foreign[] = { 2, 3, 0x100, 0x101, 0x102, BIT64(32), ~0ull };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(foreign); i++) {
		assert_int_equal(call(1, PSCI64(PSCI_CPU_ON), foreign[i], ENTRY, 9), PSCI_INVALID_PARAMETERS);
		assert_int_equal(call(1, PSCI64(PSCI_AFFINITY_INFO), foreign[i], 0, 0), PSCI_INVALID_PARAMETERS);
	}
	assert_int_equal(call(0, PSCI64(PSCI_CPU_ON), 0x104, ENTRY, 9), PSCI_INVALID_PARAMETERS);
	assert_int_equal(call(1, PSCI64(PSCI_AFFINITY_INFO), 0, 1, 0), PSCI_INVALID_PARAMETERS); /* a cluster */
	assert_int_equal(power_on.calls, 0);

	assert_int_equal(call(1, PSCI64(PSCI_CPU_ON), 1, ENTRY, 9), PSCI_SUCCESS);
	assert_int_equal(power_on.vcpu, 1);
	assert_int_equal(power_on.entry, ENTRY);
	assert_int_equal(power_on.argument, 9);
	assert_int_equal(call(0, PSCI64(PSCI_CPU_ON), 0x100, ENTRY, 9), PSCI_SUCCESS);
	assert_int_equal(power_on.vcpu, 4);
	power_on.result = -BH_EPERM; /* a cell has it */
	assert_int_equal(call(0, PSCI64(PSCI_CPU_ON), 0x101, ENTRY, 9), PSCI_DENIED);
	power_on.result = -BH_EBUSY;
	assert_int_equal(call(1, PSCI64(PSCI_CPU_ON), 1, ENTRY, 9), PSCI_ALREADY_ON);
	slot_table[5].power = POWER_ON_PENDING;
	assert_int_equal(call(1, PSCI64(PSCI_CPU_ON), 1, ENTRY, 9), PSCI_ON_PENDING);

	assert_int_equal(call(1, PSCI64(PSCI_AFFINITY_INFO), 0, 0, 0), 0);
	assert_int_equal(call(1, PSCI64(PSCI_AFFINITY_INFO), 1, 0, 0), 2);
	slot_table[5].power = POWER_OFF; /* on its way out */
	assert_int_equal(call(1, PSCI64(PSCI_AFFINITY_INFO), 1, 0, 0), 0);
	slot_table[5].state = CPU_PARKED;
	assert_int_equal(call(1, PSCI64(PSCI_AFFINITY_INFO), 1, 0, 0), PSCI_AFFINITY_OFF);
	slot_table[5].state = CPU_GUEST; /* a cell's that has it from the root, as the root sees it */
	assert_int_equal(call(0, PSCI64(PSCI_AFFINITY_INFO), 0x101, 0, 0), PSCI_AFFINITY_OFF);
	(void)call(1, PSCI_CPU_OFF, 0, 0, 0);
	assert_int_equal(left, GONE_OFF);
	assert_int_equal(firmware_calls, 0);
}

/* [ISO-362] a CPU waits where it may be woken, and at once goes on if it is asked to leave */
static void suspends(void **state)
{
	(void)state;
	assert_int_equal(call(1, PSCI64(PSCI_CPU_SUSPEND), 0x10000, ENTRY, 0), PSCI_SUCCESS);
	assert_int_equal(waits, 1);
	slot_table[6].request = CPU_REQ_PARK;
	assert_int_equal(call(1, PSCI64(PSCI_CPU_SUSPEND), 0x10000, ENTRY, 0), PSCI_SUCCESS);
	assert_int_equal(waits, 1);
	assert_int_equal(firmware_calls, 0);
}

/* [ISO-362] what a guest is told about its firmware: a cell of ours, the root of its own */
static void versions(void **state)
{
	static const u32 known[] = { PSCI64(PSCI_CPU_SUSPEND), PSCI_CPU_OFF,      PSCI64(PSCI_CPU_ON), PSCI64(PSCI_AFFINITY_INFO),
				     PSCI_SYSTEM_OFF,          PSCI_SYSTEM_RESET, PSCI_FEATURES,       SMCCC_VERSION };

	(void)state;
	memcpy(answer, (const u64[]){ 0x10002, 1, 2, 3 }, sizeof(answer));
	assert_int_equal(call(1, PSCI_VERSION, 0, 0, 0), 0x10001);
	assert_int_equal(call(1, SMCCC_VERSION, 0, 0, 0), 0x10001);
	assert_int_equal(call(1, PSCI_MIGRATE_INFO_TYPE, 0, 0, 0), 2);
	for (u32 i = 0; i < ARRAY_SIZE(known); i++)
		assert_int_equal(call(1, PSCI_FEATURES, known[i], 0, 0), PSCI_SUCCESS);
	assert_int_equal(firmware_calls, 0);
	assert_int_equal(call(0, PSCI_VERSION, 0, 0, 0), 0x10002);
	assert_int_equal(call(0, SMCCC_VERSION, 0, 0, 0), 0x10002);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(callers, setup),         cmocka_unit_test_setup(resets, setup),
		cmocka_unit_test_setup(resets_critical, setup), cmocka_unit_test_setup(cpus, setup),
		cmocka_unit_test_setup(suspends, setup),        cmocka_unit_test_setup(versions, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
