/* SPDX-License-Identifier: GPL-2.0-only */
/* Fake architecture: CPUs, interrupts, firmware, the UART. One thread; a CPU is a place to jump back to. */
#include "fake.h"

#include <bulkhead/place.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fake fake;

static jmp_buf back;
static struct cpu nobody[FAKE_CPUS]; /* until a CPU entered */

void fake_reset(void)
{
	fake_memory_reset();
	order_reset();
	memset(&fake, 0, sizeof(fake));
	for (u32 i = 0; i < FAKE_CPUS; i++) {
		nobody[i].index = i;
		fake.cpu[i].cpu = &nobody[i];
	}
	fake.fail_cpu = FAKE_CPUS;
	memset(fake_memory(FAKE_RAM_BASE), 0xd7, FAKE_RAM_SIZE); /* nothing is zero by luck */
	cells = NULL;
	cell_capacity = 0;
}

/* --- CPUs -------------------------------------------------------------------------------------------------------------- */

enum fake_end fake_on_cpu(u32 index, void (*call)(void *), void *argument)
{
	fake.current = index;
	int end = setjmp(back);

	if (end == 0) {
		call(argument);
		fake.cpu[index].end = END_RETURNED;
		return END_RETURNED;
	}
	fake.cpu[index].end = (enum fake_end)(end - 1);
	return fake.cpu[index].end;
}

static __noreturn void leave(enum fake_end end)
{
	longjmp(back, (int)end + 1);
}

struct cpu *arch_this_cpu(void)
{
	return fake.cpu[fake.current].cpu;
}

u64 arch_counter(void)
{
	return fake.now++;
}

struct arch_facts arch_facts = { .counter_hz = 1000000, .kick_method = 7 };

void arch_cpu_kick(const struct cpu_slot *slot)
{
	fake.cpu[slot->index].kicks++;
}

void arch_cpu_wait(void)
{
	void (*meanwhile)(void) = fake.meanwhile;
	u32 current = fake.current;
	jmp_buf kept;

	if (meanwhile == NULL)
		leave(END_WAITS);
	fake.meanwhile = NULL;
	memcpy(&kept, &back, sizeof(back));
	meanwhile();
	memcpy(&back, &kept, sizeof(back));
	fake.current = current;
}

void arch_cpu_relax(void)
{
	fprintf(stderr, "fake: spins for ever on a lock\n");
	abort();
}

void arch_cpu_park(struct cpu *cpu)
{
	cpu_park_loop(cpu);
}

void arch_cpu_run(struct cpu *cpu, u64 entry, u64 argument)
{
	fake.cpu[cpu->index].entry = entry;
	fake.cpu[cpu->index].argument = argument;
	leave(END_RUNS);
}

void arch_cpu_exit(struct cpu *cpu)
{
	fake.cpu[cpu->index].inited = false;
	cpu->slot->state = CPU_NATIVE;
	leave(END_NATIVE);
}

void arch_cpu_power_off(struct cpu *cpu)
{
	fake.cpu[cpu->index].inited = false;
	store_release(&cpu->slot->state, CPU_OFF);
	leave(END_FIRMWARE);
}

bool arch_cpu_is_off(const struct cpu_slot *slot)
{
	return slot->state == CPU_OFF && !fake.firmware_slow;
}

int arch_cpu_init(struct cpu *cpu)
{
	fake.cpu[cpu->index].cpu = cpu;
	if (fake.fail == FAIL_CPU_INIT && fake.fail_cpu == cpu->index)
		return -BH_ENODEV;
	fake.cpu[cpu->index].inited = true;
	cpu->arch.inited = true;
	return 0;
}

void arch_cpu_undo(struct cpu *cpu)
{
	fake.cpu[cpu->index].inited = false;
	cpu->arch.inited = false;
}

/* --- machine ----------------------------------------------------------------------------------------------------------- */

int arch_probe(const struct system_plan *plan)
{
	(void)plan;
	return fake.fail == FAIL_PROBE ? -BH_ENODEV : 0;
}

int arch_controllers(const struct system_plan *plan, int (*add)(struct range r))
{
	(void)plan;
	return fake.fail == FAIL_CONTROLLERS ? -BH_EINVAL : add(range_make(FAKE_CONTROLLER, FAKE_CONTROLLER_SIZE));
}

int arch_map_device(struct range r)
{
	(void)r;
	return fake.fail == FAIL_MAP_DEVICE ? -BH_ENOMEM : 0;
}

int arch_irq_init(const struct system_plan *plan)
{
	(void)plan;
	if (fake.fail == FAIL_IRQ_INIT)
		return -BH_ENODEV;
	fake.irq_inits++;
	return 0;
}

void arch_irq_undo(void)
{
	fake.irq_inits--;
}

void arch_resource_move(enum ledger_kind kind, struct range r, struct cell *to)
{
	fake.irq_owner[r.start] = to->id;
	fake.irq_moves++;
}

void arch_irq_send(const struct cell *to, u32 irq)
{
	fake.notified += irq != 0 && cell_is_root(to);
	if (cell_is_root(to))
		fake.notified_by = irq;
	else if (irq != 0)
		fake.sent[to->id]++;
}

/* --- cells ------------------------------------------------------------------------------------------------------------- */

int arch_cell_check(const struct cell_plan *plan)
{
	return place_irqs(plan, 0, FAKE_IRQS);
}

static enum mmio_result controller_access(struct cpu *cpu, const struct mmio_region *region, u64 offset, struct mmio_access *access)
{
	(void)cpu;
	(void)region;
	access->value = offset;
	return MMIO_DONE;
}

void arch_cell_create(struct cell *cell, const struct cell_plan *plan)
{
	struct mmio_region r = { .gpa = range_make(FAKE_CONTROLLER, FAKE_CONTROLLER_SIZE), .handler = controller_access, .widths = 0xf };

	(void)plan;
	cell->arch.created++;
	cell->comm.gicd_gpa = FAKE_CONTROLLER;
	if (mmio_add(&cell->mmio, r) != 0)
		abort();
}

bool arch_irq_page(bool root, u32 cpu, u32 vcpu, struct gpa *gpa, struct pa *pa)
{
	gpa->v = root ? FAKE_IRQ_PAGE(cpu) : FAKE_CELL_IRQ_PAGES + vcpu * PAGE_SIZE;
	pa->v = FAKE_IRQ_PAGE(cpu) + PAGE_SIZE;
	return true;
}

void arch_cell_stage2(struct cell *cell, bool on)
{
	cell->arch.stage2_on = on;
	order_event((struct order_event){ .kind = on ? ORDER_ON : ORDER_OFF, .owner = cell->id });
}

void arch_stage2_flush(u16 owner)
{
	fake.flushes[owner]++;
	order_event((struct order_event){ .kind = ORDER_FLUSH, .owner = owner });
}

/* --- UART -------------------------------------------------------------------------------------------------------------- */

static void uart_write(u64 base, u32 reg_shift, const char *data, u32 count)
{
	(void)base;
	(void)reg_shift;
	for (u32 i = 0; i < count; i++) {
		if (data[i] != '\r' && fake.log_length + 1 < sizeof(fake.log))
			fake.log[fake.log_length++] = data[i];
	}
}

const struct uart_ops uart_pl011 = { .type = BLOB_UART_PL011, .write = uart_write };
const struct uart_ops uart_8250 = { .type = BLOB_UART_8250, .write = uart_write };

bool fake_logged(const char *text)
{
	fake.log[fake.log_length] = '\0';
	return strstr(fake.log, text) != NULL;
}

bool fake_panicked(void)
{
	return fake_logged("hypervisor panic");
}
