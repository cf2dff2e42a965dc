/* SPDX-License-Identifier: GPL-2.0-only */
/* RISC-V traps of guests: what each one leads to, for the root and for a cell, and that each is counted once. */
#define cell_fail riscv_cell_fail
#define cpu_service riscv_cpu_service
#define mmio_root_access riscv_mmio_root_access
#include "riscv.h"

#include "../../hypervisor/arch/riscv/fault.c"
#include "../../hypervisor/arch/riscv/insn.c"
#undef OPCODE
#include "../../hypervisor/arch/riscv/trap.c"

#define DEVICE 0xd000000ull
#define DEVICE_SIZE 0x1000ull
#define OUTSIDE 0x40000000ull
#define PC 0xffffffff80001000ull
#define VECTOR 0xffffffff80400001ull
#define ADDRESS 0xffffffc6abcd0000ull /* virtual, of what is accessed */
#define LW(rd) (2u << 12 | (rd) << 7 | 0x03)
#define SW(rs2) (2u << 12 | (rs2) << 20 | 0x23)
#define LB(rd) ((rd) << 7 | 0x03)
#define LD(rd) (3u << 12 | (rd) << 7 | 0x03)
#define CSRR(rd, csr) ((csr) << 20 | 2u << 12 | (rd) << 7 | OPCODE_SYSTEM)
#define HFENCE 0x62000073u

struct context_features context_features;

/* --- registers and guest code -------------------------------------------------------------------------------------------- */

static u64 csr[4096];
static u32 code; /* at PC */
static u32 code_reads, seed_reads;
static bool code_gone, trapped;

