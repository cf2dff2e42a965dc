/* SPDX-License-Identifier: GPL-2.0-only */
/* x86: what a guest's write to its interrupt command register and its local vector table leads to, for whom. */
#define arch_cpu_kick x86_cpu_kick
#define arch_irq_send x86_irq_send
#define cpu_power_on x86_cpu_power_on
#include "x86.h"

#include "../../hypervisor/arch/x86/apic.c"

#define CPUS 6 /* 0, 1, 4 the root's, 2, 3 a cell's, 5 another cell's */

static struct cpu_slot slots[CPUS];
static struct cell cell_table[3];
static struct cpu cpu;
static u32 fixed, kicked, started; /* bit per CPU */
static u64 icr_written[CPUS], entry;
static u64 lvt;

static u32 index_of(u64 hwid)
{
	for (u32 i = 0; i < CPUS; i++)
		if (slots[i].hwid == hwid)
			return i;
	fail();
	return 0;
}

u64 msr_read(u32 msr)
{
	return 0;
}

/* The CPU's own register: what is written here is really sent. */
void msr_write(u32 msr, u64 value)
{
	assert_int_equal(msr, 0x830);
	u32 i = index_of(value >> 32);
	u32 mode = value >> 8 & 7;

	assert_int_equal(value & 0xc0800, 0); /* physical, no shorthand */
	assert_true(mode == 0 || mode == 4);
	if (mode == 4)
		kicked |= 1u << i;
	else
		fixed |= 1u << i;
	icr_written[i] = value;
}

bool msr_read_safe(u32 msr, u64 *value)
{
	return false;
}

bool msr_write_safe(u32 msr, u64 value)
{
	lvt = value;
	return true;
}

struct cpuid_result cpuid(u32 leaf, u32 subleaf)
{
	return (struct cpuid_result){ 0, 0, 0, 0 };
}

void fence_all(void)
{
}

void cpu_pause(void)
{
}

void vcpu_open(bool interrupts)
{
}

int x86_cpu_power_on(struct cell *cell, u32 vcpu, u64 at, u64 argument)
{
	started |= 1u << cell->cpus[vcpu];
	entry = at;
	return 0;
}

static void from(u32 index)
{
	static const u8 owners[CPUS] = { 0, 0, 1, 1, 0, 2 };
	static const u32 ids[CPUS] = { 0, 1, 2, 0x13, 0x14, 0x15 }; /* two clusters */

	memset(cell_table, 0, sizeof(cell_table));
	memset(slots, 0, sizeof(slots));
	fixed = kicked = started = 0;
	cells = cell_table;
	cpu_slots = slots;
	cpu_count = CPUS;
	cell_table[0].cpu_count = CPUS;
	for (u32 i = 0; i < CPUS; i++) {
		struct cell *cell = &cell_table[owners[i]];

		cell_table[0].cpus[i] = (u8)i; /* the root's list has all */
		slots[i].index = i;
		slots[i].hwid = ids[i];
		slots[i].cell = cell;
		slots[i].state = CPU_GUEST;
		slots[i].vcpu = owners[i] == 0 ? i : cell->cpu_count;
		if (owners[i] != 0)
			cell->cpus[cell->cpu_count++] = (u8)i;
	}
	cell_table[1].id = 1;
	cell_table[2].id = 2;
	cpu.slot = &slots[index];
	cpu.cell = slots[index].cell;
}

static u32 asked(u32 request)
{
	u32 mask = 0;

	for (u32 i = 0; i < CPUS; i++)
		mask |= slots[i].request & request ? 1u << i : 0;
	return mask;
}

#define TO(id) ((u64)(id) << 32)
#define assert_sent(result) assert_int_equal(result, ACCESS_DONE)

