/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RISC-V registers of a CPU that changes hands, on registers that are a table and interrupt files that are a model: what a
 * former owner left is gone, what the root's kernel had comes back, and a guest's controls let it do nothing to us.
 */
#define arch_facts riscv_facts
#define arch_this_cpu riscv_this_cpu
#define arch_counter riscv_counter
#define arch_cpu_relax riscv_cpu_relax
#define arch_probe riscv_probe
#define arch_controllers riscv_controllers
#define arch_cpu_init riscv_cpu_init
#define arch_cpu_undo riscv_cpu_undo
#define arch_cpu_exit riscv_cpu_exit
#define arch_cpu_power_off riscv_cpu_power_off
#define arch_cpu_is_off riscv_cpu_is_off
#define arch_cpu_kick riscv_cpu_kick
#define arch_cpu_wait riscv_cpu_wait
#define arch_cpu_park riscv_cpu_park
#define arch_cpu_run riscv_cpu_run
#define arch_cell_check riscv_cell_check
#include "riscv.h"

#include "../../hypervisor/arch/riscv/context.c"
#include "../../hypervisor/arch/riscv/imsic.c"
#include "../../hypervisor/arch/riscv/port.c"

#define DIRT 0x5a5aa5a5c3c33c3cull
#define HART 77
#define IDS 255
#define WORDS 8 /* even registers only, as on RV64 */

/* --- registers ---------------------------------------------------------------------------------------------------------- */

static u64 csr[4096];
static bool absent[4096];
static bool trapped;
static struct file_model {
	u64 delivery, threshold, pending[WORDS], enabled[WORDS];
} files[2];
static bool stage1_fenced, stage2_fenced, code_fenced; /* since hgatp or what they are for changed */
static bool fp_clean, vector_clean;
static u32 waits;

static u64 *file_register(struct file_model *f, u64 select)
{
	if (select == ISELECT_EIDELIVERY)
		return &f->delivery;
	if (select == ISELECT_EITHRESHOLD)
		return &f->threshold;
	assert_in_range(select, ISELECT_EIP0, ISELECT_EIE0 + 63);
	u64 index = select & 0x3f;
	assert_true(index % 2 == 0 && index < WORDS);
	return select < ISELECT_EIE0 ? &f->pending[index] : &f->enabled[index];
}

/* Highest priority first: the lowest number. */
static u64 top(const struct file_model *f)
{
	for (u32 id = 1; f->delivery == 1 && id <= IDS; id++)
		if (f->pending[id / 64 * 2] & f->enabled[id / 64 * 2] & BIT64(id % 64))
			return f->threshold == 0 || id < f->threshold ? (u64)id << TOPEI_ID_SHIFT | id : 0;
	return 0;
}

static u64 *where(u32 n)
{
	if (n == CSR_SIREG)
		return file_register(&files[S_FILE], csr[CSR_SISELECT]);
	if (n != CSR_VSIREG)
		return &csr[n];
	assert_int_equal(csr[CSR_HSTATUS] & HSTATUS_VGEIN, CSR_FIELD(1, HSTATUS_VGEIN_SHIFT));
	return file_register(&files[GUEST_FILE], csr[CSR_VSISELECT]);
}

u64 read_csr(u32 n)
{
	trapped |= absent[n];
	if (n == CSR_SIP)
		return csr[CSR_SIP] | (top(&files[S_FILE]) ? IP_SEIP : 0);
	return n == CSR_STOPEI ? top(&files[S_FILE]) : *where(n);
}

void write_csr(u32 n, u64 value)
{
	assert_false(absent[n]);
	*where(n) = n == CSR_SIP ? value & ~IP_SEIP : value;
	if (n == CSR_SIREG || n == CSR_VSIREG)
		files[n == CSR_VSIREG].pending[0] &= ~1ull;
	if (n == CSR_HGEIE)
		csr[n] &= 0xe;
	if (n == CSR_HGATP)
		stage1_fenced = stage2_fenced = false;
}

void set_csr(u32 n, u64 bits)
{
	write_csr(n, read_csr(n) | bits);
}