u64 read_csr(u32 n)
{
	return csr[n];
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

u64 swap_csr(u32 n, u64 value)
{
	assert_int_equal(n, CSR_SEED);
	seed_reads++;
	return 0x8000abcd;
}

u64 guest_parcel(u64 pc)
{
	assert_true(pc == PC || pc == PC + 2);
	code_reads++;
	trapped = code_gone;
	return pc == PC ? code & 0xffff : code >> 16;
}

/* As entry.S: a trap clobbers what it says. */
bool try_read(u64 (*read)(u64 argument), u64 argument, u64 *value)
{
	trapped = false;
	u64 got = read(argument);
	if (!trapped) {
		*value = got;
		return true;
	}
	csr[CSR_SEPC] = csr[CSR_SCAUSE] = csr[CSR_STVAL] = csr[CSR_HTVAL] = csr[CSR_HTINST] = 0xbad;
	csr[CSR_SSTATUS] &= ~SSTATUS_SPP;
	csr[CSR_HSTATUS] &= ~HSTATUS_SPV;
	return false;
}

/* --- what traps lead to -------------------------------------------------------------------------------------------------- */

static struct fault_record fault;
static struct mmio_access seen;
static u32 accesses, services, externals, sbi_calls;
static bool waits;
static enum mmio_result answer;
static enum root_access root_access;
static jmp_buf gone;

void cell_fail(struct cpu *cpu, const struct fault_record *record)
{
	fault = *record;
	longjmp(gone, 1);
}

/* The request is still there when it is looked for. */
bool cpu_service(struct cpu *cpu)
{
	services++;
	assert_int_equal(csr[CSR_SIP] & IP_SSIP, 0);
	return waits;
}

enum root_access mmio_root_access(struct range bytes, bool write)
{
	return root_access;
}

void aia_external(struct cpu *cpu)
{
	externals++;
	count_exit(cpu, EXIT_RISCV_MSI);
}

u64 sbi_trap(struct cpu *cpu, struct trap_frame *frame)
{
	sbi_calls++;
	count_exit(cpu, EXIT_FIRMWARE);
	return 0;
}

static enum mmio_result device(struct cpu *cpu, const struct mmio_region *region, u64 offset, struct mmio_access *access)
{
	assert_int_equal(access->gpa, DEVICE + offset);
	seen = *access;
	accesses++;
	if (answer == MMIO_DONE && !access->write)
		access->value = 0xffffffff89abcdef;
	return answer;
}

/* --- guests -------------------------------------------------------------------------------------------------------------- */

static struct cell cell_table[2];
static struct cpu_slot slot;
static struct stack_end end;
static u64 exits[EXIT_COUNTERS];
static u64 *const x = end.frame.x;

static s64 hypercall(struct cpu *cpu, u64 *args, u64 number)
{
	return (s64)(1000 + number + args[0]);
}

static void start(u32 c)
{
	static hypercall_fn calls[HC_COUNT];

	memset(csr, 0, sizeof(csr));
	memset(exits, 0, sizeof(exits));
	memset(&fault, 0, sizeof(fault));
	accesses = services = externals = sbi_calls = code_reads = seed_reads = 0;
	code_gone = false;
	answer = MMIO_DONE;
	root_access = ROOT_DENY;
	slot = (struct cpu_slot){ .index = 3 };
	for (u32 i = 0; i < HC_COUNT; i++)
		calls[i] = hypercall;
	end.cpu = (struct cpu){ .slot = &slot, .cell = &cell_table[c], .counters = exits, .calls = calls, .index = 3 };
	for (u32 i = 1; i < 32; i++)
		x[i] = 0x1111111100000000ull * (i % 8) + i;
	x[0] = 0;
	csr[CSR_HSTATUS] = HSTATUS_SPV | HSTATUS_SPVP;
	csr[CSR_SSTATUS] = SSTATUS_SPP;
	csr[CSR_VSSTATUS] = SSTATUS_SIE;
	csr[CSR_VSTVEC] = VECTOR;
	csr[CSR_SEPC] = PC;
}

static int setup(void **state)
{
	(void)state;
	fake_reset();
	memset(cell_table, 0, sizeof(cell_table));
	cells = cell_table;
	cell_capacity = 2;
	cell_table[1].id = 1;
	for (u32 c = 0; c < 2; c++)
		assert_int_equal(mmio_add(&cell_table[c].mmio,
					  (struct mmio_region){ .gpa = range_make(DEVICE, DEVICE_SIZE), .handler = device, .widths = 0xf }),
				 0);
	context_features = (struct context_features){ .zkr = true };
	start(1);
	return 0;
}

/* The trap, and that it counts once and under this reason. */
static void trap(u64 cause, u32 reason)
{
	csr[CSR_SCAUSE] = cause;
	if (setjmp(gone) == 0)
		trap_other(&end.frame, cause);
	for (u32 i = 1; i < EXIT_COUNTERS; i++)
		assert_int_equal(exits[i], i == reason);
	assert_int_equal(exits[EXIT_TOTAL], 1);
}

static void access_trap(u64 cause, u64 gpa, u64 htinst, u32 reason)
{
	csr[CSR_HTVAL] = gpa >> 2;
	csr[CSR_STVAL] = ADDRESS | (gpa & 0xfff);
	csr[CSR_HTINST] = htinst;
	trap(cause, reason);
}

/* The root's kernel takes it as the hardware would have given it. */
static void assert_injected(u64 cause, u64 value)
{
	assert_int_equal(csr[CSR_VSCAUSE], cause);
	assert_int_equal(csr[CSR_VSTVAL], value);
	assert_int_equal(csr[CSR_VSEPC], PC);
	assert_int_equal(csr[CSR_SEPC], VECTOR & ~3ull);
	assert_int_equal(csr[CSR_VSSTATUS] & (SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SPP), SSTATUS_SPIE | SSTATUS_SPP);
	assert_int_equal(fault.cause, FAULT_NONE);
}

/* --- tests --------------------------------------------------------------------------------------------------------------- */

/* [ISO-138] a trapped register: the instruction is done as it says, by htinst or by what is at the pc */
static void registers(void **state)
{
	static const struct {
		u32 insn, length;
		u8 width;
		bool write;
		u32 reg;
		u64 value; /* stored or loaded */
	} rows[] = {
		{ LW(9), 4, 4, false, 9, 0xffffffff89abcdef },
		{ LB(9), 4, 1, false, 9, 0xffffffffffffffef },
		{ LD(31), 4, 8, false, 31, 0xffffffff89abcdef },
		{ LW(0), 4, 4, false, 0, 0 },
		{ SW(9), 4, 4, true, 9, 9 },
		{ SW(0), 4, 4, true, 0, 0 },
		{ LW(9) & ~2u, 2, 4, false, 9, 0xffffffff89abcdef },
		{ SW(9) & ~2u, 2, 4, true, 9, 9 },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++)
		for (u32 fetched = 0; fetched < 1 + (rows[i].length == 4); fetched++) {
			static struct trap_frame wanted;

			start(i % 2);
			wanted = end.frame;
			if (!rows[i].write)
				wanted.x[rows[i].reg] = rows[i].value;
			code = rows[i].insn;
			access_trap(rows[i].write ? EXC_STORE_GUEST_PAGE : EXC_LOAD_GUEST_PAGE, DEVICE + 0x40, fetched ? 0 : rows[i].insn,
				    EXIT_MMIO);
			assert_int_equal(code_reads, fetched ? 2 : 0);
			assert_int_equal(accesses, 1);
			assert_int_equal(seen.width, rows[i].width);
			assert_int_equal(seen.write, rows[i].write);
			if (rows[i].write)
				assert_int_equal(seen.value, rows[i].value);
			assert_memory_equal(&wanted, &end.frame, sizeof(wanted));
			assert_int_equal(csr[CSR_SEPC], PC + rows[i].length);
		}
}

/* [ISO-138] a register refused ends a cell at that place, and is an access fault of the root */
static void registers_refused(void **state)
{
	(void)state;
	for (u32 write = 0; write < 2; write++)
		for (u32 n = 0; n < 2; n++) {
			u64 cause = write ? EXC_STORE_GUEST_PAGE : EXC_LOAD_GUEST_PAGE;
			u32 insn = write ? SW(5) : n ? LD(5) : LW(5);

			start(1);
			answer = MMIO_DENIED;
			access_trap(cause, DEVICE + 8, insn, EXIT_MMIO);
			assert_int_equal(fault.cause, FAULT_MMIO);
			assert_int_equal(fault.pc, PC);
			assert_int_equal(fault.address, DEVICE + 8);
			assert_int_equal(fault.vaddress, ADDRESS + 8);
			assert_int_equal(fault.syndrome, cause);
			assert_int_equal(fault.sp, x[REG_SP]);
			assert_memory_equal(fault.regs, &x[1], sizeof(fault.regs));
			start(0);
			answer = MMIO_DENIED;
			access_trap(cause, DEVICE + 8, insn, EXIT_MMIO);
			assert_injected(write ? EXC_STORE_ACCESS : EXC_LOAD_ACCESS, ADDRESS + 8);
		}
}

/* [ISO-138] what is no plain access to a trapped register is not done, whatever htinst says */
static void undecoded(void **state)
{
	static const u32 strange[] = { HTINST_PSEUDO_LOAD, HTINST_PSEUDO_STORE, LW(5) | 4u << 15, 0x2007 /* flw */, 0x1002002f /* lr.w */ };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(strange); i++) {
		start(1);
		access_trap(EXC_LOAD_GUEST_PAGE, DEVICE + 8, strange[i], EXIT_MEMORY);
		assert_int_equal(accesses, 0);
		assert_int_equal(fault.cause, FAULT_UNDECODED);
	}
	start(1); /* over the end */
	access_trap(EXC_LOAD_GUEST_PAGE, DEVICE + DEVICE_SIZE - 4, LD(5), EXIT_MEMORY);
	assert_int_equal(accesses, 0);
	assert_int_equal(fault.cause, FAULT_UNDECODED);
	start(1);
	access_trap(EXC_FETCH_GUEST_PAGE, DEVICE, 0, EXIT_MEMORY);
	assert_int_equal(fault.cause, FAULT_EXECUTE);
	/* its code went away under it: the trap is told about as it was */
	start(1);
	code_gone = true;
	access_trap(EXC_LOAD_GUEST_PAGE, DEVICE + 8, 0, EXIT_MEMORY);
	assert_int_equal(accesses, 0);
	assert_int_equal(fault.pc, PC);
	assert_int_equal(fault.syndrome, EXC_LOAD_GUEST_PAGE);
	assert_int_equal(csr[CSR_HSTATUS], HSTATUS_SPV | HSTATUS_SPVP);
	start(0);
	code_gone = true;
	access_trap(EXC_LOAD_GUEST_PAGE, DEVICE + 8, 0, EXIT_MEMORY);
	assert_injected(EXC_LOAD_ACCESS, ADDRESS + 8);
}

