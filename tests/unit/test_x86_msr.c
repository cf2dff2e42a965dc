/* SPDX-License-Identifier: GPL-2.0-only */
/* x86: who may read and write which model-specific register, by the maps the hardware looks at and by what a trapped access leads to. */
#include "x86.h"

#include "../../hypervisor/arch/x86/msr.c"

static struct cpu cpu;
static struct cpu_slot slot;
static u64 counters[EXIT_COUNTERS];
static struct cell cell_table[2];
static struct boot_block boot;
#define ICR_LATER 2
static u32 faults, skipped, efer_writes, icr_writes, lvt_writes;
static u64 apic_base;

u64 msr_read(u32 msr)
{
	assert_int_equal(msr, MSR_APIC_BASE);
	return apic_base;
}

void inject_gp(struct cpu *c)
{
	faults++;
}

void vcpu_skip(struct cpu *c, u32 length)
{
	assert_int_equal(length, 2);
	skipped++;
}

u64 vcpu_read(enum vcpu_register reg)
{
	assert_int_equal(reg, VCPU_EFER);
	return 0x501;
}

bool vcpu_write_efer(u64 value)
{
	efer_writes++;
	return true;
}

enum access_result apic_send(struct cpu *c, u64 icr)
{
	icr_writes++;
	return icr == 0 ? ACCESS_FAULT : icr == ICR_LATER ? ACCESS_AGAIN : ACCESS_DONE;
}

bool apic_write_lvt(struct cpu *c, u32 msr, u64 value)
{
	lvt_writes++;
	return true;
}

static int start(void **state)
{
	memset(cell_table, 0, sizeof(cell_table));
	memset(&cpu, 0, sizeof(cpu));
	cells = cell_table;
	boot_block = &boot;
	cell_table[1].id = 1;
	cpu.slot = &slot;
	cpu.counters = counters;
	cpu.cell = &cell_table[1];
	faults = skipped = efer_writes = icr_writes = lvt_writes = 0;
	apic_base = 0xfee00000 | APIC_BASE_ENABLE | APIC_BASE_EXTD | APIC_BASE_BSP;
	msr_init();
	return 0;
}

/* APM vol. 2, 15.11: two bits for each register, read and write, in blocks of 2 KiB. */
static bool passes(const u8 *map, u32 msr, bool write)
{
	u32 block = msr < 0x2000 ? 0 : msr < 0xc0002000 ? 1 : 2;
	u32 bit = (msr & 0x1fff) * 2 + write;

	return !(map[block * 2048 + bit / 8] >> bit % 8 & 1);
}

/* True: done. */
static bool access_done(u32 msr, bool write, u64 *value)
{
	struct trap_frame frame = { .r = { [REG_RCX] = msr, [REG_RAX] = (u32)*value, [REG_RDX] = *value >> 32 } };
	u32 before = faults + skipped, faulted = faults;

	trap_msr(&cpu, &frame, write);
	assert_int_equal(faults + skipped, before + 1);
	*value = frame.r[REG_RDX] << 32 | frame.r[REG_RAX];
	return faults == faulted;
}

/* [ISO-342] rows are whole, within what maps hold, and no two say something about the same register */
static void table(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rules); i++) {
		assert_true(rules[i].first <= rules[i].last);
		assert_true(in_map(rules[i].first) && in_map(rules[i].last));
		for (u32 j = 0; j < i; j++)
			assert_true(rules[i].first > rules[j].last || rules[i].last < rules[j].first);
	}
}

/* [ISO-342] what a cell reaches without an exit: nothing but its own registers, by a list written down here */
static void cell_map(void **state)
{
	static const u32 starts[] = { 0, 0xc0000000, 0xc0010000 };
	static const struct {
		u32 first, last;
		const char *how;
	} own[] = {
		{ 0x10, 0x10, "r" },
		{ 0x48, 0x49, "rw" },
		{ 0x8b, 0x8b, "r" },
		{ 0xfe, 0xfe, "r" },
		{ 0x174, 0x176, "rw" },
		{ 0x277, 0x277, "rw" },
		{ 0x200, 0x2ff, "r" },
		{ 0x6e0, 0x6e0, "rw" },
		{ 0x802, 0x803, "r" },
		{ 0x808, 0x808, "rw" },
		{ 0x80a, 0x80a, "r" },
		{ 0x80b, 0x80b, "w" },
		{ 0x80d, 0x80d, "r" },
		{ 0x80f, 0x80f, "rw" },
		{ 0x810, 0x827, "r" },
		{ 0x828, 0x828, "rw" },
		{ 0x830, 0x830, "r" },
		{ 0x832, 0x837, "r" },
		{ 0x838, 0x838, "rw" },
		{ 0x839, 0x839, "r" },
		{ 0x83e, 0x83e, "rw" },
		{ 0xc0000081, 0xc0000084, "rw" },
		{ 0xc0000100, 0xc0000103, "rw" },
		{ 0xc0010010, 0xc0010010, "r" },
		{ 0xc0010015, 0xc0010015, "r" },
		{ 0xc0011029, 0xc0011029, "r" },
	};

	(void)state;
	for (u32 b = 0; b < ARRAY_SIZE(starts); b++) {
		for (u32 msr = starts[b]; msr < starts[b] + 0x2000; msr++) {
			bool read = false, write = false;

			for (u32 i = 0; i < ARRAY_SIZE(own); i++) {
				if (msr < own[i].first || msr > own[i].last)
					continue;
				read |= strchr(own[i].how, 'r') != NULL;
				write |= strchr(own[i].how, 'w') != NULL;
			}
			if (passes(msr_map_cell, msr, false) != read || passes(msr_map_cell, msr, true) != write)
				fail_msg("0x%x: read %d, write %d", msr, passes(msr_map_cell, msr, false), passes(msr_map_cell, msr, true));
		}
	}
}