static const struct {
	u64 destination; /* and shorthand */
	u32 root, cell;  /* who gets it, sent by CPU 0 and by CPU 2 */
} ways[] = {
	{ TO(0), 1 << 0, 0 },
	{ TO(1), 1 << 1, 0 },
	{ TO(2), 0, 1 << 2 },
	{ TO(0x13), 0, 1 << 3 },
	{ TO(0x14), 1 << 4, 0 },
	{ TO(0x15), 0, 0 },
	{ TO(0x16), 0, 0 },
	{ TO(0xffffffff), 0x13, 0xc },
	{ TO(0x0000ffff) | ICR_LOGICAL, 0x03, 0x4 },
	{ TO(0x00000002) | ICR_LOGICAL, 0x02, 0 },
	{ TO(0x0001ffff) | ICR_LOGICAL, 0x10, 0x8 },
	{ TO(0x00010010) | ICR_LOGICAL, 0x10, 0 },
	{ TO(0x0002ffff) | ICR_LOGICAL, 0, 0 },
	{ TO(1) | 1 << 18, 0x01, 0x4 }, /* self */
	{ TO(1) | 2 << 18, 0x13, 0xc }, /* all */
	{ TO(1) | 3 << 18, 0x12, 0x8 }, /* others */
};

/* [ISO-343] by every way to name them an interrupt reaches CPUs of the sender's guest only, as that vector and no other kind */
static void interrupts(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(ways); i++) {
		for (u32 mode = MODE_FIXED; mode <= MODE_LOWEST; mode++) {
			for (u32 sender = 0; sender <= 2; sender += 2) {
				from(sender);
				assert_sent(apic_send(&cpu, ways[i].destination | mode << 8 | 0x41));
				assert_int_equal(fixed, sender == 0 ? ways[i].root : ways[i].cell);
				assert_int_equal(kicked | started | asked(~0u), 0);
				for (u32 n = 0; n < CPUS; n++)
					if (fixed & 1u << n)
						assert_int_equal(icr_written[n] & 0xffff, 0x4041);
			}
		}
	}
	for (u32 vector = 0; vector <= 16; vector++) {
		from(2);
		assert_sent(apic_send(&cpu, TO(2) | vector));
		assert_int_equal(fixed, vector < 16 ? 0 : 1 << 2);
	}
}

/* [ISO-343] NMI, INIT and SIPI are requests to CPUs of the sender's guest: none of them is sent to hardware */
static void commands(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(ways); i++) {
		for (u32 sender = 0; sender <= 2; sender += 2) {
			u32 want = sender == 0 ? ways[i].root : ways[i].cell;

			from(sender);
			assert_sent(apic_send(&cpu, ways[i].destination | MODE_NMI << 8));
			assert_int_equal(asked(CPU_REQ_NMI), want);
			assert_int_equal(kicked, want);
			assert_int_equal(fixed | started | asked(CPU_REQ_INIT), 0);
			want &= ~(1u << sender);
			from(sender);
			assert_sent(apic_send(&cpu, ways[i].destination | MODE_INIT << 8 | ICR_ASSERT | ICR_LEVEL));
			assert_int_equal(asked(CPU_REQ_INIT), want);
			assert_int_equal(kicked, want);
			assert_int_equal(fixed | started | asked(CPU_REQ_NMI), 0);
			from(sender);
			assert_sent(apic_send(&cpu, ways[i].destination | MODE_INIT << 8 | ICR_LEVEL)); /* its end */
			assert_int_equal(fixed | kicked | started | asked(~0u), 0);
			from(sender);
			assert_sent(apic_send(&cpu, ways[i].destination | MODE_SIPI << 8 | 0x9a));
			assert_int_equal(started, want);
			assert_int_equal(fixed | kicked | asked(~0u), 0);
			if (want != 0)
				assert_int_equal(entry, ENTRY_SIPI | 0x9a);
		}
	}
}

/* [ISO-343] SMI, ExtINT and the reserved mode are refused from everybody, and nothing is sent */
static void refused(void **state)
{
	static const u32 modes[] = { MODE_SMI, 3, MODE_EXTINT };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(modes); i++) {
		for (u32 sender = 0; sender <= 2; sender += 2) {
			from(sender);
			assert_int_equal(apic_send(&cpu, TO(0xffffffff) | modes[i] << 8), ACCESS_FAULT);
			assert_int_equal(fixed | kicked | started | asked(~0u), 0);
		}
	}
}