/* [ISO-139] a cell that reaches outside ends with cause, place and address; each of the root's is an access fault */
static void outside(void **state)
{
	static const struct {
		u64 cause, injected;
		enum fault_cause fault;
	} rows[] = {
		{ EXC_FETCH_GUEST_PAGE, EXC_FETCH_ACCESS, FAULT_EXECUTE },
		{ EXC_LOAD_GUEST_PAGE, EXC_LOAD_ACCESS, FAULT_READ },
		{ EXC_STORE_GUEST_PAGE, EXC_STORE_ACCESS, FAULT_WRITE },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		start(1);
		access_trap(rows[i].cause, OUTSIDE + 0x123, 0, EXIT_MEMORY);
		assert_int_equal(fault.cause, rows[i].fault);
		assert_int_equal(fault.address, OUTSIDE + 0x123);
		assert_int_equal(fault.vaddress, ADDRESS + 0x123);
		assert_int_equal(fault.pc, PC);
		assert_int_equal(services, 1); /* asked to park comes first */
		start(0);
		code = i == 2 ? SW(3) : LW(3);
		u64 before = cell_root_faults;
		access_trap(rows[i].cause, OUTSIDE + 0x123, 0, EXIT_MEMORY);
		assert_injected(rows[i].injected, ADDRESS + 0x123);
		assert_int_equal(cell_root_faults, before + 1);
		start(0); /* mapped meanwhile */
		root_access = ROOT_RETRY;
		access_trap(rows[i].cause, OUTSIDE, 0, EXIT_MEMORY);
		assert_int_equal(csr[CSR_SEPC], PC);
		assert_int_equal(csr[CSR_VSCAUSE], 0);
	}
}

