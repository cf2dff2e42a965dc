/* SPDX-License-Identifier: GPL-2.0-only */
/* RISC-V firmware calls of guests: who may call what, which harts a call reaches, and what firmware is asked in turn. */
#define arch_cpu_kick riscv_cpu_kick
#define cpu_power_on riscv_cpu_power_on
#define cpu_power_off riscv_cpu_power_off
#define cell_halt riscv_cell_halt
#define cell_refuses_reset riscv_refuses_reset
#define console_cell_write riscv_console_cell_write
#include "riscv.h"

#include "power.h"

#include "../../hypervisor/arch/riscv/sbi.c"

#define CPUS 8
#define RAM FAKE_RAM_BASE
#define CELL_GPA 0x80000000ull
#define CELL_HOST (RAM + 0x10000)

static struct cell cell_table[3];
static struct cpu_slot slot_table[CPUS];
/* Board CPU -> hart: neither in order nor in one group of 64. */
static const u64 harts[CPUS] = { 0, 1, 66, 3, 2, 131, 5, 130 };
static struct blob_machine machine;
static const struct blob_ram ram = { .base = RAM, .size = FAKE_RAM_SIZE };
static struct ledger_entry ledger_table[4];
struct context_features context_features;

/* --- what the calls lead to --------------------------------------------------------------------------------------------- */

static struct firmware_call {
	u64 eid, fid, arg[5];
} firmware[16];
static u32 firmware_calls;
static struct sbi_result firmware_result;
static char firmware_text[256];
static u32 kicks[CPUS];
static u64 csr[4096];
static u32 waits;
static char text[256];

struct sbi_result sbi_call(u64 eid, u64 fid, u64 arg0, u64 arg1, u64 arg2, u64 arg3, u64 arg4)
{
	assert_in_range(firmware_calls, 0, ARRAY_SIZE(firmware) - 1);
	firmware[firmware_calls++] = (struct firmware_call){ eid, fid, { arg0, arg1, arg2, arg3, arg4 } };
	if (eid == SBI_EXT_DBCN && fid == SBI_DBCN_WRITE)
		memcpy(firmware_text, (const void *)(uintptr_t)arg1, arg0); /* NOLINT: a physical address */
	return firmware_result;
}

void write_csr(u32 n, u64 value)
{
	csr[n] = value;
}

void set_csr(u32 n, u64 bits)
{
	csr[n] |= bits;
}

void clear_csr(u32 n, u64 bits)
{
	csr[n] &= ~bits;
}

void wait_interrupt(void)
{
	waits++;
}

void arch_cpu_kick(const struct cpu_slot *slot)
{
	kicks[slot->index]++;
}

void console_cell_write(struct cell *cell, const char *data, u32 count)
{
	strncat(text, data, count);
}

/* --- guests ------------------------------------------------------------------------------------------------------------- */

static void give_cpu(u32 c, u32 cpu)
{
	struct cell *cell = &cell_table[c];

	slot_table[cpu].cell = cell;
	slot_table[cpu].vcpu = cell->cpu_count;
	cell->cpus[cell->cpu_count++] = (u8)cpu;
}

static void quiet(void)
{
	firmware_calls = waits = 0;
	critical_runs = false;
	firmware_result = (struct sbi_result){ SBI_SUCCESS, 0 };
	memset(kicks, 0, sizeof(kicks));
	memset(text, 0, sizeof(text));
	memset(firmware_text, 0, sizeof(firmware_text));
	memset(&power_on, 0, sizeof(power_on));
	for (u32 i = 0; i < CPUS; i++)
		slot_table[i].request = 0;
}

