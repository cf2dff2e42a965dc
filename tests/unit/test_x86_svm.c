/* SPDX-License-Identifier: GPL-2.0-only */
/* x86: what AMD-V's exits lead to, and what the control block says afterwards: events, NMIs, steps, EFER. */
#define arch_this_cpu x86_this_cpu
#include "x86.h"

#include "../../hypervisor/arch/x86/svm.c"

#include <unistd.h>

static struct __attribute__((aligned(4096))) {
	char stack[PAGE_SIZE - sizeof(struct trap_frame)];
	struct trap_frame frame;
	union {
		struct cpu cpu;
		char page[PAGE_SIZE];
	};
	struct vmcb v;
} own; /* as in layout.h */

u32 run_count[BULKHEAD_MAX_CPUS], flush_wanted[BULKHEAD_MAX_CPUS];
u8 msr_map_root[1], msr_map_cell[1];
static u64 counters[EXIT_COUNTERS];
static struct cell cell_table[2];
static const char *called;
static u32 vector;

struct cpu *x86_this_cpu(void)
{
	return &own.cpu;
}

/* The rest of the port: says which was called. */
#define CALLED(name, arguments) \
	void name arguments     \
	{                       \
		called = #name; \
	}
CALLED(trap_nmi, (struct cpu * cpu))
CALLED(trap_init, (struct cpu * cpu))
CALLED(trap_nmi_end, (struct cpu * cpu))
CALLED(trap_cache, (struct cpu * cpu))
CALLED(trap_forbidden, (struct cpu * cpu))
CALLED(trap_shutdown, (struct cpu * cpu))
CALLED(trap_cpuid, (struct cpu * cpu, struct trap_frame *frame))
CALLED(trap_port, (struct cpu * cpu, struct trap_frame *frame, struct port_access access))
CALLED(trap_memory, (struct cpu * cpu, struct trap_frame *frame, u64 gpa, bool write, bool fetch))

void trap_exception(struct cpu *cpu, u32 number, bool has_error, u32 error)
{
	called = "trap_exception";
	vector = number;
}

void trap_unknown(struct cpu *cpu, u64 code)
{
	_exit(9); /* what the test does not ask for */
}

/* A register with a value of 64 bits: read and written as a guest sees it. */
void trap_msr(struct cpu *cpu, struct trap_frame *frame, bool write)
{
	called = write ? "write" : "read";
	frame->r[REG_RAX]++;
}

static bool wanted_seen;

void stage2_forget(struct cpu *cpu)
{
	flush_wanted[cpu->index] = 1;
}

void fence_all(void)
{
	wanted_seen = run_count[0] & 1; /* between what is said and what is looked at */
}

/* 80000001h: NX, FFXSR, no TCE */
struct cpuid_result cpuid(u32 leaf, u32 subleaf)
{
	return leaf == 0x80000001 ? (struct cpuid_result){ .edx = 1u << 25 | 1u << 20 } : (struct cpuid_result){ 0, 0, 0, 0 };
}

u64 msr_read(u32 msr)
{
	return 0;
}

void msr_write(u32 msr, u64 value)
{
}

#define NO_REGISTER(name)     \
	u64 read_##name(void) \
	{                     \
		return 0;     \
	}
NO_REGISTER(cr0)
NO_REGISTER(cr2)
NO_REGISTER(dr6)
NO_REGISTER(dr7)

void write_dr6(u64 value)
{
}

void write_dr7(u64 value)
{
}

void svm_sleep(void)
{
}

void svm_loop(struct trap_frame *frame)
{
	_exit(9);
}

static int start(void **state)
{
	memset(&own, 0, sizeof(own));
	memset(cell_table, 0, sizeof(cell_table));
	memset(counters, 0, sizeof(counters));
	cells = cell_table;
	cell_table[1].id = 1;
	own.cpu.cell = &cell_table[1];
	own.cpu.counters = counters;
	run_count[0] = 1; /* its guest runs */
	flush_wanted[0] = 0;
	called = NULL;
	vcpu_bind(&own.cpu, own.cpu.cell);
	return 0;
}

/* The guest's run ended with this. */
static const char *exit_with(u64 code)
{
	called = NULL;
	own.v.exit_code = code;
	svm_after(&own.frame);
	assert_int_equal(run_count[0] & 1, 0);
	svm_before(&own.frame);
	assert_int_equal(run_count[0] & 1, 1);
	return called;
}