/* [ISO-139] registers and instructions of our level end a cell; the root finds them not there, but the seed its kernel reads */
static void privileged(void **state)
{
	(void)state;
	for (u32 fetched = 0; fetched < 2; fetched++) {
		start(1);
		code = CSRR(5, CSR_HGATP);
		csr[CSR_STVAL] = fetched ? 0 : code;
		trap(EXC_VIRTUAL, EXIT_SYSREG);
		assert_int_equal(fault.cause, FAULT_SYSREG);
		assert_int_equal(fault.address, CSR_HGATP);
		start(0);
		csr[CSR_STVAL] = fetched ? 0 : code;
		trap(EXC_VIRTUAL, EXIT_SYSREG);
		assert_injected(EXC_ILLEGAL, code);
		start(1);
		code = CSRR(5, CSR_SEED);
		csr[CSR_STVAL] = fetched ? 0 : code;
		trap(EXC_VIRTUAL, EXIT_SYSREG);
		assert_int_equal(fault.address, CSR_SEED);
		assert_int_equal(seed_reads, 0);
		start(0);
		csr[CSR_STVAL] = fetched ? 0 : code;
		trap(EXC_VIRTUAL, EXIT_SYSREG);
		assert_int_equal(x[5], 0x8000abcd);
		assert_int_equal(csr[CSR_SEPC], PC + 4);
	}
	start(1);
	csr[CSR_STVAL] = HFENCE;
	trap(EXC_VIRTUAL, EXIT_SYSREG);
	assert_int_equal(fault.address, HFENCE);
	start(1); /* the code changed meanwhile */
	code_gone = true;
	trap(EXC_VIRTUAL, EXIT_SYSREG);
	assert_int_equal(fault.cause, FAULT_NONE);
	assert_int_equal(csr[CSR_SEPC], PC);
	start(1);
	trap(EXC_ECALL_HS, EXIT_OTHER);
	assert_int_equal(fault.cause, FAULT_UNKNOWN);
	start(0);
	csr[CSR_STVAL] = 7;
	trap(EXC_LOAD_ACCESS, EXIT_OTHER);
	assert_injected(EXC_LOAD_ACCESS, 7);
}