/* Cell 1 has CPUs 5, 2 and 7, cell 2 has CPU 6. */
static int setup(void **state)
{
	(void)state;
	fake_reset();
	memset(cell_table, 0, sizeof(cell_table));
	memset(csr, 0, sizeof(csr));
	machine = (struct blob_machine){ .flags = 0 };
	context_features = (struct context_features){ .sstc = true };
	system_plan = (struct system_plan){ .machine = &machine, .ram = &ram, .ram_count = 1, .cpu_count = CPUS };
	cells = cell_table;
	cell_capacity = 3;
	cpu_slots = slot_table;
	cpu_count = CPUS;
	cell_table[0].cpu_count = CPUS;
	for (u32 i = 0; i < CPUS; i++) {
		slot_table[i] = (struct cpu_slot){ .hwid = harts[i], .index = i, .vcpu = i, .cell = cell_table };
		slot_table[i].state = CPU_GUEST;
		slot_table[i].power = POWER_ON;
		cell_table[0].cpus[i] = (u8)i;
	}
	for (u16 i = 0; i < 3; i++)
		cell_table[i].id = i;
	give_cpu(1, 5);
	give_cpu(1, 2);
	give_cpu(1, 7);
	give_cpu(2, 6);
	cell_table[1].flags = BLOB_CELL_CONSOLE;
	cell_table[1].memory[0].gpa = CELL_GPA;
	cell_table[1].memory[0].host = CELL_HOST;
	cell_table[1].memory[0].size = 2 * PAGE_SIZE;
	cell_table[1].memory_count = 1;
	ledger_init(&ledger, ledger_table, ARRAY_SIZE(ledger_table));
	assert_int_equal(ledger_add(&ledger,
				    &(struct ledger_entry){
					    .start = CELL_HOST, .size = 2 * PAGE_SIZE, .owner = 1, .kind = LEDGER_MEMORY, .use = USE_RAM }),
			 0);
	quiet();
	return 0;
}

static u64 exits[EXIT_COUNTERS];
static int left; /* GONE_*, 0: the call returned */

/* A call by the first CPU of a cell. */
static struct sbi_result call(u32 c, u64 eid, u64 fid, u64 a0, u64 a1, u64 a2, u64 a3)
{
	static struct stack_end end;
	u32 index = c == 0 ? 0 : cell_table[c].cpus[0];
	u64 before = exits[EXIT_TOTAL];

	for (u32 i = 0; i < 32; i++)
		end.frame.x[i] = 0x1000 + i;
	const u64 args[] = { a0, a1, a2, a3 };
	memcpy(&end.frame.x[REG_A0], args, sizeof(args));
	end.frame.x[REG_A6] = fid;
	end.frame.x[REG_A7] = eid;
	struct trap_frame wanted = end.frame;
	end.cpu = (struct cpu){ .slot = &slot_table[index], .cell = &cell_table[c], .counters = exits, .index = index };
	left = setjmp(gone);
	if (left == 0)
		end.frame.x[REG_A0] = sbi_trap(&end.cpu, &end.frame);
	assert_int_equal(exits[EXIT_TOTAL], before + 1);
	wanted.x[REG_A0] = end.frame.x[REG_A0];
	wanted.x[REG_A1] = end.frame.x[REG_A1];
	assert_memory_equal(&end.frame, &wanted, sizeof(wanted)); /* no other register changes */
	return (struct sbi_result){ (s64)wanted.x[REG_A0], wanted.x[REG_A1] };
}

static s64 fence(u32 c, u64 fid, u64 mask, u64 mask_base)
{
	quiet();
	return call(c, SBI_EXT_RFENCE, fid, mask, mask_base, 0x5000, 0x3000).error;
}

/* What firmware was asked to fence, as a set of board CPUs; each call once, of the kind wanted. */
static u32 fenced(u64 fid)
{
	u32 cpus = 0;

	for (u32 i = 0; i < firmware_calls; i++) {
		const struct firmware_call *f = &firmware[i];

		assert_int_equal(f->eid, SBI_EXT_RFENCE);
		assert_int_equal(f->fid, fid);
		assert_int_not_equal(f->arg[1], SBI_ALL_HARTS);
		assert_int_equal(f->arg[2], 0x5000);
		assert_int_equal(f->arg[3], 0x3000);
		for (u32 bit = 0; bit < 64; bit++) {
			u32 cpu = 0;

			if (!(f->arg[0] >> bit & 1))
				continue;
			while (cpu < CPUS && harts[cpu] != f->arg[1] + bit)
				cpu++;
			assert_in_range(cpu, 0, CPUS - 1); /* a hart of this machine */
			assert_false(cpus >> cpu & 1);
			cpus |= 1u << cpu;
		}
	}
	return cpus;
}