void clear_csr(u32 n, u64 bits)
{
	write_csr(n, *where(n) & ~bits);
}

u64 swap_csr(u32 n, u64 value)
{
	u64 before = read_csr(n);

	if (absent[n])
		return 0;
	if (n != CSR_STOPEI)
		write_csr(n, value);
	else
		files[S_FILE].pending[before / 64 / BIT64(TOPEI_ID_SHIFT) * 2] &= ~BIT64((before >> TOPEI_ID_SHIFT) % 64);
	return before;
}

void wait_interrupt(void)
{
	waits++;
}

void spin_hint(void)
{
}

void fence_memory(void)
{
}

void fence_own(void)
{
}

void fence_code(void)
{
	code_fenced = true;
}

void fence_stage1(void)
{
	stage1_fenced = true;
}

void fence_stage2(void)
{
	stage2_fenced = true;
}

bool try_read(u64 (*read)(u64 argument), u64 argument, u64 *value)
{
	trapped = false;
	u64 got = read(argument);
	if (!trapped)
		*value = got;
	return !trapped;
}

u64 context_read_vlenb(u64 argument)
{
	return 16;
}

/* Both need the state on. */
void context_reset_fp(void)
{
	fp_clean = (csr[CSR_SSTATUS] & SSTATUS_FS) != 0;
}

void context_reset_vector(void)
{
	vector_clean = (csr[CSR_SSTATUS] & SSTATUS_VS) != 0;
}

/* --- the rest of the port, and firmware ---------------------------------------------------------------------------------- */

static struct {
	u64 eid, fid, arg0, arg1;
} firmware;
static struct sbi_result firmware_result;
static u32 retargets, retarget_file;
static jmp_buf gone;
static u64 guest_a0, guest_a1;
static void (*stack_next)(struct cpu *cpu);

struct sbi_result sbi_call(u64 eid, u64 fid, u64 arg0, u64 arg1, u64 arg2, u64 arg3, u64 arg4)
{
	firmware.eid = eid;
	firmware.fid = fid;
	firmware.arg0 = arg0;
	firmware.arg1 = arg1;
	return firmware_result;
}

int aia_controllers(const struct system_plan *plan, int (*add)(struct range r))
{
	return 0;
}

int aia_cell_check(const struct cell_plan *plan)
{
	return 0;
}

void aplic_retarget(u32 cpu, u32 guest_file)
{
	retargets++;
	retarget_file = guest_file;
}

void guest_enter(u64 a0, u64 a1, u64 sp, u64 gp, u64 tp)
{
	assert_int_equal(sp | gp | tp, 0);
	guest_a0 = a0;
	guest_a1 = a1;
	longjmp(gone, 1);
}

void stack_reset(struct cpu *cpu, void (*next)(struct cpu *cpu))
{
	stack_next = next;
	longjmp(gone, 1);
}

void native_return(struct cpu *cpu, u64 sp, s64 result)
{
	assert_int_equal(result, 0);
	longjmp(gone, 1);
}

/* --- a CPU -------------------------------------------------------------------------------------------------------------- */

static struct cell cell_table[2];
static struct cpu_slot slot;
static struct stack_end end;
static struct cpu *const cpu = &end.cpu;
static u64 counters[EXIT_COUNTERS];
static struct blob_imsic imsic = { .guest_bits = 2, .id_count = IDS };
static struct blob_aplic aplic;
static struct blob_machine machine;

static void file_dirty(struct file_model *f)
{
	f->delivery = 1;
	f->threshold = 77;
	for (u32 i = 0; i < WORDS; i += 2)
		f->pending[i] = f->enabled[i] = DIRT & ~1ull;
}

static bool file_is_reset(const struct file_model *f)
{
	u64 bits = f->delivery | f->threshold;

	for (u32 i = 0; i < WORDS; i++)
		bits |= f->pending[i] | f->enabled[i];
	return bits == 0;
}