/* [ISO-137] a kick: taken back before requests are looked at, and an IPI among them reaches the guest */
static void kicks(void **state)
{
	(void)state;
	for (u32 ipi = 0; ipi < 2; ipi++) {
		start(1);
		csr[CSR_SIP] = IP_SSIP;
		slot.request = ipi ? CPU_REQ_IPI | CPU_REQ_PARK : CPU_REQ_PARK;
		trap(SCAUSE_INTERRUPT | IRQ_SSI, EXIT_KICK);
		assert_int_equal(services, 1);
		assert_int_equal(slot.request, CPU_REQ_PARK);
		assert_int_equal(csr[CSR_HVIP], ipi ? IP_VSSIP : 0);
		assert_int_equal(csr[CSR_SEPC], PC);
	}
	start(1);
	csr[CSR_SIE] = IP_STIP | IP_SSIP;
	trap(SCAUSE_INTERRUPT | IRQ_STI, EXIT_RISCV_TIMER);
	assert_int_equal(csr[CSR_HVIP], IP_VSTIP);
	assert_int_equal(csr[CSR_SIE], IP_SSIP);
	start(1);
	trap(SCAUSE_INTERRUPT | IRQ_SEI, EXIT_RISCV_MSI);
	assert_int_equal(externals, 1);
}

static u64 ecall(u64 number, u64 eid)
{
	start(1);
	x[REG_A0] = 7;
	x[REG_A6] = number;
	x[REG_A7] = eid;
	u64 result = trap_ecall(&end.frame, x[11], x[12], x[13], x[14], x[15], number, eid);
	assert_int_equal(exits[EXIT_TOTAL], 1);
	assert_int_equal(csr[CSR_SEPC], PC + 4);
	return result;
}

/* [ISO-138] calls: our own by number, those that are none refused, all others are firmware's; each counts once */
static void ecalls(void **state)
{
	(void)state;
	for (u64 number = 0; number < HC_COUNT; number++) {
		assert_int_equal(ecall(number, HYPERCALL_EID_RISCV), 1007 + number);
		assert_int_equal(exits[EXIT_HYPERCALL], 1);
	}
	assert_int_equal(ecall(HC_COUNT, HYPERCALL_EID_RISCV), -BH_ENOSYS);
	assert_int_equal(exits[EXIT_HYPERCALL], 1);
	assert_int_equal(ecall(BIT64(32), HYPERCALL_EID_RISCV), -BH_ENOSYS);
	assert_int_equal(sbi_calls, 0);
	assert_int_equal(ecall(0, SBI_EXT_BASE), 0);
	assert_int_equal(sbi_calls, 1);
}

static void own_fault(void *unused)
{
	csr[CSR_HSTATUS] = 0;
	trap_other(&end.frame, EXC_LOAD_PAGE);
}

/* [ISO-139] a trap of our own is not taken for a guest's */
static void own(void **state)
{
	(void)state;
	assert_int_equal(fake_on_cpu(0, own_fault, NULL), END_WAITS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(registers, setup),  cmocka_unit_test_setup(registers_refused, setup),
		cmocka_unit_test_setup(undecoded, setup),  cmocka_unit_test_setup(outside, setup),
		cmocka_unit_test_setup(privileged, setup), cmocka_unit_test_setup(kicks, setup),
		cmocka_unit_test_setup(ecalls, setup),     cmocka_unit_test_setup(own, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