/* --- tests -------------------------------------------------------------------------------------------------------------- */

/* [ISO-132] a guest's fence is one of its own level: translated, or refused */
static void fence_kinds(void **state)
{
	static const u64 wanted[] = { SBI_RFENCE_FENCE_I, SBI_RFENCE_HFENCE_VVMA, SBI_RFENCE_HFENCE_VVMA_ASID };

	(void)state;
	for (u32 c = 0; c < 2; c++) {
		for (u64 fid = 0; fid < 3; fid++) {
			assert_int_equal(fence(c, fid, 1, 0), SBI_SUCCESS);
			assert_int_equal(fenced(wanted[fid]), 1u << (c == 0 ? 0 : 5));
		}
		for (u64 fid = 3; fid < 9; fid++) {
			assert_int_equal(fence(c, fid, 1, 0), SBI_NOT_SUPPORTED);
			assert_int_equal(firmware_calls, 0);
		}
		assert_int_equal(fence(c, BIT64(32), 1, 0), SBI_NOT_SUPPORTED);
		assert_int_equal(firmware_calls, 0);
	}
	assert_int_equal(exits[EXIT_RISCV_FENCE], 20);
	quiet();
	firmware_result.error = SBI_INVALID_ADDRESS;
	assert_int_equal(call(1, SBI_EXT_RFENCE, 0, 3, 0, 0, 0).error, SBI_INVALID_ADDRESS);
	assert_int_equal(firmware_calls, 1);
}

/* [ISO-132] harts by their owner's numbers: vCPUs of a cell, the root's by their ids; a foreign one refuses the whole call */
static void fence_harts_named(void **state)
{
	static const struct {
		u32 cell;
		u64 mask, base;
		u32 cpus; /* board CPUs; 0: refused */
	} rows[] = {
		{ 1, 1, 0, 1 << 5 },
		{ 1, 2, 0, 1 << 2 },
		{ 1, 7, 0, 1 << 5 | 1 << 2 | 1 << 7 },
		{ 1, 1, 2, 1 << 7 },
		{ 1, 3, 1, 1 << 2 | 1 << 7 },
		{ 1, 8, 0, 0 },  /* no such vCPU */
		{ 1, 9, 0, 0 },  /* one is */
		{ 1, 1, 66, 0 }, /* the hart's real id */
		{ 1, ~0ull, 0, 0 },
		{ 1, BIT64(63), 0, 0 },
		{ 1, 8, ~0ull - 5, 0 },  /* beyond the last number */
		{ 1, 16, ~0ull - 1, 0 }, /* and around it */
		{ 1, 0, ~0ull, 1 << 5 | 1 << 2 | 1 << 7 },
		{ 1, 8, ~0ull, 1 << 5 | 1 << 2 | 1 << 7 }, /* the mask is not looked at */
		{ 2, 1, 0, 1 << 6 },
		{ 2, 0, ~0ull, 1 << 6 },
		{ 2, 2, 0, 0 },
		{ 0, 0xf, 0, 1 << 0 | 1 << 1 | 1 << 3 | 1 << 4 },
		{ 0, 1, 3, 1 << 3 },
		{ 0, BIT64(5), 0, 0 }, /* cell 2's */
		{ 0, 0x2f, 0, 0 },
		{ 0, 4, 128, 0 }, /* cell 1's */
		{ 0, 1, 4, 0 },   /* nobody's */
		{ 0, 0, ~0ull, 1 << 0 | 1 << 1 | 1 << 3 | 1 << 4 },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		s64 error = fence(rows[i].cell, SBI_RFENCE_SFENCE_VMA, rows[i].mask, rows[i].base);

		if (error != (rows[i].cpus ? SBI_SUCCESS : SBI_INVALID_PARAM) || fenced(SBI_RFENCE_HFENCE_VVMA) != rows[i].cpus)
			fail_msg("row %u: result %lld, CPUs 0x%x", i, (long long)error, fenced(SBI_RFENCE_HFENCE_VVMA));
	}
	assert_int_equal(fence(1, 0, 0, 0), SBI_SUCCESS);
	assert_int_equal(firmware_calls, 0);
	assert_int_equal(fence(1, 0, 7, 0), SBI_SUCCESS);
	assert_int_equal(firmware_calls, 2); /* 130 and 131 by one */
}