static int setup(void **state)
{
	(void)state;
	fake_reset();
	memset(csr, 0, sizeof(csr));
	memset(absent, 0, sizeof(absent));
	memset(files, 0, sizeof(files));
	memset(cell_table, 0, sizeof(cell_table));
	context_features = (struct context_features){ .sstc = true, .stateen = true, .fp = true, .vector = true };
	system_plan = (struct system_plan){ .aplic = &aplic, .imsic = &imsic, .machine = &machine };
	cells = cell_table;
	cell_capacity = 2;
	cell_table[0].arch.hgatp = 0x8000100000080000;
	cell_table[1].id = 1;
	cell_table[1].arch.hgatp = 0x8000200000090000;
	slot = (struct cpu_slot){ .hwid = HART, .index = 3, .cell = &cell_table[1] };
	end.cpu = (struct cpu){ .slot = &slot, .cell = &cell_table[1], .counters = counters, .index = 3, .vcpu = 1 };
	cpu_slots = &slot;
	cpu_count = 1;
	retargets = waits = 0;
	firmware_result = (struct sbi_result){ SBI_SUCCESS, 0 };
	fp_clean = vector_clean = code_fenced = stage1_fenced = stage2_fenced = false;
	csr[CSR_SSCRATCH] = (u64)&end.frame;
	csr[CSR_HSTATUS] = CSR_FIELD(1, HSTATUS_VGEIN_SHIFT);
	return 0;
}

static void run(u64 entry, u64 argument)
{
	if (setjmp(gone) == 0)
		riscv_cpu_run(cpu, entry, argument);
}

/* Written down from the Privileged Architecture, not from the table under test: all a guest can write and read back. */
static const struct {
	u32 csr;
	u64 value;
} guest_registers[] = {
	{ CSR_VSSTATUS, 0 },      { CSR_VSIE, 0 },    { CSR_HVIP, 0 },      { CSR_VSTVEC, 0 },     { CSR_VSSCRATCH, 0 },
	{ CSR_VSEPC, 0 },         { CSR_VSCAUSE, 0 }, { CSR_VSTVAL, 0 },    { CSR_VSATP, 0 },      { CSR_VSISELECT, 0 },
	{ CSR_VSTIMECMP, ~0ull }, { CSR_SENVCFG, 0 }, { CSR_SSTATEEN0, 0 }, { CSR_SCOUNTEREN, 7 },
};

static void make_dirty(void)
{
	for (u32 i = 0; i < ARRAY_SIZE(guest_registers); i++)
		csr[guest_registers[i].csr] = DIRT;
	file_dirty(&files[GUEST_FILE]);
	csr[CSR_SSTATUS] = 0;
}

/* --- tests -------------------------------------------------------------------------------------------------------------- */

/* [ISO-135] whoever gets a CPU finds no register, no pending interrupt, no translation and no code of who had it */
static void dirty_registers(void **state)
{
	(void)state;
	for (u32 c = 0; c < 2; c++) {
		setup(NULL);
		cpu->cell = &cell_table[c];
		make_dirty();
		run(0x80200000, 0x1234);
		for (u32 i = 0; i < ARRAY_SIZE(guest_registers); i++)
			if (csr[guest_registers[i].csr] != guest_registers[i].value)
				fail_msg("register 0x%x is 0x%llx", guest_registers[i].csr,
					 (unsigned long long)csr[guest_registers[i].csr]);
		assert_true(file_is_reset(&files[GUEST_FILE]));
		assert_true(fp_clean);
		assert_true(vector_clean);
		assert_true(code_fenced && stage1_fenced && stage2_fenced);
		assert_int_equal(csr[CSR_HGATP], cell_table[c].arch.hgatp);
		assert_int_equal(csr[CSR_SEPC], 0x80200000);
		assert_int_equal(guest_a0, c == 0 ? HART : 1);
		assert_int_equal(guest_a1, 0x1234);
	}
}