/* [ISO-343] an INIT to a CPU that runs nobody's code does nothing */
static void init_of_idle(void **state)
{
	(void)state;
	from(2);
	slots[3].state = CPU_PARKED;
	assert_sent(apic_send(&cpu, TO(0x13) | MODE_INIT << 8));
	assert_int_equal(kicked | asked(~0u), 0);
}

/* [ISO-343] [PERF-012] a SIPI that comes before its INIT is taken is sent once more by the guest: nobody waits in the hypervisor */
static void sipi_early(void **state)
{
	const u64 all_others = (u64)SHORTHAND_OTHERS << 18 | MODE_SIPI << 8 | 0x9a;

	(void)state;
	from(0);
	assert_sent(apic_send(&cpu, TO(1) | MODE_INIT << 8));
	assert_int_equal(apic_send(&cpu, TO(1) | MODE_SIPI << 8 | 0x9a), ACCESS_AGAIN);
	assert_int_equal(started, 0);
	assert_int_equal(apic_send(&cpu, all_others), ACCESS_AGAIN);
	assert_int_equal(started, 1 << 4); /* which takes no harm from the next */
	slots[1].request = 0;
	assert_sent(apic_send(&cpu, all_others));
	assert_int_equal(started, 1 << 1 | 1 << 4);
	slots[1].request = CPU_REQ_INIT;
	slots[1].state = CPU_PARKED; /* it came when the CPU ran nothing any more */
	started = 0;
	assert_sent(apic_send(&cpu, TO(1) | MODE_SIPI << 8 | 0x9a));
	assert_int_equal(started, 1 << 1);
}

/* [ISO-343] local vectors: of a cell only its timer and error may be unmasked, as interrupts; the root's may be neither SMI nor INIT */
static void vectors(void **state)
{
	(void)state;
	for (u32 sender = 0; sender <= 2; sender += 2) {
		for (u32 msr = 0x82f; msr <= 0x837; msr++) {
			for (u32 mode = 0; mode < 8; mode++) {
				bool masked = sender == 0 ? mode == 2 || mode == 5 : mode != 0 || (msr != 0x832 && msr != 0x837);

				from(sender);
				assert_true(apic_write_lvt(&cpu, msr, mode << 8 | 0x42));
				assert_int_equal(lvt, mode << 8 | 0x42 | (masked ? 0x10000 : 0));
				assert_true(apic_write_lvt(&cpu, msr, mode << 8 | 0x10042));
				assert_int_equal(lvt, mode << 8 | 0x10042);
				assert_true(apic_write_lvt(&cpu, msr, mode << 8 | 0x0f));
				assert_int_equal(lvt, mode << 8 | 0x0f | (masked || sender == 2 ? 0x10000 : 0));
			}
		}
	}
}

/* [IRQ-340] the root is told by a vector of a device's at a CPU of its own, or not at all */
static void notify(void **state)
{
	(void)state;
	for (u32 i = 0; i <= CPUS; i++) {
		for (u32 vector = 0; vector < 256; vector += 31) {
			bool sent = vector >= 32 && (i == 0 || i == 1 || i == 4);

			from(2);
			arch_irq_send(cell_root(), vector << 16 | i);
			assert_int_equal(fixed, sent ? 1u << i : 0);
			if (sent)
				assert_int_equal(icr_written[i], slots[i].hwid << 32 | ICR_ASSERT | vector);
			assert_int_equal(kicked | started | asked(~0u), 0);
		}
	}
	from(2);
	slots[1].state = CPU_PARKED;
	arch_irq_send(cell_root(), 0x230001);
	assert_int_equal(fixed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(interrupts), cmocka_unit_test(commands), cmocka_unit_test(refused), cmocka_unit_test(init_of_idle),
		cmocka_unit_test(sipi_early), cmocka_unit_test(vectors),  cmocka_unit_test(notify),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