/* [ISO-351] each exit has its handler; a process's hypercall and the instructions of AMD-V are undefined */
static void handlers(void **state)
{
	static const struct {
		u64 code;
		const char *name;
	} table[] = {
		{ 0x61, "trap_nmi" },       { 0x63, "trap_init" },      { 0x6f, "trap_exception" }, { 0x72, "trap_cpuid" },
		{ 0x76, "trap_cache" },     { 0x7a, "trap_forbidden" }, { 0x7b, "trap_port" },      { 0x7f, "trap_shutdown" },
		{ 0x80, "trap_forbidden" }, { 0x81, "trap_forbidden" }, { 0x82, "trap_forbidden" }, { 0x83, "trap_forbidden" },
		{ 0x84, "trap_forbidden" }, { 0x85, "trap_forbidden" }, { 0x86, "trap_forbidden" }, { 0x89, "trap_cache" },
		{ 0x8a, "trap_forbidden" }, { 0x8b, "trap_forbidden" }, { 0x8c, "trap_forbidden" }, { 0x8e, "trap_forbidden" },
		{ 0x400, "trap_memory" },   { 0x41, "trap_exception" }, { 0x51, "trap_exception" },
	};

	for (u32 i = 0; i < ARRAY_SIZE(table); i++) {
		const char *name = exit_with(table[i].code);

		if (name == NULL || strcmp(name, table[i].name) != 0)
			fail_msg("exit 0x%llx: %s", (unsigned long long)table[i].code, name);
	}
}

/* [ISO-351] rax and rsp are the guest's on either way, and what has to be flushed is flushed on the next way in, once */
static void registers(void **state)
{
	own.v.rax = 0x1234567890;
	own.v.rsp = 0xfedcba;
	own.v.exit_code = 0x72;
	svm_after(&own.frame);
	assert_int_equal(own.frame.r[REG_RAX], 0x1234567890);
	assert_int_equal(own.frame.r[REG_RSP], 0xfedcba);
	own.frame.r[REG_RAX] = 7;
	own.frame.r[REG_RSP] = 8;
	stage2_forget(&own.cpu);
	svm_before(&own.frame);
	assert_true(wanted_seen);
	assert_int_equal(own.v.rax, 7);
	assert_int_equal(own.v.rsp, 8);
	assert_int_equal(own.v.tlb_control, TLB_FLUSH_ALL);
	exit_with(0x72);
	assert_int_equal(own.v.tlb_control, 0);
	/* The way of MSRs. */
	stage2_forget(&own.cpu);
	own.v.rax = 0x99;
	own.v.exit_info1 = 1;
	svm_msr(&own.frame);
	assert_string_equal(called, "write");
	assert_int_equal(own.v.rax, 0x9a);
	assert_int_equal(own.v.rsp, 8);
	assert_int_equal(own.v.tlb_control, TLB_FLUSH_ALL);
	assert_int_equal(run_count[0] & 1, 1);
	own.v.exit_info1 = 0;
	svm_msr(&own.frame);
	assert_string_equal(called, "read");
	assert_int_equal(own.v.tlb_control, 0);
}

static u64 event(u64 type, u64 number)
{
	return EVENT_VALID | type << 8 | number;
}