/* [ISO-135] registers that are not there are not touched; a timer of firmware is quiet instead */
static void without_extensions(void **state)
{
	(void)state;
	context_features = (struct context_features){ .fp = false };
	absent[CSR_VSTIMECMP] = absent[CSR_STIMECMP] = absent[CSR_SSTATEEN0] = absent[CSR_HSTATEEN0] = true;
	make_dirty();
	csr[CSR_SIE] = IP_STIP | IP_SSIP;
	run(0, 0);
	assert_int_equal(csr[CSR_SIE], IP_SSIP);
	assert_false(fp_clean || vector_clean);
	context_save_native(cpu);
	assert_int_equal(csr[CSR_SIE], IP_SSIP | IP_SEIP | IP_STIP);
	context_restore_native(cpu);
}

/* [ISO-135] a parked CPU is quiet and keeps nothing in its guest's interrupt file */
static void park(void **state)
{
	(void)state;
	make_dirty();
	if (setjmp(gone) == 0)
		riscv_cpu_park(cpu);
	assert_ptr_equal(stack_next, cpu_park_loop);
	assert_int_equal(csr[CSR_VSIE] | csr[CSR_HVIP], 0);
	assert_int_equal(csr[CSR_VSTIMECMP], ~0ull);
	assert_true(file_is_reset(&files[GUEST_FILE]));
	/* woken: by a kick, by a message for a root that is not here, by a former owner's timer */
	cpu->cell = NULL;
	csr[CSR_SIP] = IP_SSIP | IP_STIP;
	csr[CSR_SIE] = IP_SSIP | IP_SEIP | IP_STIP;
	files[S_FILE].delivery = 1;
	files[S_FILE].pending[2] = files[S_FILE].enabled[2] = 6;
	riscv_cpu_wait();
	assert_int_equal(waits, 1);
	assert_int_equal(csr[CSR_SIP], IP_STIP);
	assert_int_equal(csr[CSR_SIE], IP_SSIP | IP_SEIP);
	assert_int_equal(files[S_FILE].pending[2], 0);
	assert_true(file_is_reset(&files[GUEST_FILE]));
}

/* [ISO-136] under a guest: what it causes at our level comes to us, its own goes to it, and it undoes no scrub */
static void controls(void **state)
{
	static const u32 ours[] = {
		EXC_ECALL_HS, EXC_ECALL_VS, EXC_FETCH_GUEST_PAGE, EXC_LOAD_GUEST_PAGE, EXC_VIRTUAL, EXC_STORE_GUEST_PAGE
	};
	static const u32 its[] = { EXC_ILLEGAL, EXC_BREAKPOINT, EXC_ECALL_U, EXC_FETCH_PAGE, EXC_LOAD_PAGE, EXC_STORE_PAGE };

	(void)state;
	for (u32 c = 0; c < 2; c++) {
		setup(NULL);
		for (u32 i = CSR_HSTATUS; i < 0x700; i++)
			csr[i] = DIRT;
		csr[CSR_HENVCFG] = ~0ull;
		context_save_native(cpu);
		cpu->cell = &cell_table[c];
		run(0, 0);
		for (u32 i = 0; i < ARRAY_SIZE(ours); i++)
			assert_false(csr[CSR_HEDELEG] >> ours[i] & 1);
		for (u32 i = 0; i < ARRAY_SIZE(its); i++)
			assert_true(csr[CSR_HEDELEG] >> its[i] & 1);
		assert_int_equal(csr[CSR_HIDELEG], IP_VS_ALL);
		assert_int_equal(csr[CSR_HENVCFG] & ENVCFG_CBIE, ENVCFG_CBIE_FLUSH);
		assert_int_equal(csr[CSR_HTIMEDELTA] | csr[CSR_HGEIE] | csr[CSR_HVICTL], 0);
		u64 hstatus = csr[CSR_HSTATUS];
		assert_int_equal(hstatus & (HSTATUS_HU | HSTATUS_VSBE | HSTATUS_VTVM | HSTATUS_VTW | HSTATUS_VTSR), 0);
		assert_int_equal(hstatus & (HSTATUS_SPV | HSTATUS_SPVP), HSTATUS_SPV | HSTATUS_SPVP);
		assert_int_equal(hstatus & HSTATUS_VGEIN, CSR_FIELD(AIA_GUEST_FILE, HSTATUS_VGEIN_SHIFT));
		assert_true(csr[CSR_SSTATUS] & SSTATUS_SPP);
		assert_int_equal(csr[CSR_SSTATUS] & (SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SUM | SSTATUS_MXR), 0);
		assert_int_equal(csr[CSR_SIE], IP_SSIP | IP_SEIP);
	}
}