/* [ISO-342] what the root does not have: the hypervisor's level, where memory is, what sends interrupts; the rest costs no exit */
static void root_map(void **state)
{
	static const u32 no_writes[] = { 0x1b,       0x79,       0x82f,      0x830,      0x833,      0x834,      0x835,
					 0x836,      0x837,      0xc0000080, 0xc0010010, 0xc0010016, 0xc001001d, 0xc0010020,
					 0xc0010111, 0xc0010112, 0xc0010113, 0xc0010114, 0xc0010115, 0xc0010117, 0xc0010118 };
	u32 trapped = 0;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(no_writes); i++)
		assert_false(passes(msr_map_root, no_writes[i], true));
	assert_false(passes(msr_map_root, MSR_VM_HSAVE_PA, false));
	assert_false(passes(msr_map_root, 0xc0010115, false));
	for (u32 i = 0; i < 3 * 2048; i++)
		trapped += (u32)__builtin_popcount(msr_map_root[i]);
	assert_int_equal(trapped, 34);
}

/* [ISO-342] a trapped access of a cell: faults, does nothing, or is done for it, and never more */
static void traps(void **state)
{
	u64 value = 0;

	(void)state;
	assert_false(access_done(MSR_VM_CR, false, &value));
	assert_false(access_done(MSR_VM_HSAVE_PA, true, &value));
	assert_false(access_done(0x12345678, false, &value));
	assert_false(access_done(MSR_KVM_SYSTEM_TIME, false, &value));
	assert_false(access_done(0x1fff, true, &value));
	value = 0x41;
	assert_true(access_done(0x83f, true, &value));
	assert_int_equal(icr_writes, 1);
	icr_writes = 0;
	value = 1;
	assert_true(access_done(0x179, false, &value));
	assert_int_equal(value, 0);
	assert_true(access_done(MSR_TSC, true, &value));
	assert_true(access_done(MSR_EFER, false, &value));
	assert_int_equal(value, 0x501);
	assert_true(access_done(MSR_EFER, true, &value));
	assert_int_equal(efer_writes, 1);
	value = 1;
	assert_true(access_done(0x830, true, &value));
	value = 0;
	assert_false(access_done(0x830, true, &value));
	assert_int_equal(icr_writes, 2);
	struct trap_frame frame = { .r = { [REG_RCX] = 0x830, [REG_RAX] = ICR_LATER } };
	u32 before = faults + skipped;

	trap_msr(&cpu, &frame, true);
	assert_int_equal(faults + skipped, before); /* the guest makes it again */
	for (u32 msr = 0x833; msr <= 0x837; msr++)
		assert_true(access_done(msr, true, &value));
	assert_int_equal(lvt_writes, 5);
	value = 2; /* the clock, not switched on */
	assert_true(access_done(MSR_KVM_SYSTEM_TIME, true, &value));
}

/* [ISO-342] APIC_BASE: the first vCPU is the bootstrap processor, wherever it runs; the rest stays as it is */
static void apic_base_of_cells(void **state)
{
	u64 value, machine = apic_base;

	(void)state;
	for (cpu.vcpu = 0; cpu.vcpu < 2; cpu.vcpu++) {
		assert_true(access_done(MSR_APIC_BASE, false, &value));
		assert_int_equal(value, cpu.vcpu == 0 ? machine : machine & ~APIC_BASE_BSP);
		assert_true(access_done(MSR_APIC_BASE, true, &value));
		for (u32 bit = 0; bit < 64; bit++) {
			u64 other = value ^ BIT64(bit);

			if (BIT64(bit) != APIC_BASE_BSP)
				assert_false(access_done(MSR_APIC_BASE, true, &other));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(table, start),
		cmocka_unit_test_setup(cell_map, start),
		cmocka_unit_test_setup(root_map, start),
		cmocka_unit_test_setup(traps, start),
		cmocka_unit_test_setup(apic_base_of_cells, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