/* [ISO-132] an IPI reaches the CPUs it names: asked for, and kicked to look */
static void ipis(void **state)
{
	(void)state;
	slot_table[2].state = CPU_PARKED;
	assert_int_equal(call(1, SBI_EXT_IPI, 0, 7, 0, 0, 0).error, SBI_SUCCESS);
	for (u32 i = 0; i < CPUS; i++) {
		assert_int_equal(kicks[i], i == 5 || i == 7);
		assert_int_equal(slot_table[i].request, i == 5 || i == 7 ? CPU_REQ_IPI : 0);
	}
	quiet();
	assert_int_equal(call(1, SBI_EXT_IPI, 0, 0xf, 0, 0, 0).error, SBI_INVALID_PARAM);
	assert_int_equal(call(1, SBI_EXT_IPI, 0, 1, 5, 0, 0).error, SBI_INVALID_PARAM);
	assert_int_equal(call(2, SBI_EXT_IPI, 0, 2, 0, 0, 0).error, SBI_INVALID_PARAM);
	assert_int_equal(call(0, SBI_EXT_IPI, 0, BIT64(5), 0, 0, 0).error, SBI_INVALID_PARAM);
	assert_int_equal(call(1, SBI_EXT_IPI, 1, 1, 0, 0, 0).error, SBI_NOT_SUPPORTED);
	for (u32 i = 0; i < CPUS; i++)
		assert_int_equal(kicks[i] | slot_table[i].request, 0);
	assert_int_equal(call(0, SBI_EXT_IPI, 0, 0, ~0ull, 0, 0).error, SBI_SUCCESS);
	for (u32 i = 0; i < CPUS; i++)
		assert_int_equal(kicks[i], slot_table[i].cell == &cell_table[0]);
	assert_int_equal(firmware_calls, 0);
}

/* [ISO-133] an extension is there for those who may call it, and firmware hears of no other call */
static void callers(void **state)
{
	static const u64 nobody[] = { 0, 1, 2, 5, 8, 0xf, SBI_EXT_SUSP, SBI_EXT_NACL, SBI_EXT_STA, SBI_EXT_SSE };
	static const u64 only_root[] = { SBI_EXT_PMU, 0x43505043, 0x46574654, 0x09000000 };

	(void)state;
	firmware_result = (struct sbi_result){ SBI_SUCCESS, 77 };
	for (u32 i = 0; i < ARRAY_SIZE(nobody); i++)
		for (u32 c = 0; c < 2; c++) {
			assert_int_equal(call(c, nobody[i], 0, 0, 0, 0, 0).error, SBI_NOT_SUPPORTED);
			assert_int_equal(call(c, SBI_EXT_BASE, SBI_BASE_PROBE, nobody[i], 0, 0, 0).value, 0);
		}
	for (u32 i = 0; i < ARRAY_SIZE(only_root); i++) {
		assert_int_equal(call(1, only_root[i], 0, 0, 0, 0, 0).error, SBI_NOT_SUPPORTED);
		assert_int_equal(call(1, SBI_EXT_BASE, SBI_BASE_PROBE, only_root[i], 0, 0, 0).value, 0);
	}
	assert_int_equal(firmware_calls, 0);
	for (u32 i = 0; i < ARRAY_SIZE(only_root); i++) {
		assert_int_equal(call(0, only_root[i], 3, 11, 12, 13, 14).value, 77);
		assert_int_equal(firmware[i].eid, only_root[i]);
		assert_int_equal(firmware[i].fid, 3);
		assert_int_equal(firmware[i].arg[3], 14);
	}
	assert_int_equal(call(0, SBI_EXT_PMU, SBI_PMU_LAST_PLAIN + 1, 0, 0, 0, 0).error, SBI_NOT_SUPPORTED); /* names memory */
	assert_int_equal(firmware_calls, ARRAY_SIZE(only_root));
	machine.flags = BLOB_MACHINE_DENY_ROOT_SMC;
	assert_int_equal(call(0, 0x09000000, 0, 0, 0, 0, 0).error, SBI_NOT_SUPPORTED);
	assert_int_equal(firmware_calls, ARRAY_SIZE(only_root));
}

