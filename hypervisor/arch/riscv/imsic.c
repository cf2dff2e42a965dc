// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupt files of this CPU, reached by its own CSRs: the S-mode file by siselect, sireg and stopei, guest file 1 by
 * vsiselect and vsireg while hstatus.VGEIN = 1. Nothing is shared between CPUs: what they send each other are stores to
 * the files' pages, which only set pending bits.
 *
 * CPUs enter and leave one after the other. A message of one that has entered goes to the guest file of one that has not,
 * and waits there: so pending bits are merged, never overwritten.
 */
#include <asm/aia.h>
#include <asm/csr.h>
#include <bulkhead/runtime.h>

#define DRAIN_MAX 64 /* messages passed on by one exit; whatever is left makes the next one */

enum file { S_FILE, GUEST_FILE };

static void reg_select(enum file file, u64 reg)
{
	if (file == S_FILE)
		write_csr(CSR_SISELECT, reg);
	else
		write_csr(CSR_VSISELECT, reg);
}

static u64 reg_read(enum file file, u64 reg)
{
	reg_select(file, reg);
	return file == S_FILE ? read_csr(CSR_SIREG) : read_csr(CSR_VSIREG);
}

static void reg_write(enum file file, u64 reg, u64 value)
{
	reg_select(file, reg);
	if (file == S_FILE)
		write_csr(CSR_SIREG, value);
	else
		write_csr(CSR_VSIREG, value);
}

/* 64 identities: those pending in one file are so in the other one. One that arrives meanwhile is in one of both. */
static void move_pending(enum file from, enum file to, u64 reg)
{
	u64 pending = reg_read(from, reg);

	reg_select(to, reg);
	if (from == S_FILE) {
		clear_csr(CSR_SIREG, pending);
		set_csr(CSR_VSIREG, pending);
	} else {
		clear_csr(CSR_VSIREG, pending);
		set_csr(CSR_SIREG, pending);
	}
}

/* Even registers only, from 0 to the one that holds the highest identity. */
static u64 last_reg(void)
{
	return system_plan.imsic->id_count / 64 * 2;
}

static void move_file(enum file from, enum file to)
{
	u64 delivery = reg_read(from, ISELECT_EIDELIVERY);

	reg_write(from, ISELECT_EIDELIVERY, 0);
	reg_write(to, ISELECT_EIDELIVERY, 0);
	reg_write(to, ISELECT_EITHRESHOLD, reg_read(from, ISELECT_EITHRESHOLD));
	for (u64 i = 0; i <= last_reg(); i += 2) {
		reg_write(to, ISELECT_EIE0 + i, reg_read(from, ISELECT_EIE0 + i));
		move_pending(from, to, ISELECT_EIP0 + i);
	}
	reg_write(to, ISELECT_EIDELIVERY, delivery);
}

static void select_guest_file(void)
{
	clear_csr(CSR_HSTATUS, HSTATUS_VGEIN);
	set_csr(CSR_HSTATUS, CSR_FIELD(AIA_GUEST_FILE, HSTATUS_VGEIN_SHIFT));
}

int aia_probe(const struct system_plan *plan)
{
	u64 found, files;

	if (plan->aplic == NULL || plan->imsic == NULL || plan->imsic->guest_bits == 0) {
		log_line("aia: the board describes no APLIC and IMSIC with guest interrupt files");
		return -BH_ENODEV;
	}
	found = swap_csr(CSR_HGEIE, ~0ull);
	files = swap_csr(CSR_HGEIE, found);
	if ((files >> AIA_GUEST_FILE & 1) == 0) {
		log_line("aia: the CPUs have no guest interrupt files");
		return -BH_ENODEV;
	}
	return 0;
}

int aia_cpu_init(struct cpu *cpu)
{
	u64 found = read_csr(CSR_SISELECT);

	select_guest_file();
	if ((read_csr(CSR_HSTATUS) & HSTATUS_VGEIN) != CSR_FIELD(AIA_GUEST_FILE, HSTATUS_VGEIN_SHIFT)) {
		log_line("aia: cpu %u has no guest interrupt file", cpu->index);
		return -BH_ENODEV;
	}
	aplic_retarget(cpu->index, AIA_GUEST_FILE);
	move_file(S_FILE, GUEST_FILE);
	/* Whatever comes here now was meant for the root. */
	reg_write(S_FILE, ISELECT_EITHRESHOLD, 0);
	for (u64 i = 0; i <= last_reg(); i += 2)
		reg_write(S_FILE, ISELECT_EIE0 + i, ~0ull);
	reg_write(S_FILE, ISELECT_EIDELIVERY, EIDELIVERY_ON);
	write_csr(CSR_VSISELECT, found);
	return 0;
}

void aia_cpu_exit(struct cpu *cpu)
{
	u64 found = read_csr(CSR_VSISELECT);

	select_guest_file();
	aplic_retarget(cpu->index, 0);
	move_file(GUEST_FILE, S_FILE);
	aia_cpu_reset(cpu);
	write_csr(CSR_SISELECT, found);
}

void aia_cpu_reset(struct cpu *cpu)
{
	select_guest_file();
	reg_write(GUEST_FILE, ISELECT_EIDELIVERY, 0);
	reg_write(GUEST_FILE, ISELECT_EITHRESHOLD, 0);
	for (u64 i = 0; i <= last_reg(); i += 2) {
		reg_write(GUEST_FILE, ISELECT_EIE0 + i, 0);
		reg_write(GUEST_FILE, ISELECT_EIP0 + i, 0);
	}
	write_csr(CSR_VSISELECT, 0);
}

void aia_external(struct cpu *cpu)
{
	bool root = cpu->cell != NULL && cell_is_root(cpu->cell);
	u64 found = read_csr(CSR_VSISELECT), id;

	count_exit(cpu, (enum exit_reason)EXIT_RISCV_MSI);
	for (u32 i = 0; i < DRAIN_MAX && (id = swap_csr(CSR_STOPEI, 0) >> TOPEI_ID_SHIFT) != 0; i++) {
		if (!root) /* nobody who has this CPU asked a device for it */
			continue;
		write_csr(CSR_VSISELECT, ISELECT_EIP0 + id / 64 * 2);
		set_csr(CSR_VSIREG, BIT64(id % 64));
	}
	write_csr(CSR_VSISELECT, found);
}