/* [ISO-136] the root's kernel gets every register back that it had at our level */
static void native(void **state)
{
	static u64 before[4096];
	static struct file_model file;

	(void)state;
	for (u32 i = CSR_HSTATUS; i < 0x700; i++)
		csr[i] = DIRT + i;
	csr[CSR_HGEIE] = 4;
	csr[CSR_HSTATUS] = CSR_FIELD(2, HSTATUS_VGEIN_SHIFT);
	csr[CSR_HVIP] = 0;
	csr[CSR_SIE] = IP_SSIP | IP_STIP | IP_SEIP | IP_LCOFIP;
	csr[CSR_SIP] = IP_SSIP;
	csr[CSR_STIMECMP] = 5555;
	csr[CSR_SISELECT] = 0x71;
	cpu->arch.entry = (struct entry_state){ .stvec = 0x100, .satp = 0x200, .sstatus = SSTATUS_SIE, .sscratch = 0x300 };
	file_dirty(&files[S_FILE]);
	file = files[S_FILE];
	memcpy(before, csr, sizeof(csr));

	assert_int_equal(riscv_cpu_init(cpu), 0);
	assert_int_equal(retargets, 1);
	assert_int_equal(retarget_file, AIA_GUEST_FILE);
	assert_memory_equal(&file, &files[GUEST_FILE], sizeof(file));
	assert_int_equal(csr[CSR_VSISELECT], 0x71);
	assert_int_equal(csr[CSR_VSTIMECMP], 5555);
	assert_int_equal(csr[CSR_STIMECMP], ~0ull);
	assert_int_equal(csr[CSR_HVIP], IP_VSSIP);
	assert_int_equal(csr[CSR_SIP], 0);
	assert_int_equal(csr[CSR_VSIE], IP_SSIP | IP_STIP | IP_SEIP);
	assert_int_equal(csr[CSR_VSTVEC], 0x100);
	assert_int_equal(csr[CSR_VSATP], 0x200);
	assert_int_equal(csr[CSR_VSSCRATCH], 0x300);

	end.frame.x[REG_A0] = 0x4444;
	if (setjmp(gone) == 0)
		riscv_cpu_exit(cpu);
	assert_int_equal(slot.state, CPU_NATIVE);
	assert_int_equal(retargets, 2);
	assert_int_equal(retarget_file, 0);
	assert_int_equal(cpu->arch.entry.resume, 0x4444);
	assert_int_equal(cpu->arch.entry.satp, 0x200);
	assert_memory_equal(&file, &files[S_FILE], sizeof(file));
	assert_true(file_is_reset(&files[GUEST_FILE]));
	for (u32 i = CSR_HSTATUS; i < 0x700; i++)
		if (csr[i] != before[i])
			fail_msg("register 0x%x is 0x%llx", i, (unsigned long long)csr[i]);
	assert_int_equal(csr[CSR_SIE], before[CSR_SIE]);
	assert_int_equal(csr[CSR_SIP], IP_SSIP);
	assert_int_equal(csr[CSR_STIMECMP], 5555);
	assert_int_equal(csr[CSR_SISELECT], 0x71);
}

/* [ISO-136] CPUs enter one after the other: what others sent to the guest file before it was used is merged, not lost */
static void merge(void **state)
{
	(void)state;
	files[S_FILE].pending[4] = 0xf0;
	files[GUEST_FILE].pending[4] = 0x0f;
	assert_int_equal(aia_cpu_init(cpu), 0);
	assert_int_equal(files[GUEST_FILE].pending[4], 0xff);
	assert_int_equal(files[S_FILE].pending[4], 0);
	assert_int_equal(files[S_FILE].delivery, 1);
	assert_int_equal(files[S_FILE].enabled[4], ~0ull);
	files[S_FILE].pending[4] = 0x100;
	aia_cpu_exit(cpu);
	assert_int_equal(files[S_FILE].pending[4], 0x1ff);
}