/* [ISO-133] what a guest is told about its firmware */
static void base_calls(void **state)
{
	(void)state;
	firmware_result = (struct sbi_result){ SBI_SUCCESS, 0x2000000 };
	for (u32 c = 0; c < 2; c++) {
		assert_int_equal(call(c, SBI_EXT_BASE, SBI_BASE_SPEC_VERSION, 0, 0, 0, 0).value, 0x2000000);
		assert_int_equal(call(c, SBI_EXT_BASE, SBI_BASE_PROBE, HYPERCALL_EID_RISCV, 0, 0, 0).value, 1);
		assert_int_equal(call(c, SBI_EXT_BASE, SBI_BASE_PROBE, SBI_EXT_HSM, 0, 0, 0).value, 0x2000000);
		assert_int_equal(call(c, SBI_EXT_BASE, SBI_BASE_LAST + 1, 0, 0, 0, 0).error, SBI_NOT_SUPPORTED);
	}
	assert_int_equal(call(1, SBI_EXT_BASE, SBI_BASE_PROBE, SBI_EXT_DBCN, 0, 0, 0).value, 1);
	assert_int_equal(call(2, SBI_EXT_BASE, SBI_BASE_PROBE, SBI_EXT_DBCN, 0, 0, 0).value, 0);
}

/* [ISO-133] [ROOT-327] a cell that resets or switches off ends alone; the root's goes to firmware, if it may */
static void resets(void **state)
{
	(void)state;
	for (u64 type = 0; type < 3; type++) {
		(void)call(1, SBI_EXT_SRST, 0, type, 0, 0, 0);
		assert_int_equal(left, GONE_HALT);
		assert_int_equal(halted, type == 0 ? FAULT_OFF : FAULT_RESET);
	}
	assert_int_equal(call(1, SBI_EXT_SRST, 1, 0, 0, 0, 0).error, SBI_NOT_SUPPORTED);
	assert_int_equal(left, 0);
	assert_int_equal(firmware_calls, 0);
	assert_int_equal(call(0, SBI_EXT_SRST, 0, 1, 0, 0, 0).error, SBI_SUCCESS);
	assert_int_equal(firmware_calls, 1);
	assert_int_equal(firmware[0].arg[0], 1);
	machine.flags = BLOB_MACHINE_DENY_ROOT_SMC;
	assert_int_equal(call(0, SBI_EXT_SRST, 0, 1, 0, 0, 0).error, SBI_DENIED);
	assert_int_equal(firmware_calls, 1);
}

/* [ROOT-323] SRST of the root while a critical cell runs: firmware does not hear of it; a cell's is its own */
static void resets_critical(void **state)
{
	(void)state;
	critical_runs = true;
	for (u64 type = 0; type < 3; type++)
		assert_int_equal(call(0, SBI_EXT_SRST, 0, type, 0, 0, 0).error, SBI_DENIED);
	assert_int_equal(firmware_calls, 0);
	(void)call(1, SBI_EXT_SRST, 0, SBI_SRST_SHUTDOWN, 0, 0, 0);
	assert_int_equal(halted, FAULT_OFF);
}