/* [ISO-351] what an exit interrupted is delivered again as what it was; an instruction that raises its event comes again by itself */
static void events(void **state)
{
	static const struct {
		u64 before, after; /* type << 8 | vector */
	} table[] = {
		{ 0x041, 0x041 }, { 0x202, 0x202 }, { 0x30e, 0x30e }, { 0x302, 0x202 }, /* QEMU: an NMI as an exception */
		{ 0x341, 0x041 },                                                       /* an interrupt, as well */
		{ 0x480, 0 },     { 0x303, 0 },     { 0x304, 0 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(table); i++) {
		own.v.exit_event = EVENT_VALID | table[i].before;
		exit_with(0x61);
		assert_int_equal(own.v.inject, table[i].after ? EVENT_VALID | table[i].after : 0);
		own.v.exit_event = table[i].before; /* not valid */
		exit_with(0x61);
		assert_int_equal(own.v.inject, 0);
	}
	own.v.exit_event = event(EVENT_TYPE_EXCEPTION, VECTOR_GP) | EVENT_ERROR | 0x18ull << 32;
	exit_with(0x61);
	assert_int_equal(own.v.inject, own.v.exit_event); /* with its error code */
	vcpu_inject(VECTOR_UD, false, 5);
	assert_int_equal(own.v.inject, event(EVENT_TYPE_EXCEPTION, VECTOR_UD));
	vcpu_inject(VECTOR_GP, true, 5);
	assert_int_equal(own.v.inject, event(EVENT_TYPE_EXCEPTION, VECTOR_GP) | EVENT_ERROR | 5ull << 32);
}

/* [ISO-351] an NMI waits for another event, and the next one for the step over the IRET */
static void nmis(void **state)
{
	own.v.inject = event(EVENT_TYPE_INTERRUPT, 0x41);
	assert_false(vcpu_inject_nmi());
	assert_false(vcpu_handles_nmi());
	own.v.inject = 0;
	own.v.rflags = RFLAGS_FIXED;
	assert_true(vcpu_inject_nmi());
	assert_int_equal(own.v.inject, event(EVENT_TYPE_NMI, VECTOR_NMI));
	assert_true(vcpu_handles_nmi());
	assert_null(exit_with(0x74));
	assert_int_equal(own.v.inject, 0);
	assert_true(vcpu_handles_nmi());
	assert_int_equal(own.v.intercept[0] & ON(ON_IRET), 0);
	assert_int_equal(own.v.rflags & RFLAGS_TF, RFLAGS_TF);
	own.v.dr6 = DR6_STEP | 1;
	assert_string_equal(exit_with(0x41), "trap_nmi_end");
	assert_false(vcpu_handles_nmi());
	assert_int_equal(own.v.dr6, 1);
	/* A cell's own steps come back to it, and only cells' are intercepted. */
	assert_string_equal(exit_with(0x41), "trap_exception");
	assert_int_equal(vector, VECTOR_DB);
	assert_int_equal(own.v.intercept_exceptions, 1u << VECTOR_DB | 1u << VECTOR_AC);
	vcpu_bind(&own.cpu, &cell_table[0]);
	assert_int_equal(own.v.intercept_exceptions, 0);
}

/* [ISO-351] EFER: what the CPU has, the level stays switched on and unseen, long mode does not change under paging */
static void efer(void **state)
{
	own.v.efer = EFER_SVME;
	assert_true(vcpu_write_efer(EFER_LME | EFER_NXE | EFER_FFXSR | EFER_SCE));
	assert_int_equal(own.v.efer, EFER_SVME | EFER_LME | EFER_NXE | EFER_FFXSR | EFER_SCE);
	assert_int_equal(vcpu_read(VCPU_EFER) & EFER_SVME, 0);
	assert_false(vcpu_write_efer(EFER_TCE));
	assert_false(vcpu_write_efer(BIT64(63)));
	assert_true(vcpu_write_efer(EFER_LMA | EFER_LME)); /* which the CPU sets itself */
	assert_int_equal(own.v.efer & EFER_LMA, 0);
	own.v.cr0 = CR0_PG;
	assert_false(vcpu_write_efer(0));
	assert_int_equal(own.v.efer, EFER_SVME | EFER_LME);
	assert_true(vcpu_write_efer(EFER_LME | EFER_NXE));
	assert_int_equal(flush_wanted[0], 1);
}

/* [ISO-351] what a cell's CPU is bound to: its own tables and maps, all intercepts; the root's fewer */
static void bind(void **state)
{
	const u64 always = ON_ALL, cells_only = ON_CELL;

	cell_table[1].arch.port_map = 0x1000;
	cell_table[1].arch.nested_root = 0x2000;
	flush_wanted[0] = 0;
	vcpu_bind(&own.cpu, &cell_table[1]);
	assert_int_equal(own.v.intercept[0] | (u64)own.v.intercept[1] << 32, always | cells_only);
	assert_int_equal(own.v.port_map, 0x1000);
	assert_int_equal(own.v.nested_root, 0x2000);
	assert_ptr_equal((void *)own.v.msr_map, msr_map_cell);
	assert_int_equal(own.v.asid, ASID_CELL);
	assert_int_equal(flush_wanted[0], 1);
	vcpu_bind(&own.cpu, &cell_table[0]);
	assert_int_equal(own.v.intercept[0] | (u64)own.v.intercept[1] << 32, always);
	assert_ptr_equal((void *)own.v.msr_map, msr_map_root);
	assert_int_equal(own.v.asid, ASID_ROOT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(handlers, start), cmocka_unit_test_setup(registers, start), cmocka_unit_test_setup(events, start),
		cmocka_unit_test_setup(nmis, start),     cmocka_unit_test_setup(efer, start),      cmocka_unit_test_setup(bind, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