/* [ISO-135] a device's message to a CPU's own file is the root's: passed on there, dropped where a cell runs */
static void external(void **state)
{
	(void)state;
	for (u32 c = 0; c < 2; c++) {
		u64 before = counters[EXIT_RISCV_MSI];

		setup(NULL);
		cpu->cell = &cell_table[c];
		csr[CSR_VSISELECT] = 0x72;
		files[S_FILE].delivery = 1;
		memset(files[S_FILE].enabled, 0xff, sizeof(files[S_FILE].enabled));
		files[S_FILE].pending[0] = BIT64(5);
		files[S_FILE].pending[6] = BIT64(63);
		files[GUEST_FILE].pending[0] = BIT64(9);
		aia_external(cpu);
		assert_int_equal(files[S_FILE].pending[0] | files[S_FILE].pending[6], 0);
		assert_int_equal(files[GUEST_FILE].pending[0], BIT64(9) | (c == 0 ? BIT64(5) : 0));
		assert_int_equal(files[GUEST_FILE].pending[6], c == 0 ? BIT64(63) : 0);
		assert_int_equal(csr[CSR_VSISELECT], 0x72);
		assert_int_equal(counters[EXIT_RISCV_MSI], before + 1);
	}
}

/* [ISO-137] a kick is a software interrupt that firmware sends to that hart; a hart that is gone is not called back */
static void kick(void **state)
{
	(void)state;
	riscv_cpu_kick(&slot);
	assert_int_equal(firmware.eid, SBI_EXT_IPI);
	assert_int_equal(firmware.fid, 0);
	assert_int_equal(firmware.arg0, 1);
	assert_int_equal(firmware.arg1, HART);
	firmware_result.value = SBI_HSM_STARTED;
	assert_false(riscv_cpu_is_off(&slot));
	firmware_result.value = SBI_HSM_STOPPED;
	assert_true(riscv_cpu_is_off(&slot));
	assert_int_equal(firmware.arg0, HART);
}

/* [ISO-136] what the harts have is found out, and nothing of theirs changed by asking */
static void probe(void **state)
{
	static u64 before[4096];
	static const u32 optional[] = { CSR_STIMECMP, CSR_HSTATEEN0, CSR_SEED };

	(void)state;
	for (u32 missing = 0; missing <= ARRAY_SIZE(optional); missing++) {
		setup(NULL);
		csr[CSR_HSTATUS] = DIRT;
		csr[CSR_HSTATEEN0] = 5;
		csr[CSR_SSTATUS] = SSTATUS_SIE;
		if (missing < ARRAY_SIZE(optional))
			absent[optional[missing]] = true;
		csr[CSR_SEED] = 0;
		memcpy(before, csr, sizeof(csr));
		assert_int_equal(riscv_probe(&system_plan), 0);
		assert_int_equal(context_features.sstc, missing != 0);
		assert_int_equal(context_features.stateen, missing != 1);
		assert_int_equal(context_features.zkr, missing != 2);
		assert_memory_equal(before, csr, sizeof(csr));
	}
	absent[CSR_HSTATUS] = true;
	assert_int_equal(context_probe(), -BH_ENODEV);
	absent[CSR_HSTATUS] = false;
	absent[CSR_VSTOPEI] = true;
	assert_int_equal(context_probe(), -BH_ENODEV);
	imsic.guest_bits = 0;
	assert_int_equal(aia_probe(&system_plan), -BH_ENODEV);
	imsic.guest_bits = 2;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(dirty_registers, setup),
		cmocka_unit_test_setup(without_extensions, setup),
		cmocka_unit_test_setup(park, setup),
		cmocka_unit_test_setup(controls, setup),
		cmocka_unit_test_setup(native, setup),
		cmocka_unit_test_setup(merge, setup),
		cmocka_unit_test_setup(external, setup),
		cmocka_unit_test_setup(kick, setup),
		cmocka_unit_test_setup(probe, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