/* [ISO-134] a console call reads the caller's own memory only */
static void console_memory(void **state)
{
	static const u64 foreign[] = { 0, RAM, CELL_HOST, CELL_GPA - 1, CELL_GPA + 2 * PAGE_SIZE - 3, CELL_GPA + 2 * PAGE_SIZE, ~0ull - 1 };

	(void)state;
	strcpy(fake_memory(CELL_HOST + PAGE_SIZE - 3), "hello");
	struct sbi_result r = call(1, SBI_EXT_DBCN, SBI_DBCN_WRITE, 5, CELL_GPA + PAGE_SIZE - 3, 0, 0);
	assert_int_equal(r.error, SBI_SUCCESS);
	assert_int_equal(r.value, 5);
	assert_string_equal(text, "hello");
	quiet();
	for (u32 i = 0; i < ARRAY_SIZE(foreign); i++)
		assert_int_equal(call(1, SBI_EXT_DBCN, SBI_DBCN_WRITE, 5, foreign[i], 0, 0).error, SBI_INVALID_PARAM);
	assert_int_equal(call(1, SBI_EXT_DBCN, SBI_DBCN_WRITE, 5, CELL_GPA, 1, 0).error, SBI_INVALID_PARAM);
	assert_int_equal(call(2, SBI_EXT_DBCN, SBI_DBCN_WRITE, 5, CELL_GPA, 0, 0).error, SBI_INVALID_PARAM);
	assert_int_equal(call(0, SBI_EXT_DBCN, SBI_DBCN_WRITE, 5, CELL_HOST, 0, 0).error, SBI_INVALID_PARAM);
	assert_int_equal(call(0, SBI_EXT_DBCN, SBI_DBCN_WRITE, 5, FAKE_DEVICE_BASE, 0, 0).error, SBI_INVALID_PARAM);
	assert_string_equal(text, "");
	assert_int_equal(firmware_calls, 0);
	memset(fake_memory(CELL_HOST), 'x', 2 * PAGE_SIZE);
	r = call(1, SBI_EXT_DBCN, SBI_DBCN_WRITE, ~0ull, CELL_GPA, 0, 0);
	assert_int_equal(r.value, CONSOLE_BYTES);
	assert_int_equal(strlen(text), CONSOLE_BYTES);
	assert_int_equal(call(1, SBI_EXT_DBCN, SBI_DBCN_READ, 5, CELL_GPA, 0, 0).value, 0);
	assert_int_equal(call(1, SBI_EXT_DBCN, 3, 5, CELL_GPA, 0, 0).error, SBI_NOT_SUPPORTED);
	quiet();
	assert_int_equal(call(1, SBI_EXT_DBCN, SBI_DBCN_WRITE_BYTE, 0x141, 0, 0, 0).error, SBI_SUCCESS);
	assert_string_equal(text, "A");
	assert_int_equal(firmware_calls, 0);
	/* the root's text is copied before firmware reads it */
	strcpy(fake_memory(RAM), "root");
	assert_int_equal(call(0, SBI_EXT_DBCN, SBI_DBCN_WRITE, 4, RAM, 0, 0).error, SBI_SUCCESS);
	assert_string_equal(firmware_text, "root");
	assert_int_not_equal(firmware[0].arg[1], RAM);
}

/* [ISO-132] a hart is started, asked about and stopped by its own cell only */
static void hart_states(void **state)
{
	static const u64 foreign[] = { 3, 6, 66, 131, ~0ull };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(foreign); i++) {
		assert_int_equal(call(1, SBI_EXT_HSM, SBI_HSM_START, foreign[i], CELL_GPA, 9, 0).error, SBI_INVALID_PARAM);
		assert_int_equal(call(1, SBI_EXT_HSM, SBI_HSM_STATUS, foreign[i], 0, 0, 0).error, SBI_INVALID_PARAM);
	}
	assert_int_equal(call(0, SBI_EXT_HSM, SBI_HSM_START, 131, 0, 0, 0).error, SBI_INVALID_PARAM);
	assert_int_equal(call(0, SBI_EXT_HSM, SBI_HSM_STATUS, 5, 0, 0, 0).error, SBI_INVALID_PARAM);
	assert_int_equal(power_on.calls, 0);
	assert_int_equal(call(1, SBI_EXT_HSM, SBI_HSM_START, 2, CELL_GPA, 9, 0).error, SBI_SUCCESS);
	assert_int_equal(power_on.vcpu, 2);
	assert_int_equal(power_on.entry, CELL_GPA);
	assert_int_equal(power_on.argument, 9);
	power_on.result = -BH_EBUSY;
	assert_int_equal(call(0, SBI_EXT_HSM, SBI_HSM_START, 2, 0, 0, 0).error, SBI_ALREADY_AVAILABLE);
	assert_int_equal(power_on.vcpu, 4);
	power_on.result = -BH_EPERM;
	assert_int_equal(call(1, SBI_EXT_HSM, SBI_HSM_START, 1, 0, 0, 0).error, SBI_INVALID_PARAM);

	assert_int_equal(call(1, SBI_EXT_HSM, SBI_HSM_STATUS, 1, 0, 0, 0).value, SBI_HSM_STARTED);
	slot_table[2].power = POWER_OFF; /* on its way out */
	assert_int_equal(call(1, SBI_EXT_HSM, SBI_HSM_STATUS, 1, 0, 0, 0).value, SBI_HSM_STARTED);
	slot_table[2].state = CPU_PARKED;
	assert_int_equal(call(1, SBI_EXT_HSM, SBI_HSM_STATUS, 1, 0, 0, 0).value, SBI_HSM_STOPPED);
	slot_table[2].power = POWER_ON_PENDING;
	assert_int_equal(call(1, SBI_EXT_HSM, SBI_HSM_STATUS, 1, 0, 0, 0).value, SBI_HSM_START_PENDING);
	(void)call(1, SBI_EXT_HSM, SBI_HSM_STOP, 0, 0, 0, 0);
	assert_int_equal(left, GONE_OFF);
	assert_int_equal(call(1, SBI_EXT_HSM, SBI_HSM_SUSPEND, 0, 0, 0, 0).error, SBI_SUCCESS);
	assert_int_equal(waits, 1);
	assert_int_equal(call(1, SBI_EXT_HSM, SBI_HSM_SUSPEND, 0x80000000, CELL_GPA, 0, 0).error, SBI_NOT_SUPPORTED);
	assert_int_equal(call(1, SBI_EXT_HSM, 4, 0, 0, 0, 0).error, SBI_NOT_SUPPORTED);
	assert_int_equal(firmware_calls, 0);
}

/* [ISO-132] a timer is the caller's own, with and without Sstc */
static void timers(void **state)
{
	(void)state;
	assert_int_equal(call(1, SBI_EXT_TIME, 0, 1234, 0, 0, 0).error, SBI_SUCCESS);
	assert_int_equal(csr[CSR_VSTIMECMP], 1234);
	assert_int_equal(firmware_calls, 0);
	assert_int_equal(call(1, SBI_EXT_TIME, 1, 1, 0, 0, 0).error, SBI_NOT_SUPPORTED);
	context_features.sstc = false;
	csr[CSR_HVIP] = IP_VSTIP | IP_VSSIP;
	assert_int_equal(call(1, SBI_EXT_TIME, 0, 5678, 0, 0, 0).error, SBI_SUCCESS);
	assert_int_equal(csr[CSR_HVIP], IP_VSSIP);
	assert_int_equal(csr[CSR_SIE], IP_STIP);
	assert_int_equal(firmware[0].arg[0], 5678);
	assert_int_equal(csr[CSR_VSTIMECMP], 1234);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(fence_kinds, setup),
		cmocka_unit_test_setup(fence_harts_named, setup),
		cmocka_unit_test_setup(ipis, setup),
		cmocka_unit_test_setup(callers, setup),
		cmocka_unit_test_setup(base_calls, setup),
		cmocka_unit_test_setup(resets, setup),
		cmocka_unit_test_setup(resets_critical, setup),
		cmocka_unit_test_setup(console_memory, setup),
		cmocka_unit_test_setup(hart_states, setup),
		cmocka_unit_test_setup(timers, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
